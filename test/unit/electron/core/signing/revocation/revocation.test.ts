import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { makeCrl } from '../../../../../../electron/core/signing/local/answer-revocation.ts'
import {
  type LocalTrustServices,
  startLocalTrustServices,
} from '../../../../../../electron/core/signing/local/local-trust-server.ts'
import { revoke } from '../../../../../../electron/core/signing/local/test-authority.ts'
import { cachedCrlSource } from '../../../../../../electron/core/signing/revocation/cached-crl-source.ts'
import { crlCovers, parseCrl } from '../../../../../../electron/core/signing/revocation/crl.ts'
import {
  httpRevocationSource,
  type RevocationFailure,
} from '../../../../../../electron/core/signing/revocation/http-revocation-source.ts'
import {
  ocspSigner,
  parseOcspResponse,
  singleFor,
} from '../../../../../../electron/core/signing/revocation/ocsp.ts'
import {
  readCrlAnswer,
  readOcspAnswer,
} from '../../../../../../electron/core/signing/revocation/revocation-answer.ts'
import { type SigningWorld, signingWorld } from '../../../../../../test/support/signing-world.ts'

let world: SigningWorld
let services: LocalTrustServices
let failures: RevocationFailure[] = []
const certificates = () => {
  const { town, intermediate, root } = world.authority()
  return {
    town: parseCertificate(town.certificate),
    issuer: parseCertificate(intermediate.certificate),
    root: parseCertificate(root.certificate),
  }
}
const source = () =>
  httpRevocationSource({
    timeoutMs: 300,
    onFailure: (failure) => failures.push(failure),
    redirect: (url) => url.replace('127.0.0.1:9/', `127.0.0.1:${services.port}/`),
  })

beforeAll(async () => {
  world = await signingWorld()
  services = await startLocalTrustServices({ authority: world.authority, clock: world.clock, port: 0 })
})
afterAll(() => services.close())
afterEach(() => {
  services.misbehave({})
  failures = []
})

describe('an OCSP answer', () => {
  it('says good, is signed by the delegated responder, and carries the time of asking', async () => {
    const { town, issuer } = certificates()
    const der = await source().ocsp(town.der, issuer.der)
    const answer = der === undefined ? undefined : readOcspAnswer(der, town, issuer)
    expect([answer?.thisUpdateMs, answer?.revokedAtMs, answer?.signer.ocspNoCheck, failures]).toEqual([
      world.clock.now(),
      undefined,
      true,
      [],
    ])
  })

  it('is not taken for another certificate, or from a responder of another authority', async () => {
    const { town, issuer, root } = certificates()
    const der = (await source().ocsp(town.der, issuer.der)) ?? new Uint8Array()
    const { basic } = parseOcspResponse(der)
    if (basic === undefined) throw new Error('no basic response')
    const other = parseCertificate(world.authority().witness.certificate)
    const stranger = parseCertificate((await signingWorld()).authority().intermediate.certificate)
    expect([
      singleFor(basic, other, issuer),
      singleFor(basic, town, root),
      ocspSigner(basic, stranger),
    ]).toEqual([undefined, undefined, undefined])
    const forged = Uint8Array.from(der)
    forged[forged.length - 400] = (forged[forged.length - 400] ?? 0) ^ 1
    expect(readOcspAnswer(forged, town, issuer)).toBeUndefined()
  })

  it.each([
    ['garbage', 'NOT_READABLE'],
    ['http-500', 'HTTP_ERROR'],
    ['silence', 'TIMEOUT'],
    ['try-later', 'OCSP_NOT_SUCCESSFUL'],
  ] as const)('that fails with %s is named with its certificate: %s', async (ocsp, code) => {
    services.misbehave({ ocsp })
    const { town, issuer } = certificates()
    expect(await source().ocsp(town.der, issuer.der)).toBeUndefined()
    expect(failures).toEqual([{ fingerprint: town.fingerprint, url: town.ocspUrls[0], code }])
  })
})

describe('a CRL', () => {
  it('is accepted as DER and as PEM, and so are issuer certificates', async () => {
    const { town, issuer, root } = certificates()
    for (const pem of [false, true]) {
      services.misbehave({ pem })
      const der = await source().crl(town.der, issuer.der)
      expect(der === undefined ? undefined : readCrlAnswer(der, town, issuer)?.revokedAtMs).toBeUndefined()
      expect(der?.[0]).toBe(0x30)
      expect((await source().issuers(town.der)).map((found) => parseCertificate(found).fingerprint)).toEqual([
        issuer.fingerprint,
      ])
      expect(
        (await source().issuers(issuer.der)).map((found) => parseCertificate(found).fingerprint),
      ).toEqual([root.fingerprint])
    }
  })

  it('of the root covers the intermediate and not the end entity', async () => {
    const { town, issuer, root } = certificates()
    const crl = parseCrl(await makeCrl(world.authority(), 'root', world.clock.now()))
    expect([crlCovers(crl, issuer, root), crlCovers(crl, town, issuer), crlCovers(crl, town, root)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it.each(['garbage', 'http-500', 'silence'] as const)(
    'that fails with %s gives nothing and says so',
    async (crl) => {
      services.misbehave({ crl })
      const { town, issuer } = certificates()
      expect(await source().crl(town.der, issuer.der)).toBeUndefined()
      expect(failures).toHaveLength(1)
    },
  )

  it('without a next update, with reasons and with entries is read', async () => {
    const other = await signingWorld()
    revoke(other.authority(), other.authority().town.certificate, {
      revokedAtMs: other.clock.now() - 1000,
      reason: 1,
    })
    const issuer = parseCertificate(other.authority().intermediate.certificate)
    const town = parseCertificate(other.authority().town.certificate)
    const witness = parseCertificate(other.authority().witness.certificate)
    const der = await makeCrl(other.authority(), 'intermediate', other.clock.now())
    expect([
      readCrlAnswer(der, town, issuer)?.revocationReason,
      readCrlAnswer(der, town, issuer)?.revokedAtMs,
    ]).toEqual([1, other.clock.now() - 1000])
    expect(readCrlAnswer(der, witness, issuer)?.revokedAtMs).toBeUndefined()
  })
})

describe('kept CRLs', () => {
  it('are fetched once an hour at most, and again when the kept bytes are damaged', async () => {
    const own = await signingWorld()
    let fetched = 0
    const kept = new Map<string, Uint8Array>()
    const counting = {
      ocsp: async () => undefined,
      crl: (...args: Parameters<typeof own.validation.revocation.crl>) => {
        fetched++
        return own.validation.revocation.crl(...args)
      },
    }
    const cache = {
      get: (key: string) => kept.get(key),
      set: (key: string, crl: Uint8Array) => {
        kept.set(key, crl)
      },
    }
    const cached = cachedCrlSource(counting, cache, own.clock)
    const { town, intermediate } = own.authority()
    const ask = () => cached.crl(town.certificate, intermediate.certificate)
    await ask()
    await ask()
    expect(fetched).toBe(1)
    own.clock.advance(3600_000)
    await ask()
    expect(fetched).toBe(2)
    for (const [key, crl] of kept) kept.set(key, crl.subarray(0, 40))
    expect((await ask())?.length).toBeGreaterThan(100)
    expect(fetched).toBe(3)
  })
})
