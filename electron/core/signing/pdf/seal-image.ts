/** Seal images as image XObjects (ISO 32000-2 §8.9): JPEG as it is, PNG decoded, its transparency as a soft mask. */
import { inflateSync } from 'node:zlib'
import { SigningError } from '../errors.ts'
import { type PdfReference, pdfArray, pdfName, pdfNumber, pdfStream } from './objects.ts'
import { undoPng } from './predictors.ts'
import { deflated } from './stamp-font.ts'
import type { PdfUpdate } from './update-writer.ts'

/** More than any seal scanned at 1200 dpi; a larger picture is a mistake or an attack. */
const MAXIMUM_PIXELS = 16_000_000

export type SealImage = {
  readonly widthPixels: number
  readonly heightPixels: number
  readonly embed: (update: PdfUpdate) => PdfReference
}

/**
 * @param bytes a PNG (not interlaced) or a JPEG
 * @throws SigningError IMAGE_UNREADABLE
 */
export function readSealImage(bytes: Uint8Array): SealImage {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  try {
    if (data.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') return readPng(data)
    if (data[0] === 0xff && data[1] === 0xd8) return readJpeg(data)
  } catch (error) {
    if (error instanceof SigningError) throw error
    throw unreadable('damaged', error)
  }
  throw unreadable('neither PNG nor JPEG')
}

function unreadable(reason: string, cause?: unknown): SigningError {
  return new SigningError('IMAGE_UNREADABLE', `Seal image: ${reason}`, { cause, data: { reason } })
}

type Png = {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colorType: number
  readonly palette: Buffer
  readonly transparency: Buffer | undefined
  readonly rows: Uint8Array
}

const CHANNELS = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
])

function readPng(data: Buffer): SealImage {
  const chunks = pngChunks(data)
  const head = chunks.find((chunk) => chunk.type === 'IHDR')?.data
  if (head === undefined || head.length < 13) throw unreadable('no IHDR')
  const width = head.readUInt32BE(0)
  const height = head.readUInt32BE(4)
  const depth = head.readUInt8(8)
  const colorType = head.readUInt8(9)
  const channels = CHANNELS.get(colorType)
  if (channels === undefined || ![1, 2, 4, 8, 16].includes(depth)) throw unreadable('PNG format')
  if (head.readUInt8(12) !== 0) throw unreadable('interlaced PNG')
  if (width < 1 || height < 1 || width * height > MAXIMUM_PIXELS) throw unreadable('too many pixels')
  const rowBytes = (channels * depth * width + 7) >> 3
  const packed = Buffer.concat(chunks.filter((chunk) => chunk.type === 'IDAT').map((chunk) => chunk.data))
  const filtered = inflateSync(packed, { maxOutputLength: (rowBytes + 1) * height + 1 })
  if (filtered.length < (rowBytes + 1) * height) throw unreadable('PNG too short')
  const rows = undoPng(filtered, rowBytes, Math.max(1, (channels * depth) >> 3))
  const palette = chunks.find((chunk) => chunk.type === 'PLTE')?.data ?? Buffer.alloc(0)
  const transparency = chunks.find((chunk) => chunk.type === 'tRNS')?.data
  const pixels = pixelsOf({ width, height, depth, colorType, palette, transparency, rows })
  return {
    widthPixels: width,
    heightPixels: height,
    embed: (update) => embedPixels(update, { width, height, ...pixels }),
  }
}

function pngChunks(data: Buffer): readonly { readonly type: string; readonly data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = []
  for (let at = 8; at + 12 <= data.length; ) {
    const length = data.readUInt32BE(at)
    const type = data.toString('latin1', at + 4, at + 8)
    if (at + 12 + length > data.length) throw unreadable('PNG chunk')
    chunks.push({ type, data: data.subarray(at + 8, at + 8 + length) })
    if (type === 'IEND') break
    at += 12 + length
  }
  return chunks
}

type Pixels = { readonly color: Uint8Array; readonly alpha: Uint8Array; readonly isOpaque: boolean }

