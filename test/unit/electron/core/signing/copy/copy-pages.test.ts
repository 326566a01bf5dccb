import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { extractText } from '../../../../../../electron/core/pages/extract-text.ts'
import { CopyFailure, copyPages } from '../../../../../../electron/core/signing/copy/copy-pages.ts'
import { openCopySource } from '../../../../../../electron/core/signing/copy/copy-source.ts'
import { asArray, asDictionary } from '../../../../../../electron/core/signing/pdf/objects.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import { copyOf, differingDots, pictures, savedPdf } from '../../../../../support/copy-pdf.ts'
import { FIRST_PAGE, makeObjects, makePdf, writePdf, XREF_KINDS } from '../../../../../support/make-pdf.ts'
import { askJudge, hasJudge } from '../../../../../support/outside-judges.ts'
import { plainPdf } from '../../../../../support/plain-pdf.ts'

async function textsOf(bytes: Uint8Array): Promise<string[]> {
  const read = await extractText(bytes)
  if (!read.ok) throw new Error(read.error.code)
  return read.value.pages.map((page) => page.replace(/\s+/g, ' '))
}

/** One page with what the test puts on it; objects from 50 on are its own. */
function pageWith(
  page: string,
  more: ReadonlyMap<number, string | { dictionary: string; data: Uint8Array }>,
  options: { readonly contents?: string; readonly catalog?: string } = {},
): Buffer {
  const objects = new Map(makeObjects({ catalog: options.catalog ?? '', more }))
  const resources = `/Resources <</Font <</F1 3 0 R>> /Properties <</Layer1 60 0 R>>>>`
  objects.set(
    FIRST_PAGE,
    `<</Type /Page /Parent 2 0 R /Contents ${FIRST_PAGE + 1} 0 R ${resources} ${page}>>`,
  )
  if (options.contents !== undefined)
    objects.set(FIRST_PAGE + 1, { dictionary: '', data: Buffer.from(options.contents, 'latin1') })
  return writePdf(objects, { kind: 'table', version: '1.7', eol: '\n' })
}

