import { createHash, timingSafeEqual } from 'node:crypto'
import type { Sha256Hex } from '../../../shared/model/brand.ts'

export function sha256Hex(bytes: Uint8Array | string): Sha256Hex {
  return createHash('sha256').update(bytes).digest('hex') as Sha256Hex
}

/** Compares two secrets in constant time for their length. Different lengths are unequal. */
export function equalSecrets(left: string | Uint8Array, right: string | Uint8Array): boolean {
  const a = createHash('sha256').update(left).digest()
  const b = createHash('sha256').update(right).digest()
  return timingSafeEqual(a, b)
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const total = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let offset = 0
  for (const part of parts) {
    total.set(part, offset)
    offset += part.length
  }
  return total
}
