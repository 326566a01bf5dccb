/** A file whose pages are to be copied, and what a page shows beside its contents. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import {
  asArray,
  asDictionary,
  asInteger,
  asName,
  asText,
  type PdfDictionary,
  type PdfObject,
  type PdfStream,
} from '../pdf/objects.ts'
import { type PageBox, type PdfPage, pageBox, pageRotation, rectangleOf } from '../pdf/page-tree.ts'
import { openPdf, type PdfFile } from '../pdf/reader.ts'

export type CopyPage = {
  readonly page: PdfPage
  /** The visible part, in the page's own coordinates. */
  readonly box: PageBox
  readonly rotation: 0 | 90 | 180 | 270
}

export type CopySource = { readonly file: PdfFile; readonly pages: readonly CopyPage[] }

/** A page as it is seen, in points, with the values of fields that only a viewer would draw. */
export type PageMeasure = {
  readonly width: number
  readonly height: number
  /** `x`, `y`: lower left corner, seen upright. */
  readonly texts: readonly {
    readonly text: string
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }[]
}

const SLICE_MS = 8

/** @throws SigningError PDF_ENCRYPTED | PDF_DAMAGED | NOT_A_PDF | PDF_TOO_LARGE */
export async function openCopySource(source: ByteSource): Promise<CopySource> {
  const file = openPdf(source)
  if (file.isEncrypted) throw new SigningError('PDF_ENCRYPTED', 'The file is encrypted')
  const pages: CopyPage[] = []
  let turnedAt = performance.now()
  for (const page of file.pages()) {
    pages.push({ page, box: pageBox(page, file.resolve), rotation: pageRotation(page, file.resolve) })
    if (performance.now() - turnedAt < SLICE_MS) continue
    await nextTurn()
    turnedAt = performance.now()
  }
  return { file, pages }
}

/** Sizes of the pages as they are seen, and field values that have no appearance. @throws SigningError PDF_DAMAGED */
export async function measurePages({ file, pages }: CopySource): Promise<PageMeasure[]> {
  const measures: PageMeasure[] = []
  let turnedAt = performance.now()
  for (const copy of pages) {
    const { box, rotation } = copy
    const across = { width: box.right - box.left, height: box.top - box.bottom }
    const isTurned = rotation === 90 || rotation === 270
    measures.push({
      width: isTurned ? across.height : across.width,
      height: isTurned ? across.width : across.height,
      texts: undrawnTexts(file, copy),
    })
    if (performance.now() - turnedAt < SLICE_MS) continue
    await nextTurn()
    turnedAt = performance.now()
  }
  return measures
}

/** From what is seen (origin lower left) to the page's own coordinates: `a b c d e f` of a matrix (§8.3.4). */
export function uprightMatrix({ box, rotation }: CopyPage): readonly number[] {
  switch (rotation) {
    case 0:
      return [1, 0, 0, 1, box.left, box.bottom]
    case 90:
      return [0, 1, -1, 0, box.right, box.bottom]
    case 180:
      return [-1, 0, 0, -1, box.right, box.top]
    case 270:
      return [0, -1, 1, 0, box.left, box.top]
  }
}

export type ShownAnnotation = {
  readonly dictionary: PdfDictionary
  readonly rectangle: PageBox
  readonly appearance: PdfStream | undefined
}

const HIDDEN = 2
const PRINT = 4
const NO_VIEW = 32

/**
 * What lies over a page on paper: fields and signatures unless hidden; other annotations when they print (§12.5.3).
 * @throws SigningError PDF_DAMAGED
 */
export function shownAnnotations(file: PdfFile, { page }: CopyPage): ShownAnnotation[] {
  const annotations = asArray(file.resolve(page.dictionary.entries.get('Annots'))) ?? []
  return annotations.flatMap((entry) => {
    const dictionary = asDictionary(file.resolve(entry))
    const rectangle = rectangleOf(dictionary?.entries.get('Rect'), file.resolve)
    if (dictionary === undefined || rectangle === undefined) return []
    const subtype = asName(file.resolve(dictionary.entries.get('Subtype')))
    const flags = asInteger(file.resolve(dictionary.entries.get('F'))) ?? 0
    const isShown = subtype === 'Widget' || (subtype !== 'Popup' && (flags & PRINT) !== 0)
    if (!isShown || (flags & (HIDDEN | NO_VIEW)) !== 0) return []
    return [{ dictionary, rectangle, appearance: appearanceOf(file, dictionary) }]
  })
}

/** The normal appearance; of several states the one that /AS names (§12.5.5). */
function appearanceOf(file: PdfFile, annotation: PdfDictionary): PdfStream | undefined {
  const normal = file.resolve(asDictionary(file.resolve(annotation.entries.get('AP')))?.entries.get('N'))
  if (normal.kind === 'stream') return normal
  const state = asName(file.resolve(annotation.entries.get('AS')))
  const chosen = state === undefined ? undefined : file.resolve(asDictionary(normal)?.entries.get(state))
  return chosen?.kind === 'stream' ? chosen : undefined
}

function undrawnTexts(file: PdfFile, copy: CopyPage): PageMeasure['texts'][number][] {
  return shownAnnotations(file, copy).flatMap(({ dictionary, rectangle, appearance }) => {
    if (appearance !== undefined) return []
    const type = asName(inheritedOf(file, dictionary, 'FT'))
    const text = asText(inheritedOf(file, dictionary, 'V'))
    if ((type !== 'Tx' && type !== 'Ch') || text === undefined || text.trim() === '') return []
    return [{ text, ...seen(copy, rectangle) }]
  })
}

const MAXIMUM_FIELD_DEPTH = 64

function inheritedOf(file: PdfFile, widget: PdfDictionary, key: string): PdfObject | undefined {
  let node: PdfDictionary | undefined = widget
  for (let depth = 0; node !== undefined && depth < MAXIMUM_FIELD_DEPTH; depth += 1) {
    const value = node.entries.get(key)
    if (value !== undefined) return file.resolve(value)
    node = asDictionary(file.resolve(node.entries.get('Parent')))
  }
  return undefined
}

/** A rectangle of the page as it is seen. */
function seen({ box, rotation }: CopyPage, { left, bottom, right, top }: PageBox) {
  const [width, height] = [right - left, top - bottom]
  switch (rotation) {
    case 0:
      return { x: left - box.left, y: bottom - box.bottom, width, height }
    case 90:
      return { x: bottom - box.bottom, y: box.right - right, width: height, height: width }
    case 180:
      return { x: box.right - right, y: box.top - top, width, height }
    case 270:
      return { x: box.top - top, y: left - box.left, width: height, height: width }
  }
}
