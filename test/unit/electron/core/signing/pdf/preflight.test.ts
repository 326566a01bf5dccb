import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { layOutSignatureFields } from '../../../../../../electron/core/signing/pdf/field-layout.ts'
import { preflight } from '../../../../../../electron/core/signing/pdf/preflight.ts'
import { type MakePdfOptions, makePdf, XREF_KINDS } from '../../../../../support/make-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { encrypted } from './encrypted.ts'
import { append, withSignature } from './judged.ts'

const examine = (bytes: Uint8Array, maximumBytes?: number) =>
  preflight(memorySource(bytes), maximumBytes === undefined ? {} : { maximumBytes })

async function codes(bytes: Uint8Array): Promise<readonly string[]> {
  const { problems } = await examine(bytes)
  return problems.map(({ code, severity }) => `${severity} ${code}`)
}

/** What every file of make-pdf has: Helvetica, which is never embedded. */
const HELVETICA = 'warn FONT_NOT_EMBEDDED'

test.each(XREF_KINDS)('a sound file of kind %s may be sent', async (kind) => {
  expect(await examine(makePdf({ kind, pages: 2, rotate: 90 }))).toEqual({
    fileKind: 'pdf',
    pages: 2,
    sizes: [{ widthMm: 297, heightMm: 210, count: 2 }],
    pdfVersion: '1.7',
    producer: 'make-pdf',
    problems: [{ code: 'FONT_NOT_EMBEDDED', severity: 'warn', data: { names: 'Helvetica' } }],
    canSend: true,
    canRepair: false,
  })
})

describe('files that are no PDF', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'empty', 'EMPTY_FILE'],
    ['a JPEG', Buffer.from('ffd8ffe000104a464946', 'hex'), 'jpeg', 'NOT_A_PDF'],
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'png', 'NOT_A_PDF'],
    ['a ZIP', Buffer.from('PK\x03\x04aaaaaaaa', 'latin1'), 'zip', 'NOT_A_PDF'],
    ['a Word file', Buffer.from('PK\x03\x04....[Content_Types].xml', 'latin1'), 'office', 'NOT_A_PDF'],
    ['text', Buffer.from('こんにちは'), 'unknown', 'NOT_A_PDF'],
  ])('%s', async (_name, bytes, fileKind, code) => {
    const report = await examine(bytes)
    expect([report.fileKind, report.problems[0]?.code, report.canSend, report.canRepair]).toEqual([
      fileKind,
      code,
      false,
      false,
    ])
  })
})

describe('files that cannot be sent', () => {
  test('too large', async () => {
    const bytes = makePdf()
    const report = await examine(bytes, 800)
    expect(report.problems).toEqual([
      { code: 'TOO_LARGE', severity: 'stop', data: { sizeBytes: bytes.length, maximumBytes: 800 } },
    ])
  })

  test.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    [
      'with a wrong xref',
      (bytes: Buffer) =>
        Buffer.from(bytes.toString('latin1').replace(/startxref\n\d+/, 'startxref\n77'), 'latin1'),
    ],
    ['with bytes before the header', (bytes: Buffer) => Buffer.concat([Buffer.from('junk'), bytes])],
    [
      'with a wrong stream length',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('/Length 37', '/Length 17'), 'latin1'),
    ],
    [
      'with a broken object',
      (bytes: Buffer) =>
        Buffer.from(
          bytes.toString('latin1').replace('/BaseFont /Helvetica', '/BaseFont )elvetica'),
          'latin1',
        ),
    ],
  ])('damaged: %s', async (_name, damage) => {
    const report = await examine(damage(makePdf()))
    expect([report.problems[0]?.code, report.canSend, report.canRepair]).toEqual(['DAMAGED', false, true])
  })

  test('damaged and perhaps signed: not to be repaired', async () => {
    const signed = await withSignature(makePdf())
    const report = await examine(signed.subarray(0, signed.length - 100))
    expect([report.problems[0]?.code, report.canRepair]).toEqual(['DAMAGED', false])
  })

  test.skipIf(!hasJudge('qpdf'))('encrypted, with and without a user password', async () => {
    const open = await examine(encrypted(makePdf(), { user: '', bits: 256 }))
    const closed = await examine(encrypted(makePdf(), { user: 'secret', bits: 256 }))
    expect(
      [open, closed].map((report) => [report.problems[0]?.data.needsPassword, report.canRepair]),
    ).toEqual([
      ['no', true],
      ['yes', false],
    ])
  })

  test('signed already', async () => {
    expect(await codes(await withSignature(makePdf()))).toContain('stop ALREADY_SIGNED')
  })
})

