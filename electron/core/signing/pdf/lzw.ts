/** LZW as PDF uses it (ISO 32000-2 §7.4.4): most significant bit first, codes of 9 to 12 bits. */
import { SigningError } from '../errors.ts'

const CLEAR = 256
const END = 257

/**
 * @param earlyChange 1 when the code length grows one code early (the default of PDF), else 0
 * @throws SigningError PDF_DAMAGED for an impossible code, PDF_TOO_LARGE beyond `maximumBytes`
 */
export function decodeLzw(data: Uint8Array, earlyChange: number, maximumBytes: number): Uint8Array {
  const parts: Uint8Array[] = []
  let total = 0
  let table: Uint8Array[] = []
  let previous: Uint8Array | undefined
  let bits = 0
  let bitCount = 0
  let width = 9
  for (const byte of data) {
    bits = (bits << 8) | byte
    bitCount += 8
    if (bitCount < width) continue
    bitCount -= width
    const code = (bits >> bitCount) & ((1 << width) - 1)
    bits &= (1 << bitCount) - 1
    if (code === END) break
    if (code === CLEAR) {
      table = []
      previous = undefined
      width = 9
      continue
    }
    const entry = entryOf(code, table, previous)
    parts.push(entry)
    total += entry.length
    if (total > maximumBytes)
      throw new SigningError('PDF_TOO_LARGE', 'Limit reached: decoded stream', { data: { limit: 'LZW' } })
    if (previous !== undefined && table.length < 4096 - 258) table.push(joined(previous, entry[0] ?? 0))
    previous = entry
    const next = table.length + 258 + earlyChange
    width = next >= 2048 ? 12 : next >= 1024 ? 11 : next >= 512 ? 10 : 9
  }
  return Buffer.concat(parts)
}

function entryOf(code: number, table: readonly Uint8Array[], previous: Uint8Array | undefined): Uint8Array {
  if (code < 256) return Uint8Array.of(code)
  const known = table[code - 258]
  if (known !== undefined) return known
  if (previous !== undefined && code === table.length + 258) return joined(previous, previous[0] ?? 0)
  throw new SigningError('PDF_DAMAGED', 'Cannot decode LZW data', { data: { reason: 'LZW data' } })
}

function joined(previous: Uint8Array, last: number): Uint8Array {
  const entry = new Uint8Array(previous.length + 1)
  entry.set(previous)
  entry[previous.length] = last
  return entry
}
