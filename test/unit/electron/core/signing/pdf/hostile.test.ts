/** Small files made to cost much: each ends within seconds in a coded error or a value. */
import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { SigningError } from '../../../../../../electron/core/signing/errors.ts'
import { pdfReference } from '../../../../../../electron/core/signing/pdf/objects.ts'
import { preflight } from '../../../../../../electron/core/signing/pdf/preflight.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { repair } from '../../../../../../electron/core/signing/pdf/repair.ts'
import { makePdf } from '../../../../../support/make-pdf.ts'

const START = '%PDF-1.7\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n'
/** Where `more` begins in the files of `withRows`. */
const BEFORE_MORE = START.length

/** A file whose cross-reference stream is written by hand; `rows` are packed as /W [1 4 2]. */
function withRows(entries: {
  readonly index: string
  readonly rows: Buffer
  readonly width?: string
  readonly more?: Buffer
}): Buffer {
  const data = deflateSync(entries.rows)
  const body = Buffer.concat([Buffer.from(START), entries.more ?? Buffer.alloc(0)])
  const dictionary = `<</Type /XRef /W [${entries.width ?? '1 4 2'}] /Index [${entries.index}] /Size 8388607 /Root 1 0 R /Filter /FlateDecode /Length ${data.length}>>`
  return Buffer.concat([
    body,
    Buffer.from(`9 0 obj\n${dictionary}\nstream\n`),
    data,
    Buffer.from(`\nendstream\nendobj\nstartxref\n${body.length}\n%%EOF\n`),
  ])
}

function row(type: number, second: number, third: number): Buffer {
  const bytes = Buffer.alloc(7)
  bytes.writeUInt8(type, 0)
  bytes.writeUInt32BE(second, 1)
  bytes.writeUInt16BE(third, 5)
  return bytes
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof SigningError) return `${error.code} ${error.data.limit ?? error.data.reason ?? ''}`
    throw error
  }
  return 'no error'
}

/** Resolves every number the file lists, passing over failures, as a verifier does. */
function resolveAll(bytes: Buffer): { failures: number; ms: number } {
  const started = performance.now()
  const file = openPdf(memorySource(bytes))
  let failures = 0
  for (const objectNumber of file.objectNumbers())
    if (codeOf(() => file.resolve(pdfReference(objectNumber))) !== 'no error') failures += 1
  return { failures, ms: performance.now() - started }
}

describe('limits', () => {
  test('rows of one byte, repeated over and over', () => {
    const index = Array.from({ length: 20 }, () => '0 8388607').join(' ')
    const bytes = withRows({ index, rows: Buffer.alloc(1000), width: '1 0 0' })
    expect(codeOf(() => openPdf(memorySource(bytes)))).toMatch(/^PDF_TOO_LARGE/)
  })

  test('an array of more parts than memory should hold', () => {
    const bytes = makePdf({ more: new Map([[50, `[${'0 '.repeat(1_000_001)}]`]]) })
    expect(codeOf(() => openPdf(memorySource(bytes)).resolve(pdfReference(50)))).toBe(
      'PDF_TOO_LARGE parts of an object',
    )
  })

  test('a name and a number without end', () => {
    const file = openPdf(
      memorySource(
        makePdf({
          more: new Map([
            [50, `/${'a'.repeat(70_000)}`],
            [51, '1'.repeat(70_000)],
          ]),
        }),
      ),
    )
    expect(codeOf(() => file.resolve(pdfReference(50)))).toBe('PDF_DAMAGED name too long')
    expect(codeOf(() => file.resolve(pdfReference(51)))).toBe('PDF_DAMAGED number too long')
  })

  test('an object stream that says it holds hundreds of thousands', () => {
    const data = Buffer.alloc(2_400_000, '1 0 ')
    const head = `50 0 obj\n<</Type /ObjStm /N 600000 /First ${data.length} /Length ${data.length}>>\nstream\n`
    const more = Buffer.concat([Buffer.from(head), data, Buffer.from('\nendstream\nendobj\n')])
    const rows = Buffer.concat([row(1, 9, 0), row(1, BEFORE_MORE, 0), row(2, 50, 0)])
    const file = openPdf(memorySource(withRows({ index: '1 1 50 1 60 1', rows, more })))
    expect(codeOf(() => file.resolve(pdfReference(60)))).toBe('PDF_TOO_LARGE objects in a stream')
  })
})

describe('work that repeats', () => {
  test('a hundred thousand entries that all point into unclosed strings', () => {
    const count = 100_000
    const more = Buffer.from('2 0 obj\n<</A ('.repeat(60_000))
    const rows = Buffer.concat([
      row(0, 0, 0),
      row(1, 9, 0),
      ...Array.from({ length: count }, (_, index) => row(1, BEFORE_MORE + 14 * (index % 60_000), 0)),
    ])
    const { failures, ms } = resolveAll(withRows({ index: `0 ${count + 2}`, rows, more }))
    expect(failures).toBe(count)
    expect(ms).toBeLessThan(20_000)
  }, 60_000)

  test('millions of entries that are free', () => {
    const { failures, ms } = resolveAll(
      withRows({
        index: '0 2 2 4000000',
        rows: Buffer.concat([row(0, 0, 0), row(1, 9, 0), Buffer.alloc(7 * 4_000_000)]),
      }),
    )
    expect(failures).toBe(0)
    expect(ms).toBeLessThan(10_000)
  }, 60_000)

  test('repair of a file full of beginnings', async () => {
    const bytes = Buffer.concat([
      Buffer.from('%PDF-1.7\n'),
      Buffer.from('7 0 obj\n<</A (<</B ['.repeat(200_000)),
    ])
    const started = performance.now()
    await expect(repair(bytes)).rejects.toMatchObject({ code: expect.stringMatching(/^PDF_/) })
    expect(performance.now() - started).toBeLessThan(20_000)
  }, 60_000)

  test('a page tree of one kid a thousand times', async () => {
    const kids = '10 0 R '.repeat(100_000)
    const report = await preflight(
      memorySource(makePdf({ more: new Map([[2, `<</Type /Pages /Count 100000 /Kids [${kids}]>>`]]) })),
    )
    expect(report.pages).toBe(100_000)
  })
})
