import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDict, PDFDocument, PDFHexString, PDFName } from 'pdf-lib'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  fillApplicationForm,
  makeApplicationForm,
} from '../../../../../electron/core/pages/application-form.ts'
import {
  FORM_FIELDS,
  type FormFieldName,
} from '../../../../../electron/core/pages/application-form-fields.ts'
import { openPdfjs } from '../../../../../electron/core/pages/open-pdfjs.ts'
import {
  type ReadFormOptions,
  readApplicationForm,
} from '../../../../../electron/core/pages/read-application-form.ts'
import type { IsoDate } from '../../../../../shared/model/brand.ts'
import { askJudge, hasJudge } from '../../../../support/outside-judges.ts'

const options: ReadFormOptions = { townName: '扶桑町', today: '2026-05-01' as IsoDate }
const complete: Record<FormFieldName, string> = {
  date_year: '令和8',
  date_month: '4',
  date_day: '1',
  company_address: '愛知県丹羽郡扶桑町大字高雄字天道330番地 扶桑中央ビルディング3階',
  company_name: '㈱𠮷髙建設',
  representative: '代表取締役 \ufa19谷 邉太郎',
  title: '令和8年度 町道123号線舗装補修工事(第2工区)',
  signer_position: '代表取締役',
  signer_name: '\ufa19谷 邉太郎',
  signer_mail: 'yamazaki@yoshitaka.example.jp',
  access_code: 'Fuso2026',
  contact_position: '工事部長',
  contact_name: '髙橋 花子',
  contact_mail: 'hanako@yoshitaka.example.jp',
}

let blank: Uint8Array
beforeAll(async () => {
  blank = await makeApplicationForm({ townName: '扶桑町', headOfTown: '扶桑町長' })
})

async function problemsOf(changes: Partial<Record<FormFieldName, string>>): Promise<string[]> {
  const result = await readApplicationForm(
    await fillApplicationForm(blank, { ...complete, ...changes }),
    options,
  )
  if (!result.ok) throw new Error(result.error.code)
  return result.value.problems.map(({ field, code, severity }) => `${field} ${code} ${severity}`)
}

/** Sets values only, as a viewer does that leaves the appearances to others. */
async function setValues(values: Partial<Record<FormFieldName, PDFHexString>>): Promise<Uint8Array> {
  const document = await PDFDocument.load(blank)
  for (const [, object] of document.context.enumerateIndirectObjects()) {
    const name = object instanceof PDFDict && object.get(PDFName.of('T'))
    if (!(name instanceof PDFHexString) || !(object instanceof PDFDict)) continue
    const value = values[name.decodeText() as FormFieldName]
    if (value) object.set(PDFName.of('V'), value)
  }
  return document.save({ useObjectStreams: true, updateFieldAppearances: false })
}

describe('makeApplicationForm', () => {
  it('has every field of 様式第1 with a tooltip, in reading order, inside the page and under 6 MB', async () => {
    expect(blank.length).toBeLessThan(6_000_000)
    const document = await PDFDocument.load(blank)
    const annotations = document.getPage(0).node.Annots()
    const widgets = Array.from({ length: annotations?.size() ?? 0 }, (_value, index) =>
      annotations?.lookup(index, PDFDict),
    )
    const visible = widgets.slice(0, FORM_FIELDS.length)
    expect(visible.map((widget) => widget?.lookup(PDFName.of('T'), PDFHexString).decodeText())).toEqual(
      FORM_FIELDS.map((field) => field.name),
    )
    for (const widget of visible)
      expect(widget?.lookup(PDFName.of('TU'), PDFHexString).decodeText()).toMatch(/\S/)
    for (const { box } of FORM_FIELDS) expect(box[0] + box[2]).toBeLessThanOrEqual(545)
    expect(document.getTitle()).toBe('電子契約利用申出書')
  })

  it('lets another viewer (pdf.js) type rare Japanese into a field and draw it with the font inside', async () => {
    const opened = await openPdfjs(blank)
    if (!opened.ok) throw new Error(opened.error.code)
    const fields = (await opened.value.getFieldObjects()) as unknown as Map<string, { id: string }[]>
    const type = (name: FormFieldName, value: string) =>
      opened.value.annotationStorage.setValue(fields.get(name)?.[0]?.id ?? '', { value })
    for (const [name, value] of Object.entries(complete)) type(name as FormFieldName, value)
    const saved = await opened.value.saveDocument()
    await opened.value.loadingTask.destroy()
    const result = await readApplicationForm(saved, options)
    expect(result).toMatchObject({ ok: true, value: { fields: { companyName: '㈱𠮷髙建設' }, problems: [] } })
    if (!hasJudge('pdftotext')) return
    const path = join(mkdtempSync(join(tmpdir(), 'form-')), 'typed.pdf')
    writeFileSync(path, saved)
    expect(askJudge('pdftotext', ['-layout', path, '-']).output).toContain('㈱𠮷髙建設')
  })

  it.skipIf(!hasJudge('qpdf') || !hasJudge('pdftotext'))(
    'is sound for qpdf, and poppler reads what was filled in',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'form-'))
      writeFileSync(join(folder, 'blank.pdf'), blank)
      writeFileSync(join(folder, 'filled.pdf'), await fillApplicationForm(blank, complete))
      for (const name of ['blank', 'filled'])
        expect(askJudge('qpdf', ['--check', join(folder, `${name}.pdf`)])).toMatchObject({ code: 0 })
      const text = askJudge('pdftotext', ['-layout', join(folder, 'filled.pdf'), '-']).output
      for (const word of [
        '様式第1',
        '扶桑町長 様',
        '㈱𠮷髙建設',
        '\ufa19谷 邉太郎',
        'yamazaki@yoshitaka.example.jp',
      ])
        expect(text).toContain(word)
    },
  )
})

