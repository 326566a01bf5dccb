/**
 * For showing only. A viewer that reads a file in ranges finds a page by its /Count (ISO 32000-2 §7.7.3.2); in a node of
 * thousands of kids it must read every page before the one it wants, which lie all over the file. Here such nodes get inner
 * nodes of their own. The bytes are never stored, signed or handed out as the document.
 */
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import {
  asArray,
  asDictionary,
  asNumber,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  withEntries,
} from './objects.ts'
import { openPdf, type PdfFile } from './reader.ts'
import { type PdfUpdate, startUpdate } from './update-writer.ts'

/** Kids of a node that a viewer may well read one by one. */
const MOST_KIDS = 64
/** Nodes looked into; more belong to no honest file of this kind. */
const MOST_NODES = 20_000

/**
 * Bytes to be appended so that no node of the page tree has more than 64 kids; undefined when none has, or the file
 * cannot be updated (encrypted, damaged: it is then shown as it is).
 */
export function balancedPages(source: ByteSource): Uint8Array | undefined {
  try {
    const file = openPdf(source)
    const update = startUpdate(file)
    const root = file.catalog.entries.get('Pages')
    if (root?.kind !== 'reference') return undefined
    for (const node of wideNodes(file, root)) divide(update, node)
    return update.isEmpty() ? undefined : update.finish().bytes
  } catch (error) {
    if (error instanceof SigningError) return undefined
    throw error
  }
}

type Kid = { readonly reference: PdfReference; readonly pages: number }
type WideNode = {
  readonly reference: PdfReference
  readonly dictionary: PdfDictionary
  readonly kids: readonly Kid[]
}

/** Nodes with too many kids. Pages themselves are not read: where /Count says one page a kid, the kids are pages. */
function* wideNodes(file: PdfFile, root: PdfReference): Generator<WideNode> {
  const waiting: PdfReference[] = [root]
  const seen = new Set<number>()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node.objectNumber) || seen.size > MOST_NODES) return
    seen.add(node.objectNumber)
    const dictionary = asDictionary(file.resolve(node))
    const kids = referencesOf(file.resolve(dictionary?.entries.get('Kids')))
    if (dictionary === undefined || kids === undefined) continue
    const hasPagesOnly = pagesBelow(file, dictionary) === kids.length
    if (!hasPagesOnly) waiting.push(...kids)
    if (kids.length <= MOST_KIDS) continue
    yield {
      reference: node,
      dictionary,
      kids: kids.map((reference) => ({
        reference,
        pages: hasPagesOnly ? 1 : (pagesBelow(file, asDictionary(file.resolve(reference))) ?? 1),
      })),
    }
  }
}

/** Undefined when something else than references stands among the kids. */
function referencesOf(kids: PdfObject): readonly PdfReference[] | undefined {
  const items = asArray(kids)
  const references = items?.filter((item) => item.kind === 'reference')
  return references?.length === items?.length ? references : undefined
}

function pagesBelow(file: PdfFile, node: PdfDictionary | undefined): number | undefined {
  return asNumber(file.resolve(node?.entries.get('Count')))
}

function divide(update: PdfUpdate, node: WideNode): void {
  let kids = node.kids
  while (kids.length > MOST_KIDS) {
    const groups = Array.from({ length: Math.ceil(kids.length / MOST_KIDS) }, (_, index) =>
      kids.slice(index * MOST_KIDS, (index + 1) * MOST_KIDS),
    )
    kids = groups.map((group) => {
      const pages = group.reduce((sum, kid) => sum + kid.pages, 0)
      const reference = update.add(
        pdfDictionary({
          Type: pdfName('Pages'),
          Parent: node.reference,
          Count: pdfNumber(pages),
          Kids: pdfArray(group.map((kid) => kid.reference)),
        }),
      )
      return { reference, pages }
    })
  }
  update.set(
    node.reference,
    withEntries(node.dictionary, { Kids: pdfArray(kids.map((kid) => kid.reference)) }),
  )
}
