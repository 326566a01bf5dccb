import { describe, expect, it } from 'vitest'
import {
  hashWeakness,
  keyReliableUntil,
  keyWeakness,
  signatureWeakness,
} from '../../../../../../electron/core/signing/cms/algorithm-policy.ts'
import { describeKey, parseAlgorithm } from '../../../../../../electron/core/signing/cms/algorithms.ts'
import { readWhole } from '../../../../../../electron/core/signing/cms/der-reader.ts'
import { DER_NULL, oid, sequence } from '../../../../../../electron/core/signing/cms/der-writer.ts'
import { OID_RSA, OID_SHA1_RSA, OID_SHA256_RSA } from '../../../../../../electron/core/signing/cms/oids.ts'

const year = (value: number) => Date.UTC(value, 5, 1)
const rsa = (bits: number) => ({ kind: 'rsa', bits, curve: undefined }) as const
const algorithm = (dotted: string) => parseAlgorithm(readWhole(sequence(oid(dotted), DER_NULL)))

describe('the algorithm policy', () => {
  it('judges digests and keys by date', () => {
    expect([
      hashWeakness('SHA-256', year(2056)),
      hashWeakness('SHA-1', year(2013)),
      hashWeakness('SHA-1', year(2026)),
      hashWeakness('MD5', year(2026)),
      keyWeakness(rsa(1024), year(2026)),
      keyWeakness(rsa(2048), year(2040)),
      keyWeakness(rsa(2048), year(2041)),
      keyWeakness(rsa(3072), year(2056)),
      keyWeakness({ kind: 'ec', bits: 0, curve: '1.2.3' }, year(2026)),
      keyWeakness({ kind: 'dsa', bits: 0, curve: undefined }, year(2026)),
    ]).toEqual([
      undefined,
      undefined,
      'HASH_WEAK',
      'HASH_WEAK',
      'KEY_TOO_SHORT',
      undefined,
      'KEY_TOO_SHORT',
      undefined,
      'ALGORITHM_UNKNOWN',
      'ALGORITHM_UNKNOWN',
    ])
  })

  it('takes the digest from the algorithm, else from the CMS', () => {
    expect([
      signatureWeakness(algorithm(OID_SHA256_RSA), rsa(2048), year(2026), 'SHA-1'),
      signatureWeakness(algorithm(OID_SHA1_RSA), rsa(2048), year(2026), 'SHA-256'),
      signatureWeakness(algorithm(OID_RSA), rsa(2048), year(2026), 'SHA-256'),
      signatureWeakness(algorithm(OID_RSA), rsa(2048), year(2026)),
      signatureWeakness(algorithm('1.2.3.4'), rsa(2048), year(2026)),
    ]).toEqual([undefined, 'HASH_WEAK', undefined, 'ALGORITHM_UNKNOWN', 'ALGORITHM_UNKNOWN'])
  })

  it('says until when a key is relied on, as evidence dates need it', () => {
    expect([keyReliableUntil(rsa(2048)), keyReliableUntil(rsa(4096)), keyReliableUntil(rsa(512))]).toEqual([
      Date.UTC(2041, 0, 1),
      Number.POSITIVE_INFINITY,
      0,
    ])
  })

  it('does not mistake an unknown kind of key for a good one', () => {
    const spki = readWhole(sequence(sequence(oid('1.3.101.110')), Uint8Array.of(3, 1, 0)))
    expect(describeKey(spki).kind).toBe('other')
  })
})
