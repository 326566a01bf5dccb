import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { layOutSignatureFields } from '../../../../../../electron/core/signing/pdf/field-layout.ts'
import {
  asArray,
  asDictionary,
  asInteger,
  pdfReference,
} from '../../../../../../electron/core/signing/pdf/objects.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { listSignatureFields } from '../../../../../../electron/core/signing/pdf/signature-fields.ts'
import {
  ANNOTATIONS,
  CATALOG,
  FIRST_PAGE,
  FORM,
  FORM_FIELDS,
  LINK,
  type MakePdfOptions,
  makePdf,
  TEXT_FIELD,
  XREF_KINDS,
} from '../../../../../support/make-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { append, qpdfComplaint, textOf, withSignature } from './judged.ts'

const RECT = { left: 100, bottom: 100, right: 250, top: 150 }
const SPECS = [
  { name: '署名1', pageIndex: 1, rect: RECT },
  { name: 'town', lock: { action: 'Include' as const, fields: ['name'] } },
]

function laidOut(options: MakePdfOptions): Buffer {
  const base = makePdf({ pages: 2, ...options })
  return append(base, layOutSignatureFields(memorySource(base), SPECS))
}

describe.each([
  ['no form', {}],
  ['a direct form and direct annotations', { form: 'direct', annotations: 'direct' }],
  ['an indirect form and indirect annotations', { form: 'indirect', annotations: 'indirect' }],
  ['fields in an array of their own', { form: 'indirect-fields' }],
  ['inherited page attributes', { isInherited: true }],
] as const)('laying out fields in a file with %s', (_name, options) => {
  const bytes = laidOut(options)
  const file = openPdf(memorySource(bytes))
  const form = asDictionary(file.resolve(file.catalog.entries.get('AcroForm')))

  test('gives empty fields with page, rectangle and lock', () => {
    const fields = listSignatureFields(file).map((field) => ({
      name: field.name,
      page: field.pageIndex,
      rect: field.rect,
      isSigned: field.isSigned,
      flags: asInteger(field.dictionary.entries.get('F')),
      hasLock: field.lock !== undefined,
    }))
    expect(fields).toEqual([
      { name: '署名1', page: 1, rect: RECT, isSigned: false, flags: 132, hasLock: false },
      {
        name: 'town',
        page: 0,
        rect: { left: 0, bottom: 0, right: 0, top: 0 },
        isSigned: false,
        flags: 132,
        hasLock: true,
      },
    ])
  })

  test('sets SigFlags, removes NeedAppearances, keeps the other fields and annotations', () => {
    expect(form?.entries.get('SigFlags')).toEqual({ kind: 'number', value: 3, text: '3' })
    expect(form?.entries.has('NeedAppearances')).toBe(false)
    const fields = asArray(file.resolve(form?.entries.get('Fields')))
    const hadForm = 'form' in options
    expect(fields?.length).toBe(hadForm ? 3 : 2)
    if (hadForm) expect(fields?.[0]).toEqual(pdfReference(TEXT_FIELD))
    const [page] = [...file.pages()]
    const annotations = asArray(file.resolve(page?.dictionary.entries.get('Annots')))
    expect(annotations?.length).toBe('annotations' in options ? 2 : 1)
    if ('annotations' in options) expect(annotations?.[0]).toEqual(pdfReference(LINK))
  })

  test.skipIf(!hasJudge('qpdf') || !hasJudge('pdftotext'))(
    'pleases qpdf and leaves the text as it was',
    () => {
      expect(qpdfComplaint(bytes)).toBe('')
      expect(textOf(bytes)).toBe(textOf(makePdf({ pages: 2, ...options })))
    },
  )
})

test.each(XREF_KINDS)('fields can be laid out in a file of kind %s', (kind) => {
  const file = openPdf(memorySource(laidOut({ kind, form: 'indirect', annotations: 'indirect' })))
  expect(listSignatureFields(file).map((field) => field.name)).toEqual(['署名1', 'town'])
})

