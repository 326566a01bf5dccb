import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { makeCrl } from '../../../../../../electron/core/signing/local/answer-revocation.ts'
import { localRevocationSource } from '../../../../../../electron/core/signing/local/local-services.ts'
import { createTestAuthority, revoke } from '../../../../../../electron/core/signing/local/test-authority.ts'
import type { VerifyOptions } from '../../../../../../electron/core/signing/verify/options.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import { type SampleMaker, sampleMaker } from '../../../../../support/verify/signed-samples.ts'

let maker: SampleMaker

beforeAll(async () => {
  maker = await sampleMaker()
})

async function verify(pdf: Uint8Array, at: string, more: Partial<VerifyOptions> = {}) {
  const options = { anchors: maker.anchors, at: new Date(at), ...more }
  const report = await verifyPdf(memorySource(pdf), options)
  const [first] = report.signatures
  return { verdict: report.verdict, report, first, codes: first?.reasons.map((one) => one.code) ?? [] }
}

describe('verification over the years', () => {
  it('says of every level what it reaches, honestly', async () => {
    const levels = await Promise.all(
      (['b', 't', 'lt', 'lta'] as const).map(async (level) => {
        const { first } = await verify(await maker.sign(maker.plain(), { level }), '2026-12-01')
        return first?.level
      }),
    )
    expect(levels).toEqual(['B-B', 'B-T', 'B-LT', 'B-LTA'])
  })

  it('tells the level also when nobody is trusted, and names no place for what cannot be seen', async () => {
    const pdf = await maker.sign(maker.plain(), { level: 'lta' })
    const { first, verdict } = await verify(pdf, '2026-12-01', { anchors: [] })
    expect({ verdict, level: first?.level }).toEqual({ verdict: 'unknown-signer', level: 'B-LTA' })
    expect(first?.changesAfter.items.map((item) => [item.code, item.page, item.rectangle])).toEqual([
      ['VALIDATION_DATA_ADDED', null, undefined],
      ['DOCUMENT_TIMESTAMP_ADDED', null, undefined],
    ])
  })

  it('judges a signature without timestamp at the time of asking', async () => {
    const pdf = await maker.sign(maker.plain(), { level: 'b' })
    expect((await verify(pdf, '2027-01-01')).verdict).toBe('valid')
    expect(await verify(pdf, '2033-01-01')).toMatchObject({
      verdict: 'unknown-signer',
      first: { trust: 'expired' },
    })
    expect(await verify(pdf, '2025-01-01')).toMatchObject({
      verdict: 'unknown-signer',
      first: { trust: 'not-yet-valid' },
    })
  })

  it('keeps B-LT valid after the signer’s certificate ran out, until the time-stamping certificate does', async () => {
    const pdf = await maker.sign(maker.plain(), { level: 'lt' })
    expect(await verify(pdf, '2033-01-01')).toMatchObject({ verdict: 'valid', first: { trust: 'trusted' } })
    const late = await verify(pdf, '2046-01-01')
    expect(late).toMatchObject({
      verdict: 'unknown-signer',
      first: { trust: 'expired', evidenceUntil: null },
    })
    expect(late.codes).toContain('NO_PROOF_OF_EXISTENCE')
  })

  it('passes B-LTA renewed in time in 2046 and 2056, and names the end of its evidence', async () => {
    const own = await sampleMaker()
    let pdf = await own.sign(own.plain(), { level: 'lta' })
    for (const year of ['2035', '2044', '2053']) {
      own.clock.set(new Date(`${year}-06-01`))
      await own.newTimestamping()
      pdf = await own.renew(pdf)
      const nextYear = `${Number(year) + 3}-01-01`
      const judged = await verify(pdf, nextYear, { anchors: own.anchors })
      expect(judged).toMatchObject({
        verdict: 'valid',
        first: { level: 'B-LTA', trust: 'trusted', revocation: 'good' },
      })
      expect(judged.first?.evidenceUntil?.slice(0, 4)).toBe(String(Number(year) + 11))
    }
    expect((await verify(pdf, '2070-01-01', { anchors: own.anchors })).verdict).toBe('unknown-signer')
  })

  it('does not accept a renewal that came too late', async () => {
    const own = await sampleMaker()
    const pdf = await own.sign(own.plain(), { level: 'lta' })
    own.clock.set(new Date('2040-06-01')) // the first time-stamping certificate ended in 2037
    await own.newTimestamping()
    const judged = await verify(await own.stamp(pdf), '2041-01-01', { anchors: own.anchors })
    expect(judged.verdict).toBe('unknown-signer')
  })

  it('does not believe a timestamp from the future of the time of asking', async () => {
    const pdf = await maker.sign(maker.plain(), { level: 't' })
    const judged = await verify(pdf, '2026-11-21T20:00:00Z', {})
    expect(judged.codes).toContain('TIMESTAMP_IN_FUTURE')
    expect(judged.first?.timestamp?.trusted).toBe(false)
  })
})

