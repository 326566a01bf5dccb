/** Pages in order, with the attributes they inherit (ISO 32000-2 §7.7.3). */
import { SigningError } from '../errors.ts'
import {
  asArray,
  asDictionary,
  asName,
  asNumber,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
} from './objects.ts'

const MAXIMUM_TREE_DEPTH = 64
const INHERITABLE = ['Resources', 'MediaBox', 'CropBox', 'Rotate'] as const

export type PdfPage = {
  /** 0 for the first page. */
  readonly index: number
  readonly reference: PdfReference
  readonly dictionary: PdfDictionary
  /** /Resources, /MediaBox, /CropBox, /Rotate: the page's own or the nearest ancestor's, as written. */
  readonly inherited: ReadonlyMap<string, PdfObject>
}

export type PageBox = {
  readonly left: number
  readonly bottom: number
  readonly right: number
  readonly top: number
}

type Resolve = (object: PdfObject | undefined) => PdfObject

/**
 * Walks the page tree, one page at a time.
 *
 * @throws SigningError PDF_DAMAGED for a node that is no dictionary or an inner one met twice; PDF_TOO_LARGE deeper than 64
 */
export function* walkPages(catalog: PdfDictionary, resolve: Resolve): Generator<PdfPage> {
  const root = catalog.entries.get('Pages')
  if (root?.kind !== 'reference') throw damaged('/Pages')
  yield* walk({ reference: root, inherited: new Map(), depth: 0 }, { resolve, seen: new Set(), count: 0 })
}

type Node = {
  readonly reference: PdfReference
  readonly inherited: ReadonlyMap<string, PdfObject>
  readonly depth: number
}
type Walk = { readonly resolve: Resolve; readonly seen: Set<number>; count: number }

function* walk(node: Node, state: Walk): Generator<PdfPage> {
  if (node.depth > MAXIMUM_TREE_DEPTH)
    throw new SigningError('PDF_TOO_LARGE', 'Page tree too deep', { data: { limit: 'page tree' } })
  const dictionary = asDictionary(state.resolve(node.reference))
  if (dictionary === undefined) throw damaged('page tree node')
  const inherited = new Map(node.inherited)
  for (const key of INHERITABLE) {
    const own = dictionary.entries.get(key)
    if (own !== undefined) inherited.set(key, own)
  }
  const kids = dictionary.entries.get('Kids')
  if (kids === undefined || asName(state.resolve(dictionary.entries.get('Type'))) === 'Page') {
    yield { index: state.count, reference: node.reference, dictionary, inherited }
    state.count += 1
    return
  }
  // A page may be listed twice, as some writers repeat a sheet; a node must not, or the walk could be without end.
  if (state.seen.has(node.reference.objectNumber)) throw damaged('page tree loop')
  state.seen.add(node.reference.objectNumber)
  for (const kid of asArray(state.resolve(kids)) ?? []) {
    if (kid.kind !== 'reference') throw damaged('page tree kid')
    yield* walk({ reference: kid, inherited, depth: node.depth + 1 }, state)
  }
}

/** The visible box of a page in points: /CropBox within /MediaBox, A4 where neither can be read. */
export function pageBox(page: PdfPage, resolve: Resolve): PageBox {
  const media = rectangleOf(page.inherited.get('MediaBox'), resolve) ?? {
    left: 0,
    bottom: 0,
    right: 595,
    top: 842,
  }
  const crop = rectangleOf(page.inherited.get('CropBox'), resolve) ?? media
  const box = {
    left: Math.max(media.left, crop.left),
    bottom: Math.max(media.bottom, crop.bottom),
    right: Math.min(media.right, crop.right),
    top: Math.min(media.top, crop.top),
  }
  return box.right > box.left && box.top > box.bottom ? box : media
}

/** /Rotate as 0, 90, 180 or 270 degrees clockwise. */
export function pageRotation(page: PdfPage, resolve: Resolve): 0 | 90 | 180 | 270 {
  const degrees = asNumber(resolve(page.inherited.get('Rotate'))) ?? 0
  const turned = ((degrees % 360) + 360) % 360
  return turned === 90 || turned === 180 || turned === 270 ? turned : 0
}

/** A rectangle with its corners put in order; undefined when it is not four numbers. */
export function rectangleOf(object: PdfObject | undefined, resolve: Resolve): PageBox | undefined {
  const [x1, y1, x2, y2] = (asArray(resolve(object)) ?? []).map((item) => asNumber(resolve(item)))
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return undefined
  return { left: Math.min(x1, x2), bottom: Math.min(y1, y2), right: Math.max(x1, x2), top: Math.max(y1, y2) }
}

function damaged(reason: string): SigningError {
  return new SigningError('PDF_DAMAGED', `Page tree: ${reason}`, { data: { reason } })
}