const form = (text: string, extra = '') => ({
  dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources <</Font <</F1 3 0 R>>>> ${extra}`,
  data: Buffer.from(`BT /F1 12 Tf 2 5 Td (${text}) Tj ET`),
})

describe('a copy of pages', () => {
  test.each(XREF_KINDS)(
    'of a file with cross-references as %s has its text, and a mark on every page',
    async (kind) => {
      const copy = await copyOf(makePdf({ kind, pages: 3, isInherited: true }))
      const texts = await textsOf(copy)
      expect(texts).toHaveLength(3)
      for (const [index, text] of texts.entries()) {
        expect(text).toContain(`Page ${index + 1}`)
        expect(text).toContain(`写し${index + 1}/3`.replace('写し', '写し '))
      }
      if (hasJudge('qpdf')) expect(askJudge('qpdf', ['--check', savedPdf(copy)])).toMatchObject({ code: 0 })
    },
  )

  test('numbers the sheets of several files together and lists the files for the reader', async () => {
    const copy = await copyOf(makePdf({ pages: 2 }), makePdf({ pages: 1 }))
    expect((await textsOf(copy))[2]).toContain('写し 3/3')
    const file = openPdf(memorySource(copy))
    const outlines = asDictionary(file.resolve(file.catalog.entries.get('Outlines')))
    expect(outlines?.entries.get('Count')).toMatchObject({ value: 2 })
  })

  describe.skipIf(!hasJudge('pdftoppm') || !hasJudge('pdftotext'))('looks like the original', () => {
    test.each([0, 90, 180, 270] as const)(
      'turned by %d degrees, cut and moved from the origin',
      async (rotate) => {
        const original = pageWith(
          `/MediaBox [-20 -30 575 812] /CropBox [10 20 560 700] /Rotate ${rotate} /UserUnit 1.0`,
          new Map(),
          { contents: '0.9 g 10 20 550 680 re f 0 g BT /F1 24 Tf 172 420 Td (Page 1) Tj ET' },
        )
        const copy = await copyOf(original)
        const [before] = pictures(original)
        const [after] = pictures(copy)
        if (before === undefined || after === undefined) throw new Error('No picture')
        expect(differingDots(before, after)).toBe(0)
        // The mark stands upright in the upper right corner of what is seen.
        const words = askJudge('pdftotext', ['-bbox', '-cropbox', savedPdf(copy), '-']).output
        const [, pageWidth = 0] = (/<page width="([\d.]+)"/.exec(words) ?? []).map(Number)
        const [, xMin = 0, yMin = 0, xMax = 0, yMax = 0] = (
          /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">写し/.exec(words) ?? []
        ).map(Number)
        expect(xMin).toBeGreaterThan(pageWidth * 0.8)
        expect([yMin > 5, yMax < 40, xMax - xMin > yMax - yMin]).toEqual([true, true, true])
      },
    )

    test('although its contents end with an open state that would move or colour what follows', async () => {
      const contents = 'q 3 0 0 3 100 100 cm 1 1 1 rg 1 1 1 RG BT /F1 12 Tf 10 10 Td (Page 1) Tj ET'
      const words = askJudge('pdftotext', [
        '-bbox',
        savedPdf(await copyOf(pageWith('/MediaBox [0 0 595 842]', new Map(), { contents }))),
        '-',
      ]).output
      expect(/yMin="(\d+)[\d.]*"[^>]*>写し/.exec(words)?.[1]).toMatch(/^1\d$/)
    })
  })

  test('shows signatures and fields as part of the page, each in its state, and nothing hidden', async () => {
    const more = new Map<number, string | { dictionary: string; data: Uint8Array }>([
      [50, form('Seal')],
      [51, form('Checked')],
      [52, form('Unchecked')],
      [53, form('Hidden')],
      [54, form('Note')],
      [60, 'null'],
      [
        70,
        '<</Type /Annot /Subtype /Widget /FT /Sig /T (s) /F 132 /Rect [100 100 200 120] /AP <</N 50 0 R>>>>',
      ],
      [
        71,
        '<</Type /Annot /Subtype /Widget /FT /Btn /AS /On /Rect [100 200 200 220] /AP <</N <</On 51 0 R /Off 52 0 R>>>>>>',
      ],
      [72, '<</Type /Annot /Subtype /Widget /FT /Tx /F 2 /Rect [100 300 200 320] /AP <</N 53 0 R>>>>'],
      [73, '<</Type /Annot /Subtype /Text /F 0 /Rect [100 400 200 420] /AP <</N 54 0 R>>>>'],
      [74, '<</Type /Annot /Subtype /Widget /FT /Tx /V (Taro) /Rect [100 500 200 520]>>'],
    ])
    const copy = await copyOf(
      pageWith('/MediaBox [0 0 595 842] /Annots [70 0 R 71 0 R 72 0 R 73 0 R 74 0 R]', more, {
        catalog: '/AcroForm <</Fields [70 0 R 71 0 R 72 0 R 74 0 R] /SigFlags 3>>',
      }),
    )
    const [text = ''] = await textsOf(copy)
    for (const word of ['Seal', 'Checked', 'Taro']) expect(text).toContain(word)
    for (const word of ['Unchecked', 'Hidden', 'Note']) expect(text).not.toContain(word)
    expect(copy.toString('latin1')).not.toMatch(/\/Annots|\/AcroForm|\/Widget/)
  })

  test('fits a stamp that is turned in its own right into its rectangle', async () => {
    const more = new Map<number, string | { dictionary: string; data: Uint8Array }>([
      [50, form('Turned', '/Matrix [0 1 -1 0 20 0]')],
      [60, 'null'],
      [70, '<</Type /Annot /Subtype /Stamp /F 4 /Rect [100 100 140 300] /AP <</N 50 0 R>>>>'],
    ])
    const copy = await copyOf(pageWith('/MediaBox [0 0 595 842] /Annots [70 0 R]', more))
    // Turned, the box is 20 wide and 100 high; the rectangle twice as large.
    expect(inflated(copy)).toContain('q 2 0 0 2 100 100 cm /Kd1 Do Q')
  })

  test('reads contents that are torn between streams as one', async () => {
    const more = new Map<number, string | { dictionary: string; data: Uint8Array }>([
      [50, { dictionary: '', data: Buffer.from('BT /F1 24 Tf 72 720 Td (One)') }],
      [51, { dictionary: '', data: Buffer.from('Tj (Two) Tj ET') }],
      [60, 'null'],
    ])
    const objects = new Map(makeObjects({ more }))
    objects.set(
      FIRST_PAGE,
      '<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [50 0 R 51 0 R] /Resources <</Font <</F1 3 0 R>>>>>>',
    )
    const [text] = await textsOf(
      await copyOf(writePdf(objects, { kind: 'table', version: '1.7', eol: '\n' })),
    )
    expect(text).toContain('OneTwo')
  })

  test('leaves layers off that the original shows off', async () => {
    const more = new Map([
      [60, '<</Type /OCG /Name (Hidden)>>'],
      [61, '<</Type /OCG /Name (Shown)>>'],
    ])
    const copy = await copyOf(
      pageWith('/MediaBox [0 0 595 842]', more, {
        contents: '/OC /Layer1 BDC BT /F1 24 Tf 72 720 Td (Secret) Tj ET EMC',
        catalog: '/OCProperties <</OCGs [60 0 R 61 0 R] /D <</BaseState /OFF /ON [61 0 R]>>>>',
      }),
    )
    const file = openPdf(memorySource(copy))
    const properties = asDictionary(file.resolve(file.catalog.entries.get('OCProperties')))
    const off = asArray(asDictionary(properties?.entries.get('D'))?.entries.get('OFF')) ?? []
    const names = off.map((entry) => asDictionary(file.resolve(entry))?.entries.get('Name'))
    expect(names.map((name) => (name?.kind === 'string' ? Buffer.from(name.bytes).toString() : ''))).toEqual([
      'Hidden',
    ])
  })

  test('shows the newest revision, and carries no signature over', async () => {
    const base = makePdf({ pages: 1 })
    const text =
      '11 0 obj\n<</Length 47>>\nstream\nBT /F1 24 Tf 72 720 Td (Revised text) Tj ET    \nendstream\nendobj\n'
    const start = base.length + text.length
    const row = String(base.length).padStart(10, '0')
    const previous = base.lastIndexOf('startxref') + 10
    const prev = Number(base.toString('latin1', previous).split('\n')[0])
    const update = `${text}xref\n11 1\n${row} 00000 n \ntrailer\n<</Size 13 /Root 1 0 R /Prev ${prev}>>\nstartxref\n${start}\n%%EOF\n`
    const copy = await copyOf(Buffer.concat([base, Buffer.from(update)]))
    const [shown] = await textsOf(copy)
    expect(shown).toContain('Revised text')
    expect(shown).not.toContain('Page 1')
    expect((await verifyPdf(memorySource(copy), { anchors: [] })).verdict).toBe('unsigned')
  })

  test('names the part that cannot be copied', async () => {
    const frame = await copyOf(makePdf({ pages: 1 }))
    const good = makePdf({ pages: 1 })
    const bad = Buffer.from(good)
    bad.write('XX', bad.indexOf('endstream'))
    const parts = [good, bad].map((bytes) => ({
      open: () => memorySource(bytes),
      pages: [{ index: 0, mark: null }],
      bookmark: null,
    }))
    const copying = async () => {
      for await (const _piece of copyPages(frame, parts, {
        info: { title: '', author: '', createdAtEpochMs: 0 },
      }));
    }
    const failure = await copying().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(CopyFailure)
    expect(failure).toMatchObject({ part: 1, cause: { code: 'PDF_DAMAGED' } })
  })
})

function inflated(copy: Buffer): string {
  // The pages' own operators are written unpacked.
  return copy.toString('latin1')
}

const SAMPLES = resolve(import.meta.dirname, '../../../../../../../shared/samples')
const samples = existsSync(SAMPLES) ? readdirSync(SAMPLES).filter((name) => name.endsWith('.pdf')) : []

describe.skipIf(samples.length === 0 || !hasJudge('qpdf') || !hasJudge('pdftoppm'))('real files', () => {
  test.each(samples)(
    '%s is copied whole and looks the same',
    async (name) => {
      const original = readFileSync(join(SAMPLES, name))
      const copy = await copyOf(original)
      expect(askJudge('qpdf', ['--check', savedPdf(copy)])).toMatchObject({ code: 0 })
      expect(await pageCountOf(copy)).toBe(await pageCountOf(original))
      const before = pictures(original)
      const after = pictures(copy)
      expect(after).toHaveLength(before.length)
      const dots = before.map((picture, index) => differingDots(picture, after[index] ?? picture))
      expect(Math.max(...dots)).toBe(0)
      expect(copy.length).toBeLessThan(original.length * 1.2 + 100_000)
    },
    60_000,
  )
})

async function pageCountOf(bytes: Uint8Array): Promise<number> {
  return (await openCopySource(memorySource(bytes))).pages.length
}

test('a copy of 50 MB is streamed, not built', async () => {
  const large = plainPdf(50_000_000)
  const frame = await copyOf(makePdf({ pages: 1 }))
  const parts = [{ open: () => memorySource(large), pages: [{ index: 0, mark: 0 }], bookmark: null }]
  let longest = 0
  let total = 0
  for await (const piece of copyPages(frame, parts, {
    info: { title: '', author: '', createdAtEpochMs: 0 },
  })) {
    longest = Math.max(longest, piece.length)
    total += piece.length
  }
  expect(total).toBeGreaterThan(49_000_000)
  expect(longest).toBeLessThan(1_000_000)
})
