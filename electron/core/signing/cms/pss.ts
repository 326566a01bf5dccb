/** RSASSA-PSS whose mask uses another digest than the message (RFC 8017 §9.1.2): node:crypto has no option for that. */
import { constants, createPublicKey, publicDecrypt } from 'node:crypto'
import { childrenOf, readBits, readWhole } from './der-reader.ts'
import { bitString, compareBytes, DER_NULL, oid, sequence } from './der-writer.ts'
import { digestOf, digestSize, type HashName } from './hashes.ts'
import { OID_RSA } from './oids.ts'

export type PssParameters = {
  readonly hash: HashName
  readonly mgfHash: HashName
  readonly saltBytes: number
}

/**
 * EMSA-PSS-VERIFY over a digest that is already known.
 *
 * @param spki DER SubjectPublicKeyInfo with an RSA key, under either OID
 * @param bits size of the modulus
 * @throws Error or DerError when the key cannot be used or the value is not of its size
 */
export function matchesPss(
  key: { readonly spki: Uint8Array; readonly bits: number },
  digest: Uint8Array,
  signature: Uint8Array,
  { hash, mgfHash, saltBytes }: PssParameters,
): boolean {
  if (signature.length !== Math.ceil(key.bits / 8)) return false
  const recovered = publicDecrypt({ key: rawKey(key.spki), padding: constants.RSA_NO_PADDING }, signature)
  const encodedBits = key.bits - 1
  const size = Math.ceil(encodedBits / 8)
  const encoded = recovered.subarray(recovered.length - size)
  const hashBytes = digestSize(hash)
  if (size < hashBytes + saltBytes + 2 || encoded.at(-1) !== 0xbc) return false
  if (recovered.length > size && recovered[0] !== 0) return false
  const masked = encoded.subarray(0, size - hashBytes - 1)
  const check = encoded.subarray(size - hashBytes - 1, size - 1)
  const unused = size * 8 - encodedBits
  if (((masked[0] ?? 0) & (0xff << (8 - unused)) & 0xff) !== 0) return false
  const block = unmask(masked, check, mgfHash)
  block[0] = (block[0] ?? 0) & (0xff >> unused)
  const padding = block.length - saltBytes - 1
  if (block[padding] !== 1 || block.subarray(0, padding).some((octet) => octet !== 0)) return false
  const salted = Buffer.concat([Buffer.alloc(8), digest, block.subarray(padding + 1)])
  return compareBytes(digestOf(hash, salted), check) === 0
}

/** MGF1 (RFC 8017 appendix B.2.1) taken off. */
function unmask(masked: Uint8Array, seed: Uint8Array, hash: HashName): Uint8Array {
  const plain = Uint8Array.from(masked)
  const step = digestSize(hash)
  for (let start = 0, counter = 0; start < plain.length; start += step, counter += 1) {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    const mask = digestOf(hash, Buffer.concat([seed, count]))
    for (let index = 0; index < step && start + index < plain.length; index += 1)
      plain[start + index] = (plain[start + index] ?? 0) ^ (mask[index] ?? 0)
  }
  return plain
}

/** The same key under rsaEncryption: under id-RSASSA-PSS the runtime refuses the raw operation. */
function rawKey(spki: Uint8Array) {
  const bits = readBits(childrenOf(readWhole(spki))[1])
  const plain = sequence(sequence(oid(OID_RSA), DER_NULL), bitString(bits))
  return createPublicKey({ key: Buffer.from(plain), format: 'der', type: 'spki' })
}
