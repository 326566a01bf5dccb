/** Undoes the predictors of Flate and LZW data (ISO 32000-2 §7.4.4.4): TIFF (2) and PNG (10–15). */
import { SigningError } from '../errors.ts'
import { asInteger, type PdfDictionary } from './objects.ts'

export function undoPredictor(data: Uint8Array, parameters: PdfDictionary | undefined): Uint8Array {
  const predictor = asInteger(parameters?.entries.get('Predictor')) ?? 1
  if (predictor === 1) return data
  const colors = asInteger(parameters?.entries.get('Colors')) ?? 1
  const bits = asInteger(parameters?.entries.get('BitsPerComponent')) ?? 8
  const columns = asInteger(parameters?.entries.get('Columns')) ?? 1
  const isSane =
    colors >= 1 && colors <= 32 && [1, 2, 4, 8, 16].includes(bits) && columns >= 1 && columns <= 1_000_000
  if (!isSane) throw damaged()
  const rowBytes = (colors * bits * columns + 7) >> 3
  const pixelBytes = Math.max(1, (colors * bits) >> 3)
  if (predictor === 2) return undoTiff(data, rowBytes, pixelBytes, bits)
  if (predictor < 10 || predictor > 15) throw damaged()
  return undoPng(data, rowBytes, pixelBytes)
}

function damaged(): SigningError {
  return new SigningError('PDF_DAMAGED', 'Cannot decode predictor', { data: { reason: 'predictor' } })
}

function undoTiff(data: Uint8Array, rowBytes: number, pixelBytes: number, bits: number): Uint8Array {
  if (bits !== 8) throw damaged()
  const result = Uint8Array.from(data)
  for (let row = 0; row < result.length; row += rowBytes) {
    const end = Math.min(row + rowBytes, result.length)
    for (let index = row + pixelBytes; index < end; index += 1)
      result[index] = ((result[index] ?? 0) + (result[index - pixelBytes] ?? 0)) & 255
  }
  return result
}

/** PNG filters of each row undone; the filter bytes are gone from the result. */
export function undoPng(data: Uint8Array, rowBytes: number, pixelBytes: number): Uint8Array {
  const rows = Math.ceil(data.length / (rowBytes + 1))
  const result = new Uint8Array(rows * rowBytes)
  let written = 0
  for (let row = 0; row < rows; row += 1) {
    const from = row * (rowBytes + 1)
    const kind = data[from] ?? 0
    if (kind > 4) throw damaged()
    const length = Math.min(rowBytes, data.length - from - 1)
    const start = row * rowBytes
    for (let index = 0; index < length; index += 1) {
      const raw = data[from + 1 + index] ?? 0
      const left = index >= pixelBytes ? (result[start + index - pixelBytes] ?? 0) : 0
      const up = row > 0 ? (result[start + index - rowBytes] ?? 0) : 0
      const corner = row > 0 && index >= pixelBytes ? (result[start + index - rowBytes - pixelBytes] ?? 0) : 0
      result[start + index] = (raw + prediction(kind, left, up, corner)) & 255
    }
    written = start + Math.max(0, length)
  }
  return result.subarray(0, written)
}

function prediction(kind: number, left: number, up: number, corner: number): number {
  switch (kind) {
    case 1:
      return left
    case 2:
      return up
    case 3:
      return (left + up) >> 1
    case 4: {
      const estimate = left + up - corner
      const toLeft = Math.abs(estimate - left)
      const toUp = Math.abs(estimate - up)
      const toCorner = Math.abs(estimate - corner)
      if (toLeft <= toUp && toLeft <= toCorner) return left
      return toUp <= toCorner ? up : corner
    }
    default:
      return 0
  }
}
