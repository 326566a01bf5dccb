/**
 * What the portal protocol needs of its surroundings: WebCrypto, text and base64url. Node 24, Electron and every
 * browser on a secure origin have it; shared/ has neither DOM nor Node types, so the needed part is typed here.
 */
import type { Sha256Hex } from '../model/brand.ts'

/** A WebCrypto key whose inside nobody here looks at. */
export type OpaqueKey = { readonly type: string }
export type KeyPair = { readonly publicKey: OpaqueKey; readonly privateKey: OpaqueKey }
type Parameters = string | Readonly<Record<string, unknown>>

/** The part of `SubtleCrypto` used here (W3C Web Cryptography API, §14). */
export type SubtleLike = {
  digest(algorithm: Parameters, data: Uint8Array): Promise<ArrayBuffer>
  importKey(
    format: string,
    key: unknown,
    algorithm: Parameters,
    ...use: [boolean, readonly string[]]
  ): Promise<OpaqueKey>
  exportKey(format: string, key: OpaqueKey): Promise<unknown>
  generateKey(algorithm: Parameters, extractable: boolean, uses: readonly string[]): Promise<KeyPair>
  deriveBits(algorithm: Parameters, key: OpaqueKey, bits: number): Promise<ArrayBuffer>
  encrypt(algorithm: Parameters, key: OpaqueKey, data: Uint8Array): Promise<ArrayBuffer>
  decrypt(algorithm: Parameters, key: OpaqueKey, data: Uint8Array): Promise<ArrayBuffer>
  sign(algorithm: Parameters, key: OpaqueKey, data: Uint8Array): Promise<ArrayBuffer>
  verify(
    algorithm: Parameters,
    key: OpaqueKey,
    signature: Uint8Array,
    ...data: [Uint8Array]
  ): Promise<boolean>
}
export type CryptoLike = {
  readonly subtle: SubtleLike | undefined
  getRandomValues(target: Uint8Array): Uint8Array
}

type Platform = {
  readonly crypto: CryptoLike | undefined
  readonly TextEncoder: new () => { encode(text: string): Uint8Array }
  readonly TextDecoder: new (
    label: string,
    options: { readonly fatal: boolean },
  ) => { decode(bytes: Uint8Array): string }
}

const platform = globalThis as unknown as Platform

/** True where the protocol can run: browsers withhold `crypto.subtle` on plain http other than localhost. */
export function hasWebCrypto(): boolean {
  return platform.crypto?.subtle !== undefined
}

export function subtle(): SubtleLike {
  const found = platform.crypto?.subtle
  if (found === undefined) throw new Error('crypto.subtle is missing: not a secure context')
  return found
}

/** `sizeBytes` bytes of the platform's cryptographic random source. */
export function randomBytes(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes)
  if (platform.crypto === undefined) throw new Error('crypto is missing')
  platform.crypto.getRandomValues(bytes)
  return bytes
}

export function utf8(text: string): Uint8Array {
  return new platform.TextEncoder().encode(text)
}

/** Throws TypeError on bytes that are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return new platform.TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle().digest('SHA-256', bytes))
}

export async function sha256HexOf(bytes: Uint8Array): Promise<Sha256Hex> {
  return Array.from(await sha256(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('') as Sha256Hex
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** RFC 4648 §5 without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const group = (a << 16) | (b << 8) | c
    const digits = Math.min(3, bytes.length - at) + 1
    for (let place = 0; place < digits; place++) parts.push(ALPHABET.charAt((group >> (18 - 6 * place)) & 63))
  }
  return parts.join('')
}

const VALUE_OF = new Map(Array.from(ALPHABET, (digit, value) => [digit, value]))

/** Reads RFC 4648 §5 without padding; undefined for any other text (also for one with stray bits at its end). */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let held = 0
  let at = 0
  for (const digit of text) {
    const value = VALUE_OF.get(digit)
    if (value === undefined) return undefined
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (held >> bits) & 0xff
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined
}

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
