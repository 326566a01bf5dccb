/**
 * One page of a 写し: its contents as a form of their own, over them the appearances of signatures and fields, over all the
 * mark. As a form, contents cannot leave a state behind that would move the mark; boxes, rotation and group stay the page's.
 */
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { SigningError } from '../errors.ts'
import {
  asArray,
  asName,
  asNumber,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  type PdfStream,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfStream,
  withEntries,
} from '../pdf/objects.ts'
import { type PageBox, rectangleOf } from '../pdf/page-tree.ts'
import { type CopyPage, type ShownAnnotation, shownAnnotations, uprightMatrix } from './copy-source.ts'
import type { NewFile } from './new-file.ts'
import type { ObjectCopier } from './object-copier.ts'

const packed = promisify(deflate)
const unpacked = promisify(inflate)
const MAXIMUM_DECODED_BYTES = 64 << 20

/** A form that was written, and how it is painted: `a b c d e f`. */
type Painted = { readonly form: PdfReference; readonly matrix: readonly number[] }

export type PageWriting = {
  readonly target: NewFile
  readonly copier: ObjectCopier
  readonly tree: PdfReference
  /** Painted over the page, upright, its origin at the lower left of what is seen. */
  readonly mark: PdfReference | undefined
}

/** Writes the page and all it needs but shared objects, which wait in the copier. @throws SigningError */
export async function* writePage(
  { target, copier, tree, mark }: PageWriting,
  own: PdfReference,
  copy: CopyPage,
): AsyncGenerator<Uint8Array> {
  const painted: Painted[] = []
  const contents = await pageForm(copier, copy)
  if (contents !== undefined) {
    const form = target.reserve()
    yield* copier.write(form, contents)
    painted.push({ form, matrix: [1, 0, 0, 1, 0, 0] })
  }
  for (const annotation of shownAnnotations(copier.file, copy)) {
    const shown = annotationForm(copier, annotation)
    if (shown === undefined) continue
    const form = target.reserve()
    yield* copier.write(form, shown.object)
    painted.push({ form, matrix: shown.matrix })
  }
  if (mark !== undefined) painted.push({ form: mark, matrix: uprightMatrix(copy) })
  const operators = painted.map(
    ({ matrix }, index) =>
      `q ${matrix.map((value) => pdfNumber(value).text).join(' ')} cm /Kd${index} Do Q\n`,
  )
  const stream = target.reserve()
  yield* target.write(stream, pdfStream({}, Buffer.from(operators.join(''), 'latin1')))
  const forms = Object.fromEntries(painted.map(({ form }, index) => [`Kd${index}`, form]))
  yield* target.write(
    own,
    pdfDictionary({
      Type: pdfName('Page'),
      Parent: tree,
      ...keptEntries(copier, copy),
      Resources: pdfDictionary({ XObject: pdfDictionary(forms) }),
      Contents: stream,
    }),
  )
}

/** The whole of a page as a form, for example a mark. */
export async function* writeForm(
  { target, copier }: Pick<PageWriting, 'target' | 'copier'>,
  copy: CopyPage,
): AsyncGenerator<Uint8Array, PdfReference | undefined> {
  const form = await pageForm(copier, copy)
  if (form === undefined) return undefined
  const reference = target.reserve()
  yield* copier.write(reference, form)
  return reference
}

function keptEntries(
  copier: ObjectCopier,
  { page, rotation }: CopyPage,
): Record<string, PdfObject | undefined> {
  const { resolve } = copier.file
  const box = (name: string) => {
    const rectangle = rectangleOf(page.inherited.get(name), resolve)
    return rectangle === undefined ? undefined : boxArray(rectangle)
  }
  const group = page.dictionary.entries.get('Group')
  const unit = asNumber(resolve(page.dictionary.entries.get('UserUnit')))
  return {
    MediaBox: box('MediaBox') ?? pdfArray([0, 0, 595, 842].map(pdfNumber)),
    CropBox: box('CropBox'),
    Rotate: rotation === 0 ? undefined : pdfNumber(rotation),
    UserUnit: unit === undefined ? undefined : pdfNumber(unit),
    Group: group === undefined ? undefined : copier.translate(group),
  }
}

function boxArray({ left, bottom, right, top }: PageBox): PdfObject {
  return pdfArray([left, bottom, right, top].map(pdfNumber))
}