describe('revocation and time', () => {
  it('keeps a signature that is proven older than the revocation, and refuses one that is not', async () => {
    const own = await sampleMaker()
    const proven = await own.sign(own.plain(), { level: 'lt' })
    const unproven = await own.sign(own.plain(), { level: 'b' })
    const authority = own.authority()
    revoke(authority, authority.town.certificate, { revokedAtMs: Date.parse('2027-01-01'), reason: 1 })
    const crls = [await makeCrl(authority, 'intermediate', Date.parse('2027-02-01'))]
    const more = { anchors: own.anchors, crls }
    const later = await verify(proven, '2027-03-01', more)
    expect(later).toMatchObject({ verdict: 'valid', first: { trust: 'trusted', revocation: 'good' } })
    expect(await verify(unproven, '2027-03-01', more)).toMatchObject({
      verdict: 'unknown-signer',
      first: { trust: 'revoked', revocation: 'revoked' },
    })
  })

  it('believes no timestamp of a revoked authority', async () => {
    const own = await sampleMaker()
    const pdf = await own.sign(own.plain(), { level: 't' })
    const authority = own.authority()
    revoke(authority, authority.timestamping.certificate, {
      revokedAtMs: Date.parse('2027-01-01'),
      reason: 1,
    })
    const crls = [await makeCrl(authority, 'intermediate', Date.parse('2027-02-01'))]
    const judged = await verify(pdf, '2027-03-01', { anchors: own.anchors, crls })
    expect(judged.first?.timestamp?.trusted).toBe(false)
    expect(judged.codes).toContain('TIMESTAMP_UNTRUSTED')
  })

  it('asks a server only when it is told to, and survives one that never answers', async () => {
    const pdf = await maker.sign(maker.plain(), { level: 'b' })
    const revocation = localRevocationSource(maker.authority(), maker.clock)
    const online = await verify(pdf, new Date(maker.clock.now()).toISOString(), { revocation })
    expect(online.first?.revocation).toBe('good')
    const silent = {
      ocsp: () => new Promise<never>(() => undefined),
      crl: () => new Promise<never>(() => undefined),
    }
    const judged = await verify(pdf, '2026-12-01', { revocation: silent, timeLimitMs: 2_200 })
    expect(judged.first?.revocation).toBe('unknown')
    const failing = {
      ocsp: () => Promise.reject(new Error('down')),
      crl: () => Promise.reject(new Error('down')),
    }
    expect((await verify(pdf, '2026-12-01', { revocation: failing })).verdict).toBe('valid')
  })
})

describe('trust of time-stamping authorities', () => {
  it('does not let an unknown authority prove a time', async () => {
    const other = await createTestAuthority({ nowMs: maker.clock.now(), baseUrl: 'http://127.0.0.1:9' })
    const pdf = await maker.sign(maker.plain(), { level: 't' })
    const judged = await verify(pdf, '2026-12-01', { anchors: [maker.authority().town.certificate] })
    expect(judged.first).toMatchObject({ trust: 'trusted', timestamp: { trusted: false } })
    const strangers = await verify(pdf, '2026-12-01', { anchors: [other.root.certificate] })
    expect(strangers).toMatchObject({ verdict: 'unknown-signer', first: { trust: 'unknown' } })
  })

  it('shows whether the service is accredited when it is told which are', async () => {
    const pdf = await maker.sign(maker.plain(), { level: 't' })
    const accredited = Buffer.from(maker.authority().timestamping.certificate)
    const isAccreditedTsa = (certificate: Uint8Array) => accredited.equals(certificate)
    expect((await verify(pdf, '2026-12-01', { isAccreditedTsa })).first?.timestamp?.accredited).toBe(true)
    expect((await verify(pdf, '2026-12-01')).first?.timestamp).not.toHaveProperty('accredited')
  })
})

describe('limits', () => {
  it('ends with a verdict when the time is up or the caller gives up', async () => {
    const pdf = await maker.sign(maker.plain(), { level: 'lta' })
    expect(await verify(pdf, '2026-12-01', { timeLimitMs: 0 })).toMatchObject({
      verdict: 'unreadable',
      report: { problems: [{ code: 'TIME_LIMIT' }] },
    })
    const signal = AbortSignal.abort()
    expect(await verify(pdf, '2026-12-01', { signal })).toMatchObject({
      verdict: 'unreadable',
      report: { problems: [{ code: 'CANCELLED' }] },
    })
  })
})
