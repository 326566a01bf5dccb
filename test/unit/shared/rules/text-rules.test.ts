import { describe, expect, it } from 'vitest'
import type { EpochMs, IsoDate } from '../../../../shared/model/brand.ts'
import { composeMarks } from '../../../../shared/rules/compose-marks.ts'
import { contractFileName, safePart } from '../../../../shared/rules/contract-file-name.ts'
import { checkCorporateNumber } from '../../../../shared/rules/corporate-number.ts'
import {
  addMonths,
  formatBothDates,
  formatEvidenceTime,
  formatJapaneseDateTime,
  japaneseDay,
  parseJapaneseDate,
} from '../../../../shared/rules/japanese-date.ts'
import { checkMailAddress } from '../../../../shared/rules/mail-address.ts'

const day = (text: string) => text as IsoDate

describe('L31 checkCorporateNumber', () => {
  it.each(['4011001098993', '7010705000725', '8040001079502'])('accepts %s', (number) => {
    expect(checkCorporateNumber(number)).toEqual({ ok: true, number, invoiceForm: false })
  })

  it('accepts the forms people type and the T of the invoice system', () => {
    expect(checkCorporateNumber('４０１１００１０９８９９３')).toMatchObject({
      ok: true,
      number: '4011001098993',
    })
    expect(checkCorporateNumber('4-0110-0109-8993')).toMatchObject({ ok: true })
    expect(checkCorporateNumber('T4011001098993')).toEqual({
      ok: true,
      number: '4011001098993',
      invoiceForm: true,
    })
  })

  it('finds every single wrong digit except 0 for 9 and 9 for 0 in the base', () => {
    const number = '4011001098993'
    for (let at = 0; at < 13; at += 1)
      for (const digit of '0123456789') {
        const changed = number.slice(0, at) + digit + number.slice(at + 1)
        const same = changed === number || (at > 0 && /[09]/.test(digit) && /[09]/.test(number[at] ?? ''))
        expect([changed, checkCorporateNumber(changed).ok]).toEqual([changed, same])
      }
  })

  it('tells empty, letters, length and check digit apart', () => {
    const code = (text: string) => {
      const check = checkCorporateNumber(text)
      return check.ok ? 'ok' : check.code
    }
    expect(code(' ')).toBe('CORPORATE_NUMBER_EMPTY')
    expect(code('401100109899X')).toBe('CORPORATE_NUMBER_CHARACTERS')
    expect(code('401100109899')).toBe('CORPORATE_NUMBER_LENGTH')
    expect(code('4011001098994')).toBe('CORPORATE_NUMBER_CHECK_DIGIT')
  })
})

describe('checkMailAddress', () => {
  const code = (text: string) => {
    const check = checkMailAddress(text)
    return check.ok ? [check.address, ...check.warnings].join(' ') : check.code
  }

  it.each([
    ['taro@example.co.jp', 'taro@example.co.jp'],
    [' ｔａｒｏ＠Example.CO.JP ', 'taro@example.co.jp'],
    ["o'brien+keiyaku@sub.example.jp", "o'brien+keiyaku@sub.example.jp"],
    ['gyousei_sc@town.fuso.lg.jp', 'gyousei_sc@town.fuso.lg.jp'],
    ['x@xn--wgv71a119e.jp', 'x@xn--wgv71a119e.jp'],
    ['taro..yamada.@docomo.ne.jp', 'taro..yamada.@docomo.ne.jp MAIL_DOT_PLACE'],
  ])('accepts %s', (text, expected) => {
    expect(code(text)).toBe(expected)
  })

  it.each([
    ['', 'MAIL_EMPTY'],
    ['taro', 'MAIL_NO_AT'],
    ['taro@', 'MAIL_DOMAIN'],
    ['@example.jp', 'MAIL_LOCAL_PART'],
    ['taro@localhost', 'MAIL_DOMAIN'],
    ['taro@example..jp', 'MAIL_DOMAIN'],
    ['taro@-example.jp', 'MAIL_DOMAIN'],
    ['taro@192.168.0.1', 'MAIL_DOMAIN'],
    ['ta ro@example.jp', 'MAIL_SPACE'],
    ['taro..y@example.jp', 'MAIL_LOCAL_PART'],
    ['"taro"@example.jp', 'MAIL_LOCAL_PART'],
    ['太郎@example.jp', 'MAIL_NOT_ASCII'],
    ['a@example.jp, b@example.jp', 'MAIL_SEVERAL'],
    ['a@b@example.jp', 'MAIL_SEVERAL'],
    ['taro@example.jp\r\nBcc: x@example.jp', 'MAIL_SEVERAL'],
    [`${'a'.repeat(65)}@example.jp`, 'MAIL_TOO_LONG'],
    [`a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(63)}.jp`, 'MAIL_TOO_LONG'],
  ])('refuses %j as %s', (text, expected) => {
    expect(code(text)).toBe(expected)
  })

  it.each([
    ['info@example.co.jp', 'info@example.co.jp MAIL_SHARED'],
    ['keiyaku2@example.co.jp', 'keiyaku2@example.co.jp MAIL_SHARED'],
    ['taro@gmail.com', 'taro@gmail.com MAIL_FREE'],
    ['taro@gmial.com', 'taro@gmial.com MAIL_DOMAIN_TYPO'],
    ['taro@gmail.co', 'taro@gmail.co MAIL_DOMAIN_TYPO'],
    ['information-taro@example.co.jp', 'information-taro@example.co.jp'],
  ])('looks twice at %s', (text, expected) => {
    expect(code(text)).toBe(expected)
  })
})

