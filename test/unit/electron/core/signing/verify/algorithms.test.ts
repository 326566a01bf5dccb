import { constants, createHash, generateKeyPairSync, type KeyObject, privateEncrypt, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { checkSignature, parseAlgorithm } from '../../../../../../electron/core/signing/cms/algorithms.ts'
import { readWhole } from '../../../../../../electron/core/signing/cms/der-reader.ts'
import {
  contextTag,
  DER_NULL,
  integer,
  oid,
  sequence,
} from '../../../../../../electron/core/signing/cms/der-writer.ts'
import { digestOf, type HashName, hashOid } from '../../../../../../electron/core/signing/cms/hashes.ts'
import * as oids from '../../../../../../electron/core/signing/cms/oids.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import { flipByte, latin1, textOf } from '../../../../../support/mutate-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { contractForm, FORM } from '../../../../../support/verify/contract-form.ts'
import { basicConstraints, type Issued, issue, keyUsage } from '../../../../../support/verify/make-chain.ts'
import { makeCms } from '../../../../../support/verify/make-cms.ts'
import { opensslCms, rawSign } from '../../../../../support/verify/raw-sign.ts'

const AT = new Date('2026-11-22T03:00:00Z')
let root: Issued

beforeAll(() => {
  root = issue({ name: 'root', extensions: [basicConstraints(), keyUsage(5, 6)] })
})

function signed(key: KeyObject, options: readonly string[], subFilter = 'adbe.pkcs7.detached'): Uint8Array {
  const leaf = issue({ name: 'signer', key, extensions: [keyUsage(0, 1)] }, root)
  const signer = { certificate: leaf.certificate.der, chain: [root.certificate.der], key }
  return rawSign(contractForm(), {
    subFilter,
    contents: (data) => opensslCms(data, signer, options),
    form: FORM.acroForm,
    page: FORM.firstPage,
  })
}

async function verify(pdf: Uint8Array) {
  const report = await verifyPdf(memorySource(pdf), { anchors: [root.certificate.der], at: AT })
  const [signature] = report.signatures
  return {
    verdict: report.verdict,
    integrity: signature?.integrity,
    trust: signature?.trust,
    codes: signature?.reasons.map((one) => one.code) ?? [],
  }
}

/** The same file with one byte of its signed content changed. */
const damaged = (pdf: Uint8Array) => flipByte(pdf, textOf(pdf).indexOf('Contract amount'), 1)
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey

const KINDS: readonly (readonly [string, () => KeyObject, readonly string[]])[] = [
  ['RSA with SHA-224', rsa, ['-md', 'sha224']],
  ['RSA with SHA3-256', rsa, ['-md', 'sha3-256']],
  ['RSA with SHA3-384', rsa, ['-md', 'sha3-384']],
  ['RSA with SHA3-512', rsa, ['-md', 'sha3-512']],
  ['RSA with SHA-512/256', rsa, ['-md', 'sha512-256']],
  [
    'RSA-PSS whose mask uses another digest',
    rsa,
    ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_mgf1_md:sha512'],
  ],
  [
    'RSA-PSS whose mask uses SHA-1, with a short salt',
    rsa,
    ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_mgf1_md:sha1', '-keyopt', 'rsa_pss_saltlen:7'],
  ],
  ['ECDSA on brainpoolP256r1', () => ec('brainpoolP256r1'), []],
  ['ECDSA on brainpoolP384t1', () => ec('brainpoolP384t1'), ['-md', 'sha384']],
  ['ECDSA on brainpoolP512r1', () => ec('brainpoolP512r1'), ['-md', 'sha512']],
]

describe.skipIf(!hasJudge('openssl'))('signatures openssl makes with less common algorithms', () => {
  it.each(KINDS)('are verified, and broken ones told: %s', async (_name, key, options) => {
    const pdf = signed(key(), options)
    expect(await verify(pdf)).toMatchObject({ verdict: 'valid', integrity: 'intact', trust: 'trusted' })
    expect(await verify(damaged(pdf))).toMatchObject({ verdict: 'broken', integrity: 'broken' })
  })

  it('are called wrong when the value under a right digest is damaged', async () => {
    for (const [, key, options] of KINDS.slice(5, 9)) {
      const pdf = textOf(signed(key(), options))
      const start = pdf.indexOf('/Contents <')
      // Unsigned attributes are absent: the last digits before the padding belong to the signature value.
      const at = start + pdf.slice(start).search(/0{2000}/) - 8
      const changed = latin1(`${pdf.slice(0, at)}${pdf[at] === '1' ? '2' : '1'}${pdf.slice(at + 1)}`)
      const judged = await verify(changed)
      expect(judged.verdict).toBe('broken')
      expect(judged.codes).toContain('SIGNATURE_WRONG')
    }
  })

  it('cannot be checked when made with DSA, and are called neither valid nor broken', async () => {
    const key = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey
    const pdf = signed(key, [])
    const judged = await verify(pdf)
    expect(judged.verdict).toBe('unreadable')
    expect(judged.trust).not.toBe('trusted')
    expect(judged.codes).toContain('ALGORITHM_UNSUPPORTED')
    expect((await verify(damaged(pdf))).verdict).toBe('broken')
  })

  it('cannot be checked when the digest is unknown', async () => {
    const pdf = textOf(signed(rsa(), ['-md', 'sha256']))
    // SHA-256 becomes 2.16.840.1.101.3.4.2.99 everywhere in the CMS.
    const judged = await verify(latin1(pdf.replaceAll('608648016503040201', '608648016503040263')))
    expect(judged.verdict).toBe('unreadable')
    expect(judged.codes).toContain('DIGEST_ALGORITHM_UNKNOWN')
  })

  it('cannot be checked when EC-signed without attributes: the digest alone does not suffice', async () => {
    const judged = await verify(signed(ec('P-256'), ['-noattr']))
    expect(judged.verdict).toBe('unreadable')
    expect(judged.codes).toContain('ALGORITHM_UNSUPPORTED')
  })

  it('stay weak under SHA-1: bytes intact, signer not relied on', async () => {
    const judged = await verify(signed(rsa(), ['-md', 'sha1']))
    expect(judged).toMatchObject({ verdict: 'unknown-signer', integrity: 'intact', trust: 'unusable' })
    expect(judged.codes).toContain('ALGORITHM_WEAK')
  })
})

type OwnKind = readonly [
  string,
  () => KeyObject,
  HashName,
  string,
  (data: Uint8Array, key: KeyObject) => Buffer,
]
const OWN: readonly OwnKind[] = [
  ['Ed25519', () => generateKeyPairSync('ed25519').privateKey, 'SHA-512', oids.OID_ED25519, pure],
  ['Ed448', () => generateKeyPairSync('ed448').privateKey, 'SHAKE256', oids.OID_ED448, pure],
  [
    'ECDSA with SHA3-256',
    () => ec('P-256'),
    'SHA3-256',
    '2.16.840.1.101.3.4.3.10',
    (data, key) => sign('sha3-256', data, key),
  ],
]

function pure(data: Uint8Array, key: KeyObject): Buffer {
  return sign(null, data, key)
}

describe('signatures made by hand', () => {
  it.each(OWN)(
    'are verified, and broken ones told: %s',
    async (_name, make, hash, signatureOid, signWith) => {
      const key = make()
      const leaf = issue({ name: 'signer', key, extensions: [keyUsage(0, 1)] }, root)
      const { certificate } = leaf
      const made = (spoil: number) =>
        rawSign(contractForm(), {
          subFilter: 'adbe.pkcs7.detached',
          contents: (data) =>
            makeCms(data, {
              certificate,
              hash,
              signatureOid,
              sign: (attributes) => {
                const value = signWith(attributes, key)
                value[value.length - 1] = (value.at(-1) ?? 0) ^ spoil
                return value
              },
            }),
          form: FORM.acroForm,
          page: FORM.firstPage,
        })
      expect(await verify(made(0))).toMatchObject({ verdict: 'valid', integrity: 'intact' })
      expect((await verify(damaged(made(0)))).codes).toContain('DIGEST_MISMATCH')
      const wrong = await verify(made(1))
      expect(wrong.verdict).toBe('broken')
      expect(wrong.codes).toContain('SIGNATURE_WRONG')
    },
  )
})

function pssAlgorithm(hash: 'SHA-256', mgf: 'SHA-384', salt: number) {
  const name = (one: 'SHA-256' | 'SHA-384') => sequence(oid(hashOid(one)), DER_NULL)
  return parseAlgorithm(
    readWhole(
      sequence(
        oid(oids.OID_RSA_PSS),
        sequence(
          contextTag(0, name(hash)),
          contextTag(1, sequence(oid(oids.OID_MGF1), name(mgf))),
          contextTag(2, integer(salt)),
        ),
      ),
    ),
  )
}

describe('checkSignature', () => {
  const data = Buffer.from('what was signed')

  it.each([2048, 2050, 2055])('checks RSA-PSS with two digests, key of %i bits', (modulusLength) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength })
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    const block = pssBlock(data, modulusLength)
    const signature = rawRsa(block, privateKey, Math.ceil(modulusLength / 8))
    const algorithm = pssAlgorithm('SHA-256', 'SHA-384', 32)
    expect(checkSignature(spki, algorithm, { data, signature })).toBe('right')
    expect(checkSignature(spki, algorithm, { data: Buffer.from('other'), signature })).toBe('wrong')
    expect(checkSignature(spki, pssAlgorithm('SHA-256', 'SHA-384', 31), { data, signature })).toBe('wrong')
    expect(checkSignature(spki, algorithm, { data, signature: signature.subarray(1) })).toBe('wrong')
  })

  it('calls a key that does not fit the algorithm wrong, and an unknown algorithm unsupported', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed448')
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    const signature = sign(null, data, privateKey)
    const under = (dotted: string) => parseAlgorithm(readWhole(sequence(oid(dotted))))
    expect(checkSignature(spki, under(oids.OID_ED448), { data, signature })).toBe('right')
    expect(checkSignature(spki, under(oids.OID_ED25519), { data, signature })).toBe('wrong')
    expect(checkSignature(spki, under(oids.OID_SHA256_ECDSA), { data, signature })).toBe('wrong')
    expect(checkSignature(spki, under('1.2.3.4'), { data, signature })).toBe('unsupported')
  })
})

