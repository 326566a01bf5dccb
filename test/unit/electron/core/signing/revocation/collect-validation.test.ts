import { beforeEach, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { makeCrl } from '../../../../../../electron/core/signing/local/answer-revocation.ts'
import { issueTestSigner, revoke } from '../../../../../../electron/core/signing/local/test-authority.ts'
import {
  type CertificateUse,
  type ValidationMaterial,
  type ValidationSources,
  validationCollector,
} from '../../../../../../electron/core/signing/revocation/collect-validation.ts'
import type { RevocationSource } from '../../../../../../electron/core/signing/revocation/revocation-source.ts'
import { type SigningWorld, signingWorld } from '../../../../../../test/support/signing-world.ts'

const NOTHING: ValidationMaterial = { certificates: [], ocsps: [], crls: [] }
let world: SigningWorld
let asked: string[]

beforeEach(async () => {
  world = await signingWorld()
  asked = []
})

function use(role: CertificateUse['role'] = 'signer'): CertificateUse {
  const { town, intermediate } = world.authority()
  return {
    certificate: parseCertificate(town.certificate),
    usedAtMs: world.clock.now(),
    role,
    pool: [parseCertificate(intermediate.certificate)],
  }
}

/** The world's source, counting questions, with parts of it switched off. */
function sources(off: { readonly ocsp?: boolean; readonly crl?: boolean } = {}): ValidationSources {
  const { revocation } = world.validation
  const counted: RevocationSource = {
    ocsp: async (certificate, issuer) => {
      asked.push('ocsp')
      return off.ocsp === true ? undefined : revocation.ocsp(certificate, issuer)
    },
    crl: async (certificate, issuer) => {
      asked.push('crl')
      return off.crl === true ? undefined : revocation.crl(certificate, issuer)
    },
  }
  return { ...world.validation, revocation: counted }
}

describe('validation data for a signature', () => {
  it('is chain without anchor, OCSP for the signer, CRL for the intermediate, and the responder', async () => {
    const signature = use()
    world.clock.advance(1000)
    const { material, missing, waitUntilMs } = await validationCollector(sources()).collect(
      [signature],
      NOTHING,
    )
    const names = material.certificates.map((der) => parseCertificate(der).subject.attributes.at(-1)?.value)
    expect([names.sort(), material.ocsps.length, material.crls.length, missing, waitUntilMs]).toEqual([
      ['テスト用 扶桑町 契約権限者', 'テスト用OCSPレスポンダ', 'テスト用中間認証局'].sort(),
      1,
      1,
      [],
      undefined,
    ])
  })

  it('is not taken in the second of the signature: it says when to come back', async () => {
    const signature = use()
    const early = await validationCollector(sources()).collect([signature], NOTHING)
    expect([early.waitUntilMs, early.missing.map((entry) => entry.code)]).toEqual([
      signature.usedAtMs + 1000,
      ['REVOCATION_TOO_OLD'],
    ])
    world.clock.advance(1000)
    expect((await validationCollector(sources()).collect([signature], NOTHING)).waitUntilMs).toBeUndefined()
  })

  it('is not asked for again when the file holds it', async () => {
    const signature = use()
    world.clock.advance(5000)
    const { material } = await validationCollector(sources()).collect([signature], NOTHING)
    asked = []
    const again = await validationCollector(sources()).collect([signature], material)
    expect([asked, again.material]).toEqual([[], NOTHING])
  })

  it('serves many files from one answer, but not a file signed after it', async () => {
    const collector = validationCollector(sources())
    const earlier = [use(), use('timestamp')]
    world.clock.advance(2000)
    await collector.collect(earlier, NOTHING)
    const questions = asked.length
    await collector.collect(earlier, NOTHING)
    expect(asked.length).toBe(questions)
    const later = use()
    world.clock.advance(2000)
    await collector.collect([later], NOTHING)
    expect(asked.length).toBeGreaterThan(questions)
  })

  it('falls back to the CRL, and names the certificate when both fail', async () => {
    const signature = use()
    world.clock.advance(1000)
    const fallen = await validationCollector(sources({ ocsp: true })).collect([signature], NOTHING)
    expect([fallen.missing, fallen.material.crls.length]).toEqual([[], 2])
    const failed = await validationCollector(sources({ ocsp: true, crl: true })).collect([signature], NOTHING)
    expect(failed.missing.map((entry) => [entry.subject, entry.code])).toEqual([
      ['テスト用 扶桑町 契約権限者', 'REVOCATION_UNAVAILABLE'],
      ['テスト用中間認証局', 'REVOCATION_UNAVAILABLE'],
    ])
  })

  it('says that a certificate is revoked and keeps the proof', async () => {
    const signature = use()
    world.clock.advance(2000)
    revoke(world.authority(), world.authority().town.certificate, {
      revokedAtMs: world.clock.now() - 1000,
      reason: 1,
    })
    const { missing, material } = await validationCollector(sources()).collect([signature], NOTHING)
    expect([missing.map((entry) => entry.code), material.ocsps.length]).toEqual([['REVOKED'], 1])
  })

  it('says that the issuer is missing when neither file nor address gives it', async () => {
    const { missing } = await validationCollector(sources()).collect([{ ...use(), pool: [] }], NOTHING)
    expect(missing.map((entry) => entry.code)).toEqual(['ISSUER_NOT_FOUND'])
  })

  it('fetches a missing issuer by the address in the certificate, once', async () => {
    let fetched = 0
    const issuers = {
      issuers: async () => {
        fetched++
        return [world.authority().intermediate.certificate]
      },
    }
    const collector = validationCollector({ ...sources(), issuers })
    const signature = { ...use(), pool: [] }
    world.clock.advance(1000)
    expect((await collector.collect([signature], NOTHING)).missing).toEqual([])
    await collector.collect([signature], NOTHING)
    expect(fetched).toBe(1)
  })

  it('proves nothing about a certificate that had expired before it was collected', async () => {
    const now = world.clock.now()
    const issued = await issueTestSigner(
      world.authority(),
      { commonName: '短い', notBeforeMs: now - 1000, notAfterMs: now + 60_000 },
      'p-256',
    )
    const signature = { ...use(), certificate: parseCertificate(issued.certificate) }
    world.clock.advance(120_000)
    const { missing } = await validationCollector(sources()).collect([signature], NOTHING)
    expect(missing.map((entry) => entry.code)).toEqual(['EXPIRED_BEFORE_COLLECTION'])
  })

  it('takes what there is, and says so, when an issuer has not said anything newer for two weeks', async () => {
    const { revocation } = world.validation
    const signature = use()
    const before = world.clock.now() - 3_600_000
    const old = await makeCrl(world.authority(), 'intermediate', before)
    const closed: RevocationSource = {
      ocsp: async () => undefined,
      crl: async (certificate, issuer) =>
        certificate === signature.certificate.der ? old : revocation.crl(certificate, issuer),
    }
    const collect = () =>
      validationCollector({ ...world.validation, revocation: closed }).collect([signature], NOTHING)
    world.clock.advance(24 * 3_600_000)
    expect((await collect()).waitUntilMs).toBeGreaterThan(world.clock.now())
    world.clock.advance(20 * 24 * 3_600_000)
    const late = await collect()
    expect([late.waitUntilMs, late.missing.map((entry) => entry.code), late.material.crls.length]).toEqual([
      undefined,
      ['REVOCATION_TOO_OLD'],
      2,
    ])
  })
})
