import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import {
  asArray,
  asDictionary,
  asString,
  asText,
  pdfDictionary,
  pdfNumber,
  pdfReference,
  pdfStream,
  pdfText,
  withEntries,
} from '../../../../../../electron/core/signing/pdf/objects.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { startUpdate } from '../../../../../../electron/core/signing/pdf/update-writer.ts'
import { INFO, makePdf, XREF_KINDS, type XrefKind } from '../../../../../support/make-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { append, qpdfComplaint, textOf } from './judged.ts'

/** Retitles the file and adds a stream. */
function updated(base: Uint8Array): Buffer {
  const update = startUpdate(openPdf(memorySource(base)))
  const info = asDictionary(update.file.resolve(pdfReference(INFO))) ?? pdfDictionary({})
  update.set(pdfReference(INFO), withEntries(info, { Title: pdfText('改題') }))
  update.add(pdfStream({ Kind: pdfNumber(1) }, Buffer.from('data')))
  return append(base, update.finish().bytes)
}

const KIND_OF_UPDATE: Record<XrefKind, string> = {
  table: 'table',
  stream: 'stream',
  'object-streams': 'stream',
  hybrid: 'table',
  'word-hybrid': 'table',
  linearized: 'table',
}

describe.each(XREF_KINDS)('an update to a file of kind %s', (kind) => {
  const base = makePdf({ kind, pages: 2, form: 'indirect' })
  const bytes = updated(base)
  const file = openPdf(memorySource(bytes))

  test('is one more revision with the cross-reference kind of the file', () => {
    expect(file.sections[0]?.kind).toBe(KIND_OF_UPDATE[kind])
    expect(file.revisions.map((revision) => revision.endOffset)).toEqual([base.length, bytes.length])
    expect(file.notes).toEqual([])
  })

  test('changes what it says and nothing else', () => {
    const info = asDictionary(file.resolve(pdfReference(INFO)))
    expect(asText(info?.entries.get('Title'))).toBe('改題')
    expect(info?.entries.get('Scale')).toEqual({ kind: 'number', value: 1.5, text: '1.50' })
    expect([...file.pages()].length).toBe(2)
    const before = openPdf(memorySource(base))
    const numbers = [...before.objectNumbers()].filter((number) => number !== INFO)
    for (const number of numbers) expect(file.entryOf(number)).toEqual(before.entryOf(number))
  })

  test('keeps the first part of the ID, makes a new second, counts its objects', () => {
    const old = openPdf(memorySource(base))
    const idOf = (trailer: typeof file.trailer) =>
      asArray(trailer.entries.get('ID'))?.map((part) =>
        Buffer.from(asString(part)?.bytes ?? []).toString('hex'),
      )
    const [first, second] = idOf(file.trailer) ?? []
    const [oldFirst, oldSecond] = idOf(old.trailer) ?? []
    expect(first).toBe(oldFirst)
    expect(second).not.toBe(oldSecond)
    const highest = Math.max(...file.objectNumbers())
    expect(file.trailer.entries.get('Size')).toEqual(pdfNumber(highest + 1))
    expect(file.trailer.entries.get('Info')).toEqual(pdfReference(INFO))
  })

  test('can be updated again', () => {
    const twice = updated(bytes)
    expect(openPdf(memorySource(twice)).revisions.length).toBe(3)
    expect(twice.subarray(0, bytes.length).equals(bytes)).toBe(true)
  })

  test.skipIf(!hasJudge('qpdf') || !hasJudge('pdftotext'))(
    'pleases qpdf and leaves the text as it was',
    () => {
      expect(qpdfComplaint(bytes)).toBe('')
      expect(textOf(bytes)).toBe(textOf(base))
    },
  )
})

describe('refusals', () => {
  test.each([
    [
      'encrypted',
      makePdf().toString('latin1').replace('/Size 12', '/Encrypt 3 0 R /Size 12'),
      'PDF_ENCRYPTED',
    ],
    ['without end marker', makePdf().toString('latin1').slice(0, -6), 'PDF_DAMAGED'],
  ])('a file that is %s is not updated', (_name, text, code) => {
    const file = openPdf(memorySource(Buffer.from(text, 'latin1')))
    expect(() => startUpdate(file)).toThrow(expect.objectContaining({ code }))
  })

  test('an update starts on a line of its own', () => {
    const base = makePdf()
    const bare = base.subarray(0, base.length - 1)
    const bytes = updated(bare)
    expect(bytes.toString('latin1', bare.length - 5, bare.length + 3)).toMatch(/^%%EOF\n\d /)
    const [first] = openPdf(memorySource(bytes)).revisions
    expect([first?.markerEndOffset, first?.endOffset]).toEqual([bare.length, bare.length + 1])
  })
})