/** The RSA private operation alone. */
function rawRsa(block: Uint8Array, key: KeyObject, size: number): Buffer {
  const padded = Buffer.concat([Buffer.alloc(size - block.length), block])
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, padded)
}

/** EMSA-PSS-ENCODE with SHA-256 over SHA-384 masks and 32 octets of salt (RFC 8017 §9.1.1). */
function pssBlock(message: Uint8Array, modulusBits: number): Uint8Array {
  const salt = Buffer.alloc(32, 7)
  const size = Math.ceil((modulusBits - 1) / 8)
  const hash = digestOf('SHA-256', Buffer.concat([Buffer.alloc(8), digestOf('SHA-256', message), salt]))
  const block = Buffer.concat([Buffer.alloc(size - 66), Buffer.of(1), salt])
  for (let start = 0; start < block.length; start += 48) {
    const count = Buffer.of(0, 0, 0, start / 48)
    const mask = createHash('sha384').update(hash).update(count).digest()
    for (let index = start; index < Math.min(start + 48, block.length); index += 1)
      block[index] = (block[index] ?? 0) ^ (mask[index - start] ?? 0)
  }
  block[0] = (block[0] ?? 0) & (0xff >> (size * 8 - (modulusBits - 1)))
  return Buffer.concat([block, hash, Buffer.of(0xbc)])
}
