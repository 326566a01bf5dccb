/** Where a widget shows: page, rectangle, and whether anything of it can be seen. */
import { asArray, asInteger, asNumber, asReference, type PdfDictionary } from '../../pdf/objects.ts'
import { type PdfPage, pageBox } from '../../pdf/page-tree.ts'
import type { PdfView } from '../../pdf/reader.ts'
import type { FormField } from '../format/find-signatures.ts'
import type { Rectangle } from './step.ts'

const INVISIBLE = 1
const HIDDEN = 2
export const PRINT = 4
const NO_ZOOM = 8
const NO_ROTATE = 16
const NO_VIEW = 32
const TOGGLE_NO_VIEW = 256

/** Annotation flags (ISO 32000-2 table 167) that decide whether and how something is seen. */
export const VISIBILITY_FLAGS = INVISIBLE | HIDDEN | NO_ZOOM | NO_ROTATE | NO_VIEW | TOGGLE_NO_VIEW

export function flagsOf(view: PdfView, widget: PdfDictionary): number {
  return asInteger(view.resolve(widget.entries.get('F'))) ?? 0
}

/** The rectangle with its corners in order; undefined when it is absent or malformed. */
export function rectangleOf(view: PdfView, widget: PdfDictionary): Rectangle | undefined {
  const numbers = (asArray(view.resolve(widget.entries.get('Rect'))) ?? []).map((item) =>
    asNumber(view.resolve(item)),
  )
  const [x1, y1, x2, y2] = numbers
  if (numbers.length !== 4 || x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined)
    return undefined
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]
}

/** A widget is seen when its rectangle has an area and no flag hides it; it does not matter what is drawn in it. */
export function isVisible(view: PdfView, widget: PdfDictionary): boolean {
  const rectangle = rectangleOf(view, widget)
  if (rectangle === undefined) return widget.entries.has('Rect')
  const [x1, y1, x2, y2] = rectangle
  return x2 - x1 > 0 && y2 - y1 > 0 && (flagsOf(view, widget) & (HIDDEN | NO_VIEW)) === 0
}

/** Largest share of a page a seal may take before it counts as covering the page. */
export const SEAL_SHARE = 0.3
/** The same for fields people write into: large boxes for text are common. */
export const TEXT_SHARE = 0.6

/** True when the rectangle takes more than `share` of the page, or cannot be told. */

export function coversPage(
  view: PdfView,
  page: PdfPage | undefined,
  rectangle: Rectangle | undefined,
  share: number,
): boolean {
  if (rectangle === undefined) return true
  const box = page === undefined ? { left: 0, bottom: 0, right: 595, top: 842 } : pageBox(page, view.resolve)
  const width = Math.max(0, Math.min(rectangle[2], box.right) - Math.max(rectangle[0], box.left))
  const height = Math.max(0, Math.min(rectangle[3], box.top) - Math.max(rectangle[1], box.bottom))
  return width * height > share * (box.right - box.left) * (box.top - box.bottom)
}

/** A field's widgets: itself when it has a rectangle, and its kids that are not fields. */
export function widgetsOf(field: FormField): readonly FormField[] {
  const own = field.dictionary.entries.has('Rect') || field.dictionary.entries.has('Subtype') ? [field] : []
  return [...own, ...field.kids.filter((kid) => !kid.isNamed)]
}

/** Page number (1 for the first) by /P, or null. */
export function pageOf(pages: ReadonlyMap<number, number>, widget: PdfDictionary): number | null {
  const index = pages.get(asReference(widget.entries.get('P'))?.objectNumber ?? -1)
  return index === undefined ? null : index + 1
}
