import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { asDictionary, asText } from '../../../../../../electron/core/signing/pdf/objects.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { repair, repairWithReport } from '../../../../../../electron/core/signing/pdf/repair.ts'
import { appendUpdate, INFO, makePdf, XREF_KINDS } from '../../../../../support/make-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { type Encryption, encrypted } from './encrypted.ts'
import { qpdfComplaint, textOf, withSignature } from './judged.ts'

const hasJudges = hasJudge('qpdf') && hasJudge('pdftotext')

const METADATA = '<?xpacket begin?><x:xmpmeta/>'
const more = new Map<number, string | { dictionary: string; data: Buffer }>([
  [50, { dictionary: '/Type /Metadata /Subtype /XML', data: Buffer.from(METADATA) }],
])
const RICH = makePdf({
  pages: 3,
  form: 'indirect',
  annotations: 'indirect',
  catalog: '/Metadata 50 0 R',
  more,
})

const DAMAGES: readonly [string, (bytes: Buffer) => Buffer][] = [
  [
    'with a wrong startxref',
    (bytes) => Buffer.from(bytes.toString('latin1').replace(/startxref\n\d+/, 'startxref\n1'), 'latin1'),
  ],
  ['with junk in front', (bytes) => Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), bytes])],
  ['without its last 40 bytes', (bytes) => bytes.subarray(0, bytes.length - 40)],
  [
    'with line feeds turned into CR LF',
    (bytes) => Buffer.from(bytes.toString('latin1').replace(/\n/g, '\r\n'), 'latin1'),
  ],
]

describe.skipIf(!hasJudges)('a damaged file is rewritten with its text', () => {
  const bases = XREF_KINDS.map(
    (kind) => [kind, makePdf({ kind, pages: 3, form: 'indirect', annotations: 'direct' })] as const,
  )
  // The conversion of line ends also breaks compressed data, which no repair can undo.
  const textual = new Set(['table'])
  const cases = bases.flatMap(([kind, base]) =>
    DAMAGES.filter(([name]) => textual.has(kind) || !name.includes('CR LF')).map(
      ([name, damage]) => [kind, name, base, damage(base)] as const,
    ),
  )
  test.each(cases)('kind %s %s', async (_kind, name, base, damaged) => {
    const clean = await repair(damaged)
    expect(qpdfComplaint(clean)).toBe('')
    expect(textOf(clean)).toBe(textOf(base))
    const file = openPdf(memorySource(clean))
    const info = asDictionary(file.resolve(file.trailer.entries.get('Info')))
    expect([file.notes, file.revisions.length]).toEqual([[], 1])
    // With the trailer goes the only way to the document information.
    if (!name.startsWith('without')) expect(asText(info?.entries.get('Title'))).toBe('Test (1)')
  })
})

describe.skipIf(!hasJudges)('an encrypted file without user password is written in clear', () => {
  const kinds: readonly Omit<Encryption, 'user'>[] = [
    { bits: 40 },
    { bits: 128 },
    { bits: 128, useAes: true },
    { bits: 128, useAes: true, clearMetadata: true },
    { bits: 256 },
    { bits: 256, objectStreams: true },
    { bits: 256, clearMetadata: true },
  ]
  test.each(kinds)('%j', async (kind) => {
    const clean = await repair(encrypted(RICH, { ...kind, user: '' }))
    expect(qpdfComplaint(clean)).toBe('')
    expect(textOf(clean)).toBe(textOf(RICH))
    expect(clean.toString()).not.toBe('')
    const file = openPdf(memorySource(clean))
    const info = asDictionary(file.resolve(file.trailer.entries.get('Info')))
    const metadata = file.resolve(file.catalog.entries.get('Metadata'))
    expect([asText(info?.entries.get('Title')), file.isEncrypted]).toEqual(['Test (1)', false])
    expect(metadata.kind === 'stream' ? Buffer.from(file.decodeStream(metadata)).toString() : '').toBe(
      METADATA,
    )
  })
})