describe('how little is touched', () => {
  const changedNumbers = (base: Uint8Array, bytes: Uint8Array): readonly number[] => {
    const before = openPdf(memorySource(base))
    const after = openPdf(memorySource(bytes))
    return [...before.objectNumbers()]
      .filter((number) => number !== 0)
      .filter((number) => JSON.stringify(before.entryOf(number)) !== JSON.stringify(after.entryOf(number)))
      .sort((left, right) => left - right)
  }

  test('only the arrays change where they are objects of their own', async () => {
    const base = makePdf({ form: 'indirect-fields', annotations: 'indirect' })
    const once = await withSignature(base)
    expect(changedNumbers(base, once)).toEqual([FORM, FORM_FIELDS, ANNOTATIONS])
    expect(changedNumbers(once, await withSignature(once))).toEqual([FORM_FIELDS, ANNOTATIONS])
  })

  test('a direct form becomes an object at the first signature, so that the second leaves the catalog alone', async () => {
    const base = makePdf({ form: 'direct' })
    const once = await withSignature(base)
    expect(changedNumbers(base, once)).toEqual([CATALOG, FIRST_PAGE])
    expect(changedNumbers(once, await withSignature(once)).includes(CATALOG)).toBe(false)
  })
})

describe('refusals', () => {
  test('no fields are laid out in a signed file', async () => {
    const signed = await withSignature(makePdf())
    expect(() => layOutSignatureFields(memorySource(signed), SPECS)).toThrow(
      expect.objectContaining({ code: 'ALREADY_SIGNED' }),
    )
  })

  test.each([
    ['the name of a text field', [{ name: 'name' }], 'FIELD_NAME_TAKEN'],
    ['the same name twice', [{ name: 'a' }, { name: 'a' }], 'FIELD_NAME_TAKEN'],
    ['an empty name', [{ name: '' }], 'FIELD_NAME_TAKEN'],
    ['a name with a dot', [{ name: 'a.b' }], 'FIELD_NAME_TAKEN'],
    ['a page that is not there', [{ name: 'a', pageIndex: 7 }], 'PAGE_NOT_FOUND'],
  ])('%s is refused', (_name, specs, code) => {
    const base = makePdf({ form: 'indirect' })
    expect(() => layOutSignatureFields(memorySource(base), specs)).toThrow(expect.objectContaining({ code }))
  })
})

describe('finding fields', () => {
  const tree = new Map([
    [50, '<</T (root) /FT /Sig /Kids [51 0 R 52 0 R]>>'],
    [51, '<</T (a) /Parent 50 0 R /Kids [53 0 R 54 0 R]>>'],
    [52, '<</T (b) /Parent 50 0 R /Type /Annot /Subtype /Widget /Rect [1 2 3 4]>>'],
    [53, '<</Parent 51 0 R /Type /Annot /Subtype /Widget /Rect [30 20 10 40]>>'],
    [54, '<</Parent 51 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0]>>'],
  ])

  test('names are joined, the type is inherited, widgets are kids without a name', () => {
    const file = openPdf(memorySource(makePdf({ catalog: '/AcroForm <</Fields [50 0 R]>>', more: tree })))
    expect(
      listSignatureFields(file).map((field) => [field.name, field.widgetCount, field.rect?.left]),
    ).toEqual([
      ['root.a', 2, 10],
      ['root.b', 1, 1],
    ])
  })

  test('a field that is listed twice is one field', () => {
    const file = openPdf(
      memorySource(makePdf({ catalog: '/AcroForm <</Fields [50 0 R 50 0 R 52 0 R]>>', more: tree })),
    )
    expect(listSignatureFields(file).map((field) => field.name)).toEqual(['root.a', 'root.b'])
  })

  test('a field tree that contains itself is refused, not walked for ever', () => {
    const loop = new Map([...tree, [51, '<</T (a) /Kids [50 0 R]>>'] as const])
    const file = openPdf(memorySource(makePdf({ catalog: '/AcroForm <</Fields [50 0 R]>>', more: loop })))
    expect(() => listSignatureFields(file)).toThrow(expect.objectContaining({ code: 'PDF_DAMAGED' }))
  })
})