describe('what a person should know', () => {
  const CASES: readonly [string, MakePdfOptions, string][] = [
    ['an XFA form', { catalog: '/AcroForm <</Fields [] /XFA [(a) (b)]>>' }, 'stop XFA'],
    [
      'JavaScript on opening',
      { catalog: '/OpenAction <</S /JavaScript /JS (app.alert)>>' },
      'stop JAVASCRIPT',
    ],
    [
      'JavaScript by name',
      {
        catalog: '/Names <</JavaScript <</Names [(a) 50 0 R]>>>>',
        more: new Map([[50, '<</S /JavaScript /JS (x)>>']]),
      },
      'stop JAVASCRIPT',
    ],
    ['a program to start', { catalog: '/OpenAction <</S /Launch /F (x.exe)>>' }, 'stop LAUNCH_ACTION'],
    ['an action on opening', { catalog: '/OpenAction <</S /URI /URI (http)>>' }, 'warn AUTOMATIC_ACTION'],
    ['additional actions', { catalog: '/AA <</WC 50 0 R>>' }, 'warn AUTOMATIC_ACTION'],
    ['layers', { catalog: '/OCProperties <</OCGs [] /D <<>>>>' }, 'warn OPTIONAL_CONTENT'],
    [
      'an embedded file',
      {
        catalog: '/Names <</EmbeddedFiles <</Names [(a) 50 0 R]>>>>',
        more: new Map([[50, '<</Type /Filespec /UF (a.xls) /EF <<>>>>']]),
      },
      'warn EMBEDDED_FILES',
    ],
    ['form fields', { form: 'indirect' }, 'warn FORM_FIELDS'],
    ['text that only the viewer draws', { form: 'indirect' }, 'stop FIELDS_WITHOUT_APPEARANCE'],
    [
      'multimedia',
      { catalog: '/X 50 0 R', more: new Map([[50, '<</Type /Annot /Subtype /Movie>>']]) },
      'warn MULTIMEDIA',
    ],
    [
      'content of another file',
      {
        catalog: '/X 50 0 R',
        more: new Map([[50, { dictionary: '/F (other.bin)', data: Buffer.from('x') }]]),
      },
      'warn EXTERNAL_CONTENT',
    ],
    [
      'papers of two sizes',
      {
        catalog: '',
        more: new Map([
          [2, '<</Type /Pages /Count 2 /Kids [10 0 R 50 0 R]>>'],
          [50, '<</Type /Page /Parent 2 0 R /MediaBox [0 0 842 1191]>>'],
        ]),
      },
      'warn PAGE_SIZES_MIXED',
    ],
    [
      'an odd size',
      { more: new Map([[10, '<</Type /Page /Parent 2 0 R /MediaBox [0 0 500 500]>>']]) },
      'warn PAGE_SIZE_UNUSUAL',
    ],
  ]
  test.each(CASES)('%s', async (_name, options, expected) => {
    expect(await codes(makePdf(options))).toContain(expected)
  })

  test('opening at a page, and objects nothing leads to, are no problem', async () => {
    const more = new Map([[50, '<</S /JavaScript /JS (x)>>']])
    expect(await codes(makePdf({ catalog: '/OpenAction [10 0 R /Fit]', more }))).toEqual([HELVETICA])
    expect(await codes(makePdf({ catalog: '/OpenAction <</S /GoTo /D [10 0 R /Fit]>>' }))).toEqual([
      HELVETICA,
    ])
  })

  test('signature fields that were left empty, by name', async () => {
    const base = makePdf()
    const bytes = append(base, layOutSignatureFields(memorySource(base), [{ name: '署名1' }, { name: 'b' }]))
    const report = await examine(bytes)
    expect(report.problems.find((problem) => problem.code === 'EMPTY_SIGNATURE_FIELDS')?.data).toEqual({
      names: '署名1, b',
    })
    expect(report.canSend).toBe(true)
  })

  test('upright and sideways pages of one paper are not mixed sizes', async () => {
    const more = new Map([
      [2, '<</Type /Pages /Count 2 /Kids [10 0 R 50 0 R]>>'],
      [50, '<</Type /Page /Parent 2 0 R /MediaBox [0 0 842 595]>>'],
    ])
    expect(await codes(makePdf({ more }))).toEqual([HELVETICA])
  })
})
