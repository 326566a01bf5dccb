import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { DerError } from '../../../../../../electron/core/signing/cms/der-reader.ts'
import { attributeOf, displayName } from '../../../../../../electron/core/signing/cms/names.ts'
import { OID_ORGANIZATION } from '../../../../../../electron/core/signing/cms/oids.ts'
import { hasIssued } from '../../../../../../electron/core/signing/keys/chain-order.ts'
import { signingRefusal } from '../../../../../../electron/core/signing/keys/may-sign.ts'
import { issueTestSigner } from '../../../../../../electron/core/signing/local/test-authority.ts'
import { type SigningWorld, signingWorld } from '../../../../../../test/support/signing-world.ts'

let world: SigningWorld
beforeAll(async () => {
  world = await signingWorld()
})

describe('a certificate', () => {
  it('is read as Node reads it, for every public root Node knows', () => {
    const read = rootCertificates.map((pem) => {
      const node = new X509Certificate(pem)
      const ours = parseCertificate(node.raw)
      return {
        same:
          ours.notAfterMs === node.validToDate.getTime() &&
          ours.serial.replace(/^0+/, '') === node.serialNumber.replace(/^0+/, '') &&
          ours.fingerprint === node.fingerprint256.replaceAll(':', '').toLowerCase() &&
          ours.isCa === node.ca &&
          hasIssued(ours, ours) === node.verify(node.publicKey),
        name: displayName(ours.subject),
      }
    })
    expect(read.length).toBeGreaterThan(50)
    expect(read.filter((entry) => !entry.same || entry.name === '')).toEqual([])
  })

  it('gives names, uses and addresses of the test authority, all marked as test', () => {
    const town = parseCertificate(world.town.certificate)
    expect({
      name: displayName(town.subject),
      organization: attributeOf(town.subject, OID_ORGANIZATION),
      keyUsage: town.keyUsage,
      ocsp: town.ocspUrls,
      crl: town.crlUrls,
      issuers: town.caIssuerUrls,
      key: town.key,
    }).toEqual({
      name: 'テスト用 扶桑町 契約権限者',
      organization: '電子契約デスク テスト用',
      keyUsage: ['digitalSignature', 'nonRepudiation'],
      ocsp: ['http://127.0.0.1:9/ocsp'],
      crl: ['http://127.0.0.1:9/intermediate.crl'],
      issuers: ['http://127.0.0.1:9/intermediate.cer'],
      key: { kind: 'rsa', bits: 2048, curve: undefined },
    })
  })

  it('leaves as DerError, never otherwise, when bytes are damaged or cut', () => {
    const der = world.town.certificate
    const outcomes = new Set<string>()
    for (let position = 0; position < der.length; position += 3) {
      for (const bad of [der.subarray(0, position), flipped(der, position)]) {
        try {
          parseCertificate(bad)
          outcomes.add('read')
        } catch (error) {
          outcomes.add(error instanceof DerError ? 'DerError' : String(error))
        }
      }
    }
    expect([...outcomes].sort()).toEqual(['DerError', 'read'])
  })
})

function flipped(bytes: Uint8Array, position: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[position] = (copy[position] ?? 0) ^ 0xff
  return copy
}

describe('a certificate may sign', () => {
  const refusal = async (
    spec: Parameters<typeof issueTestSigner>[1],
    kind?: Parameters<typeof issueTestSigner>[2],
  ) => {
    const issued = await issueTestSigner(world.authority(), spec, kind)
    return signingRefusal(parseCertificate(issued.certificate), world.clock.now())
  }
  const span = () => ({ notBeforeMs: world.clock.now() - 1000, notAfterMs: world.clock.now() + 1e9 })

  it('only within its time', async () => {
    const now = world.clock.now()
    expect([
      await refusal({ commonName: 'a', ...span() }),
      await refusal({ commonName: 'b', notBeforeMs: now - 2e9, notAfterMs: now - 1000 }),
      await refusal({ commonName: 'c', notBeforeMs: now + 60_000, notAfterMs: now + 1e9 }),
    ]).toEqual([undefined, 'CERTIFICATE_EXPIRED', 'CERTIFICATE_NOT_YET_VALID'])
  })

  it('only when its key usage is for signing', async () => {
    expect([
      await refusal({ commonName: 'encipherment', ...span(), keyUsage: [2] }),
      await refusal({ commonName: 'timestamping', ...span(), extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'] }),
      await refusal({ commonName: 'server', ...span(), extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] }),
      await refusal({ commonName: 'nonRepudiation', ...span(), keyUsage: [1] }),
      await refusal({ commonName: 'document signing', ...span(), extendedKeyUsage: ['1.3.6.1.5.5.7.3.36'] }),
      signingRefusal(parseCertificate(world.authority().intermediate.certificate), world.clock.now()),
    ]).toEqual([
      'CERTIFICATE_NOT_FOR_SIGNING',
      'CERTIFICATE_NOT_FOR_SIGNING',
      'CERTIFICATE_NOT_FOR_SIGNING',
      undefined,
      undefined,
      'CERTIFICATE_NOT_FOR_SIGNING',
    ])
  })

  it('only with a key and a digest that hold (L9)', async () => {
    expect([
      await refusal({ commonName: 'sha1', ...span(), weakSignature: true }),
      await refusal({ commonName: 'short', ...span() }, 'rsa-1024'),
      await refusal({ commonName: 'edwards', ...span() }, 'ed25519'),
      await refusal({ commonName: 'p256', ...span() }, 'p-256'),
    ]).toEqual(['KEY_ALGORITHM_REFUSED', 'KEY_ALGORITHM_REFUSED', 'KEY_ALGORITHM_REFUSED', undefined])
  })
})
