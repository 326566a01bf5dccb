/**
 * What a visible signature shows (ISO 32000-2 §12.5.5): lines of text, a seal image, or both. An appearance proves
 * nothing; the panel shows names from the certificate and the signature dictionary.
 */

import type { Appearance, AppearancePlace } from './field-layout.ts'
import {
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfStream,
} from './objects.ts'
import { readSealImage, type SealImage } from './seal-image.ts'
import { assertGlyphs, type EncodedLine, type StampFont, startSubset } from './stamp-font.ts'
import type { PdfUpdate } from './update-writer.ts'

export type AppearanceSpec = {
  /** Lines of text, top to bottom (vertical text: right to left). At least one of `lines` and `image`. */
  readonly lines?: readonly string[]
  /** Bytes of a PNG (its transparency is kept) or JPEG. */
  readonly image?: Uint8Array
  /** 縦書き: columns from right to left. */
  readonly isVertical?: boolean
  /** A thin frame around the stamp. */
  readonly hasFrame?: boolean
  /** Red, green, blue of text and frame, 0 to 1 (default black). */
  readonly color?: readonly [number, number, number]
  /** Largest font size in points (default 12); text shrinks to fit. */
  readonly maximumFontSize?: number
}

const LINE_HEIGHT = 1.3
const PADDING_POINTS = 2

/**
 * Makes an appearance, to be given to `prepareSignature`. Text and image are checked at once, objects made later when
 * the size of the field is known.
 *
 * @throws SigningError GLYPHS_MISSING (data.characters) | IMAGE_UNREADABLE
 */
export function makeAppearance(spec: AppearanceSpec, stampFont: StampFont): Appearance {
  const lines = (spec.lines ?? []).flatMap((line) => line.split('\n'))
  assertGlyphs(stampFont, lines)
  const image = spec.image === undefined ? undefined : readSealImage(spec.image)
  return { addTo: (update, place) => addForm(update, place, { spec, lines, image, stampFont }) }
}

type Stamp = {
  readonly spec: AppearanceSpec
  readonly lines: readonly string[]
  readonly image: SealImage | undefined
  readonly stampFont: StampFont
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

function addForm(update: PdfUpdate, place: AppearancePlace, stamp: Stamp): PdfReference {
  const isTurned = place.rotation === 90 || place.rotation === 270
  const width = isTurned ? place.heightPoints : place.widthPoints
  const height = isTurned ? place.widthPoints : place.heightPoints
  const inner: Box = {
    x: PADDING_POINTS,
    y: PADDING_POINTS,
    width: Math.max(1, width - 2 * PADDING_POINTS),
    height: Math.max(1, height - 2 * PADDING_POINTS),
  }
  const { imageBox, textBox } = divide(inner, stamp)
  const resources: Record<string, PdfObject> = {}
  const color = (stamp.spec.color ?? [0, 0, 0]).map(number).join(' ')
  let content = 'q\n'
  if (stamp.spec.hasFrame === true)
    content += `${color} RG 0.75 w 0.5 0.5 ${number(width - 1)} ${number(height - 1)} re S\n`
  if (stamp.image !== undefined && imageBox !== undefined) {
    resources.XObject = pdfDictionary({ Seal: stamp.image.embed(update) })
    content += drawImage(stamp.image, imageBox)
  }
  if (textBox !== undefined) {
    const subset = startSubset(stamp.stampFont, stamp.spec.isVertical === true)
    const encoded = stamp.lines.map((line) => subset.encode(line))
    content += `${color} rg\n${drawText(encoded, textBox, stamp)}`
    resources.Font = pdfDictionary({ F1: subset.embed(update) })
  }
  const form = pdfStream(
    {
      Type: pdfName('XObject'),
      Subtype: pdfName('Form'),
      BBox: pdfArray([0, 0, width, height].map(pdfNumber)),
      Matrix: pdfArray(uprightMatrix(place.rotation, width, height).map(pdfNumber)),
      Resources: pdfDictionary(resources),
    },
    Buffer.from(`${content}Q\n`, 'latin1'),
  )
  return update.add(form)
}

/** A page turned clockwise for display needs its stamp turned the other way to stand upright. */
function uprightMatrix(
  rotation: AppearancePlace['rotation'],
  width: number,
  height: number,
): readonly number[] {
  switch (rotation) {
    case 0:
      return [1, 0, 0, 1, 0, 0]
    case 90:
      return [0, 1, -1, 0, height, 0]
    case 180:
      return [-1, 0, 0, -1, width, height]
    case 270:
      return [0, -1, 1, 0, 0, width]
  }
}

/** The image beside the text where the field is wide, above it where it is high. */
function divide(inner: Box, stamp: Stamp): { imageBox: Box | undefined; textBox: Box | undefined } {
  const hasText = stamp.lines.length > 0
  if (stamp.image === undefined) return { imageBox: undefined, textBox: hasText ? inner : undefined }
  if (!hasText) return { imageBox: inner, textBox: undefined }
  const { x, y, width, height } = inner
  if (width >= height) {
    const side = Math.min(height, width * 0.45)
    return {
      imageBox: { x, y, width: side, height },
      textBox: { x: x + side + PADDING_POINTS, y, width: Math.max(1, width - side - PADDING_POINTS), height },
    }
  }
  const side = Math.min(width, height * 0.6)
  return {
    imageBox: { x, y: y + height - side, width, height: side },
    textBox: { x, y, width, height: Math.max(1, height - side - PADDING_POINTS) },
  }
}

function drawImage(image: SealImage, box: Box): string {
  const scale = Math.min(box.width / image.widthPixels, box.height / image.heightPixels)
  const width = image.widthPixels * scale
  const height = image.heightPixels * scale
  const x = box.x + (box.width - width) / 2
  const y = box.y + (box.height - height) / 2
  return `q ${number(width)} 0 0 ${number(height)} ${number(x)} ${number(y)} cm /Seal Do Q\n`
}

function drawText(lines: readonly EncodedLine[], box: Box, stamp: Stamp): string {
  const isVertical = stamp.spec.isVertical === true
  const along = isVertical ? box.height : box.width
  const across = isVertical ? box.width : box.height
  const longest = Math.max(1, ...lines.map((line) => line.width)) / 1000
  const size = Math.min(
    stamp.spec.maximumFontSize ?? 12,
    along / longest,
    across / (LINE_HEIGHT * (lines.length - 1) + (isVertical ? 1 : 1.2)),
  )
  const step = size * LINE_HEIGHT
  const block = step * (lines.length - 1) + size
  let text = `BT /F1 ${number(size)} Tf\n`
  lines.forEach((line, index) => {
    // Horizontal: base line 0.88 em below the top of the line. Vertical: the origin is the top centre of a column.
    const x = isVertical ? box.x + (box.width + block) / 2 - size / 2 - index * step : box.x
    const y = isVertical
      ? box.y + (box.height + longest * size) / 2
      : box.y + (box.height + block) / 2 - 0.88 * size - index * step
    text += `1 0 0 1 ${number(x)} ${number(y)} Tm <${line.hex}> Tj\n`
  })
  return `${text}ET\n`
}

function number(value: number): string {
  return pdfNumber(value).text
}