describe('Japanese dates', () => {
  it.each([
    ['令和8年4月1日', '2026-04-01'],
    ['R8.4.1', '2026-04-01'],
    ['令和元年5月1日', '2019-05-01'],
    ['平成31年4月30日', '2019-04-30'],
    ['昭和64年1月7日', '1989-01-07'],
    ['２０２６／４／１', '2026-04-01'],
    ['2026年 4月 1日', '2026-04-01'],
    ['20260401', '2026-04-01'],
    ['2024-02-29', '2024-02-29'],
  ])('reads %s', (text, date) => {
    expect(parseJapaneseDate(text)).toEqual({ ok: true, date })
  })

  it.each([
    ['', 'DATE_EMPTY'],
    ['令和 年 月 日', 'DATE_EMPTY'],
    ['令和8年2月30日', 'DATE_IMPOSSIBLE'],
    ['2025-02-29', 'DATE_IMPOSSIBLE'],
    ['令和元年4月30日', 'DATE_IMPOSSIBLE'],
    ['平成31年5月1日', 'DATE_IMPOSSIBLE'],
    ['令和0年1月1日', 'DATE_IMPOSSIBLE'],
    ['2026年13月1日', 'DATE_IMPOSSIBLE'],
    ['来年の春', 'DATE_FORMAT'],
    ['2026年4月', 'DATE_FORMAT'],
  ])('refuses %j as %s', (text, expected) => {
    expect(parseJapaneseDate(text)).toEqual({ ok: false, code: expected })
  })

  it('shows instants in Japan, to the minute and to the second', () => {
    const at = Date.parse('2026-03-31T15:04:09Z') as EpochMs
    expect(japaneseDay(at)).toBe('2026-04-01')
    expect(formatJapaneseDateTime(at)).toBe('令和8年4月1日 00時04分')
    expect(formatEvidenceTime(at)).toBe('令和8年4月1日 00:04:09（2026-04-01T00:04:09+09:00）')
    expect(formatBothDates(day('2019-05-01'))).toBe('令和元年5月1日（2019年）')
  })

  it('adds months as the Civil Code does', () => {
    expect(addMonths(day('2026-01-31'), 1)).toBe('2026-02-28')
    expect(addMonths(day('2025-12-31'), 2)).toBe('2026-02-28')
    expect(addMonths(day('2026-03-31'), -1)).toBe('2026-02-28')
  })
})

describe('contractFileName', () => {
  const parts = {
    date: day('2026-04-01'),
    amountYen: 11_000_000,
    counterparty: '㈱𠮷髙建設',
    title: '町道123号線舗装補修工事',
  }

  it('follows YYYYMMDD_金額_取引先_件名.pdf', () => {
    expect(contractFileName(parts)).toBe('20260401_11000000_㈱𠮷髙建設_町道123号線舗装補修工事.pdf')
  })

  it('names what is missing', () => {
    expect(contractFileName({ date: null, amountYen: null, counterparty: ' ', title: '...' })).toBe(
      '日付なし_金額なし_取引先なし_件名なし.pdf',
    )
  })

  it('has no path, no forbidden sign and no separator inside a part', () => {
    const name = contractFileName({
      ...parts,
      counterparty: '../../甲_乙\\丙',
      title: 'a/b:c*d?"<>|\u202e\r\nx.',
    })
    expect(name).toBe('20260401_11000000_甲-乙 丙_a b c d x.pdf')
    expect(safePart('CON\u0000')).toBe('CON')
  })

  it('stays within the length of every file system without tearing a letter', () => {
    const name = contractFileName({ ...parts, counterparty: '𠮷'.repeat(200), title: '𠮷'.repeat(300) })
    expect(Buffer.from(name).length).toBeLessThanOrEqual(240)
    expect(name).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/)
    expect(name.endsWith('𠮷.pdf')).toBe(true)
  })
})

describe('composeMarks', () => {
  it('joins voiced kana and leaves old forms of letters alone', () => {
    expect(composeMarks('か\u3099は\u309ae\u0301')).toBe('がぱé')
    expect(composeMarks('\ufa19\ufa10\ufa11')).toBe('\ufa19\ufa10\ufa11')
  })
})
