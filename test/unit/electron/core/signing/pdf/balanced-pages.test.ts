import { expect, test } from 'vitest'
import {
  appendedSource,
  type ByteSource,
  memorySource,
} from '../../../../../../electron/core/kit/byte-source.ts'
import { balancedPages } from '../../../../../../electron/core/signing/pdf/balanced-pages.ts'
import { asArray, asDictionary, asNumber } from '../../../../../../electron/core/signing/pdf/objects.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { manyPagesPdf } from '../../../../../support/many-pages-pdf.ts'
import { samplePdf } from '../../../../../support/sample-pdf.ts'

function balanced(bytes: Uint8Array): ByteSource {
  const tail = balancedPages(memorySource(bytes))
  if (tail === undefined) throw new Error('Nothing was divided')
  return appendedSource(memorySource(bytes), bytes.length, tail)
}

/** Kids of the widest node that lies above other nodes or pages. */
function widest(source: ByteSource): number {
  const file = openPdf(source)
  const widthBelow = (node: Parameters<typeof file.resolve>[0]): number => {
    const dictionary = asDictionary(file.resolve(node))
    const kids = asArray(file.resolve(dictionary?.entries.get('Kids'))) ?? []
    return Math.max(kids.length, ...kids.map(widthBelow))
  }
  return widthBelow(file.catalog.entries.get('Pages'))
}

test.each([65, 640, 5000])(
  '%d pages side by side come under nodes of 64 at most, in their order',
  (pages) => {
    const bytes = manyPagesPdf(pages, 1000)
    const source = balanced(bytes)
    const file = openPdf(source)
    const before = [...openPdf(memorySource(bytes)).pages()].map((page) => page.reference.objectNumber)
    expect([...file.pages()].map((page) => page.reference.objectNumber)).toEqual(before)
    expect(widest(source)).toBeLessThanOrEqual(64)
    expect(
      asNumber(asDictionary(file.resolve(file.catalog.entries.get('Pages')))?.entries.get('Count')),
    ).toBe(pages)
  },
)

test('what pages inherit stays, and the original is a prefix of what is shown', () => {
  const bytes = manyPagesPdf(100, 1000)
  const source = balanced(bytes)
  expect(Buffer.from(source.read(0, bytes.length)).equals(bytes)).toBe(true)
  for (const page of openPdf(source).pages()) expect(page.inherited.has('MediaBox')).toBe(true)
})

test('a short document is shown as it is', () => {
  expect(balancedPages(memorySource(manyPagesPdf(64, 1000)))).toBeUndefined()
})

test('a tree that is balanced already is shown as it is', () => {
  const bytes = manyPagesPdf(300, 1000)
  const source = balanced(bytes)
  expect(balancedPages(source)).toBeUndefined()
})

test('a file that cannot be read or updated is shown as it is', async () => {
  expect(balancedPages(memorySource(Buffer.from('no PDF at all')))).toBeUndefined()
  const bytes = manyPagesPdf(100, 1000)
  expect(balancedPages(memorySource(bytes.subarray(0, bytes.length - 200)))).toBeUndefined()
  expect(balancedPages(memorySource(await samplePdf(3)))).toBeUndefined()
})

test('finding out reads little of the file, not its pages', () => {
  const bytes = manyPagesPdf(2500, 4000)
  let readBytes = 0
  const plain = memorySource(bytes)
  const counting: ByteSource = {
    sizeBytes: bytes.length,
    read: (offset, length) => {
      readBytes += length
      return plain.read(offset, length)
    },
  }
  expect(balancedPages(counting)).toBeDefined()
  expect(readBytes).toBeLessThan(bytes.length / 10)
})