/** RGB and alpha, 8 bits each. */
function pixelsOf(png: Png): Pixels {
  const count = png.width * png.height
  const color = new Uint8Array(3 * count)
  const alpha = new Uint8Array(count).fill(255)
  const sample = samplerOf(png)
  const channels = CHANNELS.get(png.colorType) ?? 1
  const isGray = png.colorType === 0 || png.colorType === 4
  let isOpaque = true
  for (let pixel = 0; pixel < count; pixel += 1) {
    const y = Math.floor(pixel / png.width)
    const at = (pixel - y * png.width) * channels
    const first = sample(y, at)
    for (let part = 0; part < 3; part += 1) {
      const value =
        png.colorType === 3 ? (png.palette[3 * first + part] ?? 0) : isGray ? first : sample(y, at + part)
      color[3 * pixel + part] = value
    }
    if (png.colorType === 4) alpha[pixel] = sample(y, at + 1)
    if (png.colorType === 6) alpha[pixel] = sample(y, at + 3)
    if (png.colorType === 3) alpha[pixel] = png.transparency?.[first] ?? 255
    if (alpha[pixel] !== 255) isOpaque = false
  }
  return { color, alpha, isOpaque }
}

/** Reads one sample as 8 bits (palette indices as they are). */
function samplerOf(png: Png): (y: number, index: number) => number {
  const { depth, rows } = png
  const channels = CHANNELS.get(png.colorType) ?? 1
  const rowBytes = (channels * depth * png.width + 7) >> 3
  if (depth === 8) return (y, index) => rows[y * rowBytes + index] ?? 0
  if (depth === 16) return (y, index) => rows[y * rowBytes + 2 * index] ?? 0
  const largest = (1 << depth) - 1
  const factor = png.colorType === 3 ? 1 : 255 / largest
  return (y, index) => {
    const bit = index * depth
    const byte = rows[y * rowBytes + (bit >> 3)] ?? 0
    return Math.round(((byte >> (8 - depth - (bit & 7))) & largest) * factor)
  }
}

function embedPixels(
  update: PdfUpdate,
  image: Pixels & { readonly width: number; readonly height: number },
): PdfReference {
  const shared = {
    Type: pdfName('XObject'),
    Subtype: pdfName('Image'),
    Width: pdfNumber(image.width),
    Height: pdfNumber(image.height),
    BitsPerComponent: pdfNumber(8),
  }
  const mask = image.isOpaque
    ? undefined
    : update.add(deflated({ ...shared, ColorSpace: pdfName('DeviceGray') }, image.alpha))
  return update.add(deflated({ ...shared, ColorSpace: pdfName('DeviceRGB'), SMask: mask }, image.color))
}

const COLOR_SPACES = new Map([
  [1, 'DeviceGray'],
  [3, 'DeviceRGB'],
  [4, 'DeviceCMYK'],
])

function readJpeg(data: Buffer): SealImage {
  const frame = jpegFrame(data)
  const space = COLOR_SPACES.get(frame.components)
  if (space === undefined || frame.depth !== 8) throw unreadable('JPEG format')
  if (frame.width < 1 || frame.height < 1 || frame.width * frame.height > MAXIMUM_PIXELS)
    throw unreadable('too many pixels')
  // Adobe writes CMYK inverted.
  const decode =
    frame.components === 4 && frame.isAdobe ? pdfArray([1, 0, 1, 0, 1, 0, 1, 0].map(pdfNumber)) : undefined
  return {
    widthPixels: frame.width,
    heightPixels: frame.height,
    embed: (update) =>
      update.add(
        pdfStream(
          {
            Type: pdfName('XObject'),
            Subtype: pdfName('Image'),
            Width: pdfNumber(frame.width),
            Height: pdfNumber(frame.height),
            BitsPerComponent: pdfNumber(8),
            ColorSpace: pdfName(space),
            Filter: pdfName('DCTDecode'),
            Decode: decode,
          },
          data,
        ),
      ),
  }
}

type JpegFrame = {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly components: number
  readonly isAdobe: boolean
}

/** Walks the markers to the frame header (SOF0–SOF2). */
function jpegFrame(data: Buffer): JpegFrame {
  let isAdobe = false
  for (let at = 2; at + 4 <= data.length; ) {
    if (data[at] !== 0xff) throw unreadable('JPEG marker')
    const marker = data.readUInt8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = data.readUInt16BE(at + 2)
    if (marker === 0xee && data.toString('latin1', at + 4, at + 9) === 'Adobe') isAdobe = true
    if (marker >= 0xc0 && marker <= 0xc2)
      return {
        depth: data.readUInt8(at + 4),
        height: data.readUInt16BE(at + 5),
        width: data.readUInt16BE(at + 7),
        components: data.readUInt8(at + 9),
        isAdobe,
      }
    if (marker === 0xda || length < 2) break
    at += 2 + length
  }
  throw unreadable('JPEG without frame')
}
