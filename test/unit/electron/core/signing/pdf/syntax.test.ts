import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeFilters } from '../../../../../../electron/core/signing/pdf/filters.ts'
import { Lexer } from '../../../../../../electron/core/signing/pdf/lexer.ts'
import {
  asDictionary,
  asText,
  PDF_NULL,
  type PdfObject,
  pdfNumber,
  pdfText,
} from '../../../../../../electron/core/signing/pdf/objects.ts'
import { parseObject } from '../../../../../../electron/core/signing/pdf/parser.ts'
import { serialise } from '../../../../../../electron/core/signing/pdf/serialise.ts'

function parse(text: string): PdfObject {
  return parseObject(new Lexer(Buffer.from(text, 'latin1'), -1, true))
}

function write(object: PdfObject): string {
  return Buffer.from(serialise(object)).toString('latin1')
}

function decode(dictionary: string, data: Uint8Array): string {
  const entries = asDictionary(parse(`<<${dictionary}>>`))
  if (entries === undefined) throw new Error('No dictionary')
  return Buffer.from(decodeFilters(entries, data, (object) => object ?? PDF_NULL, 1 << 20)).toString('latin1')
}

describe('objects', () => {
  test.each([
    ['-1.50', '-1.50'],
    ['+3', '+3'],
    ['.5', '.5'],
    ['00012', '00012'],
    ['[1 0 R 2 3]', '[1 0 R 2 3]'],
    ['[ 1 0 R]', '[1 0 R]'],
    ['<</A/B/C(x)/D<6162>>>', '<</A /B\n/C (x)\n/D <6162>>>'],
    ['(a\\(b\\)\\\\ \\101\\n(c))', '(a\\(b\\)\\\\ A\n\\(c\\))'],
    ['(a\\\r\nb\rc\r\nd)', '(ab\nc\nd)'],
    ['<6 1 6>', '<6160>'],
    ['/A#20B#2f', '/A#20B#2f'],
    ['/A#B', '/A#23B'],
    ['[true false null]', '[true false null]'],
    ['% comment\n7', '7'],
    ['<<>>', '<<>>'],
    ['()', '()'],
  ])('reads %s and writes %s', (text, expected) => {
    expect(write(parse(text))).toBe(expected)
  })

  test.each(['<</A>>', '<<1 2>>', '[1', '(abc', '<12', '<1x>', 'foo', '', '>>', '/A<</B/C'])(
    'refuses %s with a coded error',
    (text) => {
      const shorter = text === '/A<</B/C' ? '<</A<</B/C' : text
      expect(() => parse(shorter)).toThrow(expect.objectContaining({ code: 'PDF_DAMAGED' }))
    },
  )

  test('numbers of our own have at most four decimals and no exponent', () => {
    expect([0.1 + 0.2, 1e-7, 12, -0.00001, 1234567.891].map((value) => pdfNumber(value).text)).toEqual([
      '0.3',
      '0',
      '12',
      '0',
      '1234567.891',
    ])
  })

  test('text strings of every kind come back as they were', () => {
    const texts = ['plain', '山田太郎 髙橋 﨑 𠮷 ㈱ 邉', 'a(b)\\c', '']
    expect(texts.map((text) => asText(parse(write(pdfText(text)))))).toEqual(texts)
    expect(asText(parse('<EFBBBFE5B1B1>'))).toBe('山')
  })
})

describe('filters', () => {
  test('decodes ASCIIHex, ASCII85, RunLength and Flate, alone and in a chain', () => {
    expect(decode('/Filter /ASCIIHexDecode', Buffer.from('48 65 6c6C 6f>'))).toBe('Hello')
    expect(decode('/Filter /ASCII85Decode', Buffer.from('87cURD]i,"Ebo80~>'))).toBe('Hello World!')
    expect(decode('/Filter /ASCII85Decode', Buffer.from('z87~>'))).toBe('\0\0\0\0H')
    expect(decode('/Filter /RunLengthDecode', Buffer.from([1, 65, 66, 254, 67, 128]))).toBe('ABCCC')
    const chain = Buffer.from(`${deflateSync(Buffer.from('Hello')).toString('hex')}>`)
    expect(decode('/Filter [/AHx /Fl]', chain)).toBe('Hello')
  })

  test('decodes the example of LZW in the standard', () => {
    // ISO 32000-2 §7.4.4.2, example 1.
    const data = Buffer.from('800B6050220C0C8501', 'hex')
    expect(decode('/Filter /LZWDecode', data)).toBe('-----A---B')
  })

  test.each([
    [1, [1, 10, 1, 1, 1], [10, 11, 12, 13]],
    [2, [2, 1, 2, 3, 4, 2, 1, 1, 1, 1], [1, 2, 3, 4, 2, 3, 4, 5]],
    [3, [3, 2, 2, 2, 2, 3, 2, 2, 2, 2], [2, 3, 3, 3, 3, 5, 6, 6]],
    [4, [4, 1, 1, 1, 1, 4, 1, 1, 1, 1], [1, 2, 3, 4, 2, 3, 4, 5]],
  ])('undoes the PNG filter %i', (_filter, rows, expected) => {
    const parameters = '/Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 4>>'
    expect([...Buffer.from(decode(parameters, deflateSync(Buffer.from(rows))), 'latin1')]).toEqual(expected)
  })

  test('undoes the TIFF predictor', () => {
    const parameters = '/Filter /FlateDecode /DecodeParms <</Predictor 2 /Columns 2 /Colors 3>>'
    const data = deflateSync(Buffer.from([1, 2, 3, 1, 1, 1]))
    expect([...Buffer.from(decode(parameters, data), 'latin1')]).toEqual([1, 2, 3, 2, 3, 4])
  })

  test('refuses a bomb, garbage and unknown filters by code', () => {
    const bomb = deflateSync(Buffer.alloc(2 << 20))
    expect(() => decode('/Filter /FlateDecode', bomb)).toThrow(
      expect.objectContaining({ code: 'PDF_TOO_LARGE' }),
    )
    for (const filter of ['FlateDecode', 'LZWDecode', 'ASCII85Decode', 'DCTDecode'])
      expect(() => decode(`/Filter /${filter}`, Buffer.from('\x81vvv garbage', 'latin1'))).toThrow(
        expect.objectContaining({ code: 'PDF_DAMAGED' }),
      )
  })
})