describe('readApplicationForm', () => {
  it('returns every field of a complete form without a problem', async () => {
    const result = await readApplicationForm(await fillApplicationForm(blank, complete), options)
    expect(result).toEqual({
      ok: true,
      value: {
        fields: {
          date: '2026-04-01',
          dateText: '令和8年4月1日',
          companyAddress: complete.company_address,
          companyName: complete.company_name,
          representative: complete.representative,
          title: complete.title,
          signerPosition: complete.signer_position,
          signerName: complete.signer_name,
          signerMail: complete.signer_mail,
          accessCode: complete.access_code,
          contactPosition: complete.contact_position,
          contactName: complete.contact_name,
          contactMail: complete.contact_mail,
        },
        problems: [],
      },
    })
  })

  it('accepts a form without the optional parts', async () => {
    expect(
      await problemsOf({ access_code: '', contact_position: '', contact_name: '', contact_mail: '' }),
    ).toEqual([])
  })

  it.each([
    ['no mail address', { signer_mail: '' }, ['signerMail MAIL_EMPTY stop']],
    ['a malformed address', { signer_mail: 'yamazaki(a)example.jp' }, ['signerMail MAIL_NO_AT stop']],
    ['a shared mailbox', { signer_mail: 'info@yoshitaka.example.jp' }, ['signerMail MAIL_SHARED warn']],
    ['a free mail address', { signer_mail: 'yamazaki@gmail.com' }, ['signerMail MAIL_FREE warn']],
    ['no 権限者', { signer_name: '' }, ['signerName MISSING stop']],
    [
      'another 権限者 than the representative',
      { signer_name: '佐藤 一郎' },
      ['signerName NOT_THE_REPRESENTATIVE warn'],
    ],
    ['an impossible day', { date_month: '2', date_day: '30' }, ['date DATE_IMPOSSIBLE stop']],
    ['a day in the future', { date_year: '2027' }, ['date DATE_FUTURE warn']],
    ['no day', { date_year: '', date_month: '', date_day: '' }, ['date DATE_EMPTY stop']],
    ['half a day', { date_month: '' }, ['date DATE_FORMAT stop']],
    ['an access code with signs', { access_code: 'ab-12!' }, ['accessCode ACCESS_CODE_FORMAT stop']],
    [
      'an access code of 200 characters',
      { access_code: 'a'.repeat(200) },
      ['accessCode ACCESS_CODE_LONG stop'],
    ],
    ['a 担当者 without an address', { contact_mail: '' }, ['contactMail CONTACT_INCOMPLETE warn']],
  ])('names %s beside its field', async (_what, changes, expected) => {
    expect(await problemsOf(changes)).toEqual(expected)
  })

  it('reads years as 元号, as a bare number of 令和 and as 西暦, in full width too', async () => {
    for (const year of ['令和8', 'R8', '8', '２０２６', '令和８年'])
      expect(await problemsOf({ date_year: year })).toEqual([])
  })

  it('reads values without appearances, in UTF-16 and in PDFDocEncoding', async () => {
    const form = await setValues({
      company_name: PDFHexString.fromText('㈱𠮷髙'),
      signer_mail: PDFHexString.of(Buffer.from('taro@example.jp', 'latin1').toString('hex')),
    })
    const result = await readApplicationForm(form, options)
    expect(result).toMatchObject({
      ok: true,
      value: { fields: { companyName: '㈱𠮷髙', signerMail: 'taro@example.jp' } },
    })
  })

  it('refuses what is not a filled form of this town, each with its own code', async () => {
    const codeOf = async (bytes: Uint8Array) => {
      const result = await readApplicationForm(bytes, options)
      return result.ok ? 'ok' : result.error
    }
    const other = await makeApplicationForm({ townName: '大口町', headOfTown: '大口町長' })
    const plain = await PDFDocument.create()
    plain.addPage()
    const flattened = await PDFDocument.load(blank)
    flattened.catalog.delete(PDFName.of('AcroForm'))
    expect(await codeOf(blank)).toEqual({ code: 'FORM_EMPTY', data: null })
    expect(await codeOf(await fillApplicationForm(other, complete))).toEqual({
      code: 'FORM_OTHER_TOWN',
      data: { town: '大口町' },
    })
    expect(await codeOf(await plain.save())).toEqual({ code: 'FORM_UNKNOWN', data: null })
    expect(await codeOf(await flattened.save({ updateFieldAppearances: false }))).toEqual({
      code: 'FORM_FLATTENED',
      data: null,
    })
    expect(await codeOf(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).toEqual({ code: 'NOT_A_PDF', data: null })
    expect(await codeOf(new Uint8Array(0))).toEqual({ code: 'NOT_A_PDF', data: null })
    expect(await codeOf(blank.slice(0, 2000))).toEqual({ code: 'NOT_A_PDF', data: null })
  })
})