describe('what is not rewritten', () => {
  test.skipIf(!hasJudges)('a file that needs its password', async () => {
    await expect(repair(encrypted(RICH, { user: 'secret', bits: 256 }))).rejects.toMatchObject({
      code: 'PDF_ENCRYPTED',
    })
    await expect(repair(encrypted(RICH, { user: 'secret', bits: 128 }))).rejects.toMatchObject({
      code: 'PDF_ENCRYPTED',
    })
  })

  test('a signed file, sound or cut', async () => {
    const signed = await withSignature(makePdf())
    await expect(repair(signed)).rejects.toMatchObject({ code: 'ALREADY_SIGNED' })
    await expect(repair(signed.subarray(0, signed.length - 200))).rejects.toMatchObject({
      code: 'ALREADY_SIGNED',
    })
  })

  test('a signature whose dictionary hides in an object stream', async () => {
    const hidden = makePdf({
      kind: 'object-streams',
      catalog: '/AcroForm <</Fields [50 0 R]>>',
      more: new Map([
        [50, '<</FT /Sig /T (a) /V 51 0 R>>'],
        [51, '<</Type /Sig /ByteRange [0 1 2 3] /Contents <00>>>'],
      ]),
    })
    expect(hidden.includes('/ByteRange')).toBe(false)
    await expect(repair(hidden)).rejects.toMatchObject({ code: 'ALREADY_SIGNED' })
  })

  test.each([
    ['no PDF', Buffer.from('hello'), 'NOT_A_PDF'],
    ['nothing but a header', Buffer.from('%PDF-1.7\n'), 'PDF_DAMAGED'],
    ['objects without a page', Buffer.from('%PDF-1.7\n1 0 obj\n<</Type /Catalog>>\nendobj\n'), 'PDF_DAMAGED'],
  ])('%s', async (_name, bytes, code) => {
    await expect(repair(bytes)).rejects.toMatchObject({ code })
  })
})

describe('loss is never silent', () => {
  const cut = (() => {
    const base = makePdf({ pages: 3 })
    return base.subarray(0, base.indexOf('14 0 obj') + 4)
  })()

  test('a file cut in the middle is refused with the numbers', async () => {
    await expect(repair(cut)).rejects.toMatchObject({
      code: 'PDF_DAMAGED',
      data: { reason: 'content lost', pages: 2, expectedPages: 3 },
    })
  })

  test('what is left is given when the loss is accepted', async () => {
    const clean = await repair(cut, { acceptLoss: true })
    expect([...openPdf(memorySource(clean)).pages()].length).toBe(2)
    if (hasJudges) expect(textOf(clean)).toBe('Page 1\n\fPage 2\n\f')
  })

  test('compressed content that ends early keeps its beginning and counts as lost', async () => {
    const whole = deflateSync(
      Buffer.from(`BT /F1 24 Tf 72 720 Td (Kept) Tj ET ${'0 0 m 1 1 l S '.repeat(500)}`),
    )
    const base = makePdf({
      more: new Map([
        [11, { dictionary: '/Filter /FlateDecode', data: whole.subarray(0, whole.length - 20) }],
      ]),
    })
    const report = await repairWithReport(base)
    expect(report.lostStreams).toBe(1)
    if (hasJudges)
      expect([qpdfComplaint(report.bytes), textOf(report.bytes).includes('Kept')]).toEqual(['', true])
  })
})

test('of several revisions the newest is kept', async () => {
  const base = makePdf()
  const updated = appendUpdate(base, new Map([[INFO, '<</Title (Newer)>>']]), {
    trailer: `/Info ${INFO} 0 R`,
  })
  const broken = Buffer.from(
    updated.toString('latin1').replace(/startxref\n\d+\n%%EOF\n$/, 'startxref\n0\n%%EOF\n'),
    'latin1',
  )
  const file = openPdf(memorySource(await repair(broken)))
  const info = asDictionary(file.resolve(file.trailer.entries.get('Info')))
  expect(asText(info?.entries.get('Title'))).toBe('Newer')
})

test('a page that is listed twice stays two pages', async () => {
  const base = makePdf({ more: new Map([[2, '<</Type /Pages /Count 2 /Kids [10 0 R 10 0 R]>>']]) })
  const clean = await repair(base)
  expect([...openPdf(memorySource(clean)).pages()].length).toBe(2)
  if (hasJudges) expect([qpdfComplaint(clean), textOf(clean)]).toEqual(['', 'Page 1\n\fPage 1\n\f'])
})
