import { beforeEach, describe, expect, it } from 'vitest'
import { revoke } from '../../../electron/core/signing/local/test-authority.ts'
import { evidenceUntil, renew } from '../../../electron/core/signing/renew.ts'
import { signPdf } from '../../../electron/core/signing/sign-pdf.ts'
import { signToLevel } from '../../../electron/core/signing/sign-to-level.ts'
import { verifyPdf } from '../../../electron/core/signing/verify/verify-pdf.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
import { joined, type SigningWorld, signingWorld, sourceOf } from '../../support/signing-world.ts'

const PDF = plainPdf(10_000)
let world: SigningWorld
beforeEach(async () => {
  world = await signingWorld('2026-11-22T01:00:00Z')
})

async function signed(level: 'lt' | 'lta'): Promise<Uint8Array> {
  const result = await signToLevel(sourceOf(PDF), {
    level,
    key: world.town,
    clock: world.clock,
    timestampAuthority: world.timestamps,
    validation: world.validation,
    sleep: world.sleep,
  })
  return joined(PDF, result.appended)
}

async function renewedIn(year: number, bytes: Uint8Array): Promise<Uint8Array> {
  world.clock.set(new Date(`${year}-06-01T00:00:00Z`))
  await world.renewTimestamping(14)
  const renewal = await renew(sourceOf(bytes), { validation: world.validation, authority: world.timestamps })
  expect([renewal.missing, renewal.waitUntilMs]).toEqual([[], undefined])
  return joined(bytes, renewal.appended)
}

async function judgedIn(year: number, bytes: Uint8Array) {
  const at = new Date(`${year}-01-15T00:00:00Z`)
  const report = await verifyPdf(sourceOf(bytes), { anchors: world.validation.anchors, at })
  return {
    verdict: report.verdict,
    level: report.signatures[0]?.level,
    trust: report.signatures[0]?.trust,
    reasons: report.signatures[0]?.reasons.map((entry) => entry.code),
  }
}

describe('thirty years of evidence', () => {
  it('signed in 2026, renewed in 2034 and 2043, is still valid in 2056', async () => {
    const good = { verdict: 'valid', level: 'B-LTA', trust: 'trusted' }
    let bytes = await signed('lta')
    expect(await judgedIn(2031, bytes)).toMatchObject(good)
    for (const [year, judged] of [
      [2034, 2042],
      [2043, 2056],
    ] as const) {
      bytes = await renewedIn(year, bytes)
      expect(await judgedIn(judged, bytes)).toMatchObject(good)
    }
  })

  it('is lost without renewal: nothing proves that the file existed in time', async () => {
    const bytes = await signed('lta')
    expect(await judgedIn(2031, bytes)).toMatchObject({ verdict: 'valid' })
    expect((await judgedIn(2056, bytes)).verdict).not.toBe('valid')
  })

  it('is lost when the renewal came after the last timestamp had lapsed', async () => {
    const archived = await signed('lta')
    world.clock.set(new Date('2043-06-01T00:00:00Z'))
    await world.renewTimestamping(14)
    const late = await renew(sourceOf(archived), {
      validation: world.validation,
      authority: world.timestamps,
    })
    expect(late.missing.map((entry) => entry.code)).toContain('EXPIRED_BEFORE_COLLECTION')
    expect((await judgedIn(2050, joined(archived, late.appended))).verdict).not.toBe('valid')
  })

  it('does not come from B-LT alone once the certificates have expired', async () => {
    const bytes = await signed('lt')
    expect(await judgedIn(2027, bytes)).toMatchObject({ verdict: 'valid', level: 'B-LT' })
    expect((await judgedIn(2046, bytes)).verdict).not.toBe('valid')
  })
})

describe('when evidence lapses', () => {
  const yearOf = (epochMs: number | undefined) => new Date(epochMs ?? 0).getUTCFullYear()

  it('is the end of the newest archive timestamp, else of the signature timestamp, else of the certificate', async () => {
    const plain = joined(
      PDF,
      (await signPdf(sourceOf(PDF), { key: world.town, clock: world.clock })).appended,
    )
    const archived = await signed('lta')
    const facts = [plain, await signed('lt'), archived, await renewedIn(2034, archived)].map((bytes) => {
      const evidence = evidenceUntil(sourceOf(bytes))
      return [evidence?.basis, yearOf(evidence?.untilMs)]
    })
    expect(facts).toEqual([
      ['certificate', 2031],
      ['signature-timestamp', 2037],
      ['archive-timestamp', 2037],
      ['archive-timestamp', 2048],
    ])
  })

  it('is nothing for a file without signatures', () => {
    expect(evidenceUntil(sourceOf(PDF))).toBeUndefined()
  })
})

describe('a renewal', () => {
  it('that may not be incomplete stops without a timestamp and says what is missing', async () => {
    const bytes = await signed('lt')
    world.clock.set(new Date('2034-06-01T00:00:00Z'))
    await world.renewTimestamping(14)
    const none = { ocsp: async () => undefined, crl: async () => undefined }
    const archived = await renew(sourceOf(bytes), {
      validation: world.validation,
      authority: world.timestamps,
    })
    const once = joined(bytes, archived.appended)
    world.clock.set(new Date('2040-06-01T00:00:00Z'))
    const sources = { ...world.validation, revocation: none }
    const strict = await renew(sourceOf(once), {
      validation: sources,
      authority: world.timestamps,
      requireComplete: true,
    })
    expect([
      strict.appended.length,
      strict.missing.every((entry) => entry.code === 'REVOCATION_UNAVAILABLE'),
      strict.missing.length > 0,
    ]).toEqual([0, true, true])
    const lenient = await renew(sourceOf(once), { validation: sources, authority: world.timestamps })
    expect([lenient.appended.length > 0, lenient.missing.length]).toEqual([true, strict.missing.length])
  })

  it('is not held up for ever by a certificate that was revoked, and says so', async () => {
    const signedUpdate = await signPdf(sourceOf(PDF), {
      key: world.witness,
      clock: world.clock,
      timestampAuthority: world.timestamps,
    })
    world.clock.advance(10_000)
    revoke(world.authority(), world.witness.certificate, { revokedAtMs: world.clock.now() - 1000, reason: 4 })
    const bytes = joined(PDF, signedUpdate.appended)
    const renewal = await renew(sourceOf(bytes), {
      validation: world.validation,
      authority: world.timestamps,
      requireComplete: true,
    })
    expect([renewal.missing.map((entry) => entry.code), renewal.appended.length > 0]).toEqual([
      ['REVOKED'],
      true,
    ])
  })
})