async function pageForm(copier: ObjectCopier, { page, box }: CopyPage): Promise<PdfStream | undefined> {
  const { file } = copier
  const contents = file.resolve(page.dictionary.entries.get('Contents'))
  const parts = contents.kind === 'array' ? contents.items.map(file.resolve) : [contents]
  const streams = parts.filter((part) => part.kind === 'stream')
  if (contents.kind === 'array' && streams.length < parts.length) throw damaged('page contents')
  const [first] = streams
  if (first === undefined) return undefined
  const body = streams.length === 1 ? asStream(copier.translate(first)) : await joined(copier, streams)
  const media = rectangleOf(page.inherited.get('MediaBox'), file.resolve) ?? box
  const resources = page.inherited.get('Resources')
  return {
    ...body,
    dictionary: withEntries(body.dictionary, {
      Type: pdfName('XObject'),
      Subtype: pdfName('Form'),
      BBox: boxArray({
        left: Math.min(media.left, box.left),
        bottom: Math.min(media.bottom, box.bottom),
        right: Math.max(media.right, box.right),
        top: Math.max(media.top, box.top),
      }),
      Resources: resources === undefined ? pdfDictionary({}) : copier.translate(resources),
    }),
  }
}

/** Several streams are one content, and a word may begin in one and end in the next (§7.8.2): a blank between is allowed. */
async function joined(copier: ObjectCopier, streams: readonly PdfStream[]): Promise<PdfStream> {
  const parts: Uint8Array[] = []
  for (const stream of streams) parts.push(await decoded(copier, stream), Buffer.from('\n'))
  return pdfStream({ Filter: pdfName('FlateDecode') }, await packed(Buffer.concat(parts)))
}

/** Plain Flate, nearly always, off the main thread; the rest by the reader. */
async function decoded({ file }: ObjectCopier, stream: PdfStream): Promise<Uint8Array> {
  const filter = file.resolve(stream.dictionary.entries.get('Filter'))
  const only = filter.kind === 'array' && filter.items.length === 1 ? file.resolve(filter.items[0]) : filter
  if (asName(only) !== 'FlateDecode' || stream.dictionary.entries.has('DecodeParms'))
    return file.decodeStream(stream)
  try {
    return await unpacked(file.streamBytes(stream), { maxOutputLength: MAXIMUM_DECODED_BYTES })
  } catch (error) {
    if (error instanceof SigningError) throw error
    throw damaged('page contents', error)
  }
}

/** The appearance where the annotation lies: its box, after its own matrix, is fitted into /Rect (§12.5.5, algorithm 8). */
function annotationForm(
  copier: ObjectCopier,
  { dictionary, rectangle, appearance }: ShownAnnotation,
): { readonly object: PdfStream; readonly matrix: readonly number[] } | undefined {
  const { resolve } = copier.file
  const box = rectangleOf(appearance?.dictionary.entries.get('BBox'), resolve)
  if (appearance === undefined || box === undefined) return undefined
  const turned = turnedBox(box, matrixOf(appearance.dictionary, resolve))
  const [width, height] = [turned.right - turned.left, turned.top - turned.bottom]
  if (width <= 0 || height <= 0) return undefined
  const scaleX = (rectangle.right - rectangle.left) / width
  const scaleY = (rectangle.top - rectangle.bottom) / height
  const layer = dictionary.entries.get('OC')
  const form = asStream(copier.translate(appearance))
  return {
    object: {
      ...form,
      dictionary: withEntries(form.dictionary, {
        Type: pdfName('XObject'),
        Subtype: pdfName('Form'),
        ...(layer === undefined ? {} : { OC: copier.translate(layer) }),
      }),
    },
    matrix: [
      ...[scaleX, 0, 0, scaleY],
      rectangle.left - turned.left * scaleX,
      rectangle.bottom - turned.bottom * scaleY,
    ],
  }
}

function matrixOf(form: PdfDictionary, resolve: (object: PdfObject | undefined) => PdfObject): number[] {
  const values = (asArray(resolve(form.entries.get('Matrix'))) ?? []).map((item) => asNumber(resolve(item)))
  const numbers = values.filter((value) => value !== undefined)
  return numbers.length === 6 ? numbers : [1, 0, 0, 1, 0, 0]
}

function turnedBox({ left, bottom, right, top }: PageBox, matrix: readonly number[]): PageBox {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = matrix
  const corners = [
    [left, bottom],
    [left, top],
    [right, bottom],
    [right, top],
  ].map(([x = 0, y = 0]) => ({ x: a * x + c * y + e, y: b * x + d * y + f }))
  const xs = corners.map(({ x }) => x)
  const ys = corners.map(({ y }) => y)
  return { left: Math.min(...xs), bottom: Math.min(...ys), right: Math.max(...xs), top: Math.max(...ys) }
}

function asStream(object: PdfObject): PdfStream {
  if (object.kind === 'stream') return object
  throw new Error('A translated stream is a stream')
}

function damaged(reason: string, cause?: unknown): SigningError {
  return new SigningError('PDF_DAMAGED', `Cannot be copied: ${reason}`, { data: { reason }, cause })
}
