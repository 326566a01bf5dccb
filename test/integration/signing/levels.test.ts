import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addValidationData } from '../../../electron/core/signing/add-validation-data.ts'
import {
  localRevocationSource,
  localTimestampAuthority,
} from '../../../electron/core/signing/local/local-services.ts'
import {
  issueTestSigner,
  revoke,
  testSigningKey,
} from '../../../electron/core/signing/local/test-authority.ts'
import { readDss } from '../../../electron/core/signing/pdf/dss.ts'
import { prepareSignature } from '../../../electron/core/signing/pdf/prepare-signature.ts'
import { parsePrepared, serialisePrepared } from '../../../electron/core/signing/pdf/prepared-signature.ts'
import { openPdf } from '../../../electron/core/signing/pdf/reader.ts'
import { readSignatures } from '../../../electron/core/signing/read-signatures.ts'
import { signFile } from '../../../electron/core/signing/sign-file.ts'
import { signPdf } from '../../../electron/core/signing/sign-pdf.ts'
import { completeRemoteSignature, remoteSigningInput } from '../../../electron/core/signing/sign-prepared.ts'
import { type SignatureLevel, signToLevel } from '../../../electron/core/signing/sign-to-level.ts'
import { verifyPdf } from '../../../electron/core/signing/verify/verify-pdf.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
import { codeOf, joined, type SigningWorld, signingWorld, sourceOf } from '../../support/signing-world.ts'

let world: SigningWorld
let folder: string
const PDF = plainPdf(20_000)

beforeAll(async () => {
  world = await signingWorld()
  folder = mkdtempSync(join(tmpdir(), 'levels-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const verdictOf = (bytes: Uint8Array) =>
  verifyPdf(sourceOf(bytes), { anchors: world.validation.anchors, at: new Date(world.clock.now()) })
const request = (level: SignatureLevel) => ({
  level,
  key: world.town,
  clock: world.clock,
  timestampAuthority: world.timestamps,
  validation: world.validation,
  sleep: world.sleep,
})

describe('signing to a level', () => {
  it.each([
    ['b', 'B-B'],
    ['t', 'B-T'],
    ['lt', 'B-LT'],
    ['lta', 'B-LTA'],
  ] as const)('%s gives %s, which our verifier and the file confirm', async (level, expected) => {
    const signed = await signToLevel(sourceOf(PDF), request(level))
    const report = await verdictOf(joined(PDF, signed.appended))
    expect([signed.level, signed.missing, report.verdict, report.signatures[0]?.level]).toEqual([
      expected,
      [],
      'valid',
      expected,
    ])
  })

  it('keeps both signatures and every earlier byte when the contractor signs after the town', async () => {
    const first = joined(PDF, (await signToLevel(sourceOf(PDF), request('lta'))).appended)
    const second = await signToLevel(sourceOf(first), { ...request('lta'), key: world.witness })
    const both = joined(first, second.appended)
    const report = await verdictOf(both)
    expect(report.signatures.map((entry) => [entry.kind, entry.level, entry.integrity])).toEqual([
      ['signature', 'B-LTA', 'intact'],
      ['document-timestamp', 'none', 'intact'],
      ['signature', 'B-LTA', 'intact'],
      ['document-timestamp', 'none', 'intact'],
    ])
    expect(Buffer.from(both).subarray(0, first.length).equals(Buffer.from(first))).toBe(true)
  })

  it('names the file disk to disk, leaving nothing behind when the authority fails', async () => {
    const input = join(folder, 'in.pdf')
    writeFileSync(input, PDF)
    const failing = {
      ...request('t'),
      timestampAuthority: localTimestampAuthority(world.authority, world.clock, 'refuse'),
    }
    expect(await codeOf(() => signFile(input, join(folder, 'out.pdf'), failing))).toBe('TSA_REFUSED')
    expect(readdirSync(folder)).toEqual(['in.pdf'])
    await signFile(input, join(folder, 'out.pdf'), request('lta'))
    const output = readFileSync(join(folder, 'out.pdf'))
    expect((await verdictOf(output)).verdict).toBe('valid')
    expect(output.subarray(0, PDF.length).equals(PDF)).toBe(true)
    await expect(signFile(input, input, request('b'))).rejects.toThrow('differ')
  })

  it('refuses what needs an authority when there is none', async () => {
    const { timestampAuthority: _, ...without } = request('t')
    expect(await codeOf(() => signToLevel(sourceOf(PDF), without))).toBe('TSA_UNREACHABLE')
  })
})

describe('signing never passes a failure off as success', () => {
  it.each(['refuse', 'wrong-nonce', 'wrong-imprint', 'bad-signature', 'no-token'] as const)(
    'a TSA that shows %s gives no signature at all',
    async (fault) => {
      const timestampAuthority = localTimestampAuthority(world.authority, world.clock, fault)
      expect(
        await codeOf(() =>
          signPdf(sourceOf(PDF), { key: world.town, clock: world.clock, timestampAuthority }),
        ),
      ).toMatch(/^TSA_/)
    },
  )

  it('an expired, future or unfit certificate is refused before anything is made', async () => {
    const now = world.clock.now()
    const keyWith = (spec: object) => world.newKey('p-256', {}, spec)
    const keys = [
      await keyWith({ notBeforeMs: now - 2e9, notAfterMs: now - 1 }),
      await keyWith({ notBeforeMs: now + 1e6 }),
      await keyWith({ keyUsage: [2] }),
      await keyWith({ weakSignature: true }),
    ]
    const codes = await Promise.all(
      keys.map((key) => codeOf(() => signPdf(sourceOf(PDF), { key, clock: world.clock }))),
    )
    expect(codes).toEqual([
      'CERTIFICATE_EXPIRED',
      'CERTIFICATE_NOT_YET_VALID',
      'CERTIFICATE_NOT_FOR_SIGNING',
      'KEY_ALGORITHM_REFUSED',
    ])
  })

  it('a key that does not fit its certificate is found out before the file is made', async () => {
    const key = { ...world.town, certificate: world.witness.certificate }
    expect(await codeOf(() => signPdf(sourceOf(PDF), { key, clock: world.clock }))).toBe(
      'KEY_CERTIFICATE_MISMATCH',
    )
  })

  it('missing revocation data stops B-LT and says whose', async () => {
    const none = { ocsp: async () => undefined, crl: async () => undefined }
    const error: unknown = await signToLevel(sourceOf(PDF), {
      ...request('lt'),
      validation: { ...world.validation, revocation: none },
    }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'REVOCATION_UNAVAILABLE',
      data: { firstSubject: 'テスト用 扶桑町 契約権限者' },
    })
  })

  it('a responder that only has old data makes the job wait, not lie', async () => {
    const frozen = world.clock.now()
    const old = localRevocationSource(world.authority, { now: () => (frozen - 3600_000) as typeof frozen })
    const signed = await signPdf(sourceOf(PDF), {
      key: world.town,
      clock: world.clock,
      timestampAuthority: world.timestamps,
    })
    world.clock.advance(5000)
    const bytes = joined(PDF, signed.appended)
    const update = await addValidationData(sourceOf(bytes), { ...world.validation, revocation: old })
    expect([update.appended.length, update.missing[0]?.code]).toEqual([0, 'REVOCATION_TOO_OLD'])
    expect(update.waitUntilMs).toBeGreaterThan(world.clock.now())
  })
})

describe('/Contents', () => {
  it('is made larger when the chain does not fit, and the signature made again', async () => {
    const chain = await Promise.all(
      Array.from({ length: 30 }, async () => (await world.newKey('p-256')).certificate),
    )
    const key = { ...world.town, chain: [...world.town.chain, ...chain] }
    const signed = await signPdf(sourceOf(PDF), { key, clock: world.clock, options: { reservedBytes: 2000 } })
    const [signature] = readSignatures(openPdf(sourceOf(joined(PDF, signed.appended))))
    expect(signature?.signedData?.certificates).toHaveLength(32)
    expect((await verdictOf(joined(PDF, signed.appended))).verdict).toBe('valid')
  })

  it('has room for 40 certificates and a timestamp at the first try', async () => {
    let stamps = 0
    const counting = {
      ...world.timestamps,
      stamp: (...args: Parameters<typeof world.timestamps.stamp>) => {
        stamps++
        return world.timestamps.stamp(...args)
      },
    }
    const chain = await Promise.all(
      Array.from({ length: 40 }, async () => (await world.newKey('p-256')).certificate),
    )
    await signPdf(sourceOf(PDF), {
      key: { ...world.town, chain },
      clock: world.clock,
      timestampAuthority: counting,
    })
    expect(stamps).toBe(1)
  })
})

describe('a key elsewhere', () => {
  it('signs days later what was prepared, stored and reloaded', async () => {
    const prepared = await prepareSignature(sourceOf(PDF), { signedAt: new Date(world.clock.now()) })
    const { certificate, chain, algorithm } = world.town
    const attributes = remoteSigningInput(prepared, { certificate, algorithm })
    const stored = serialisePrepared(prepared)
    const signature = await world.town.sign(attributes)
    const filled = await completeRemoteSignature(
      parsePrepared(stored),
      { certificate, chain, algorithm },
      { attributes, signature },
      world.timestamps,
    )
    const report = await verdictOf(joined(PDF, filled.appended))
    expect([filled.level, report.verdict]).toEqual(['B-T', 'valid'])
  })

  it('is refused when its answer is over something else', async () => {
    const prepared = await prepareSignature(sourceOf(PDF), { signedAt: new Date(world.clock.now()) })
    const attributes = remoteSigningInput(prepared, world.town)
    const signature = await world.town.sign(createHash('sha256').update('other').digest())
    expect(await codeOf(() => completeRemoteSignature(prepared, world.town, { attributes, signature }))).toBe(
      'KEY_CERTIFICATE_MISMATCH',
    )
  })
})

describe('validation data', () => {
  it('is gathered for every signature and timestamp of the file, each certificate once', async () => {
    let bytes: Uint8Array = PDF
    for (const key of [world.town, world.witness, world.town]) {
      const signed = await signPdf(sourceOf(bytes), {
        key,
        clock: world.clock,
        timestampAuthority: world.timestamps,
      })
      bytes = joined(bytes, signed.appended)
      world.clock.advance(3_600_000)
    }
    const update = await addValidationData(sourceOf(bytes), world.validation)
    const store = readDss(openPdf(sourceOf(joined(bytes, update.appended))))
    // Signers, TSA, intermediate, responder; one OCSP answer each for two signers and the TSA; one CRL of the root.
    expect([store.certificates.length, store.ocsps.length, store.crls.length, update.missing]).toEqual([
      5,
      3,
      1,
      [],
    ])
    const again = await addValidationData(sourceOf(joined(bytes, update.appended)), world.validation)
    expect(again.appended.length).toBe(0)
  })

  it('says that a signer is revoked', async () => {
    const now = world.clock.now()
    const issued = await issueTestSigner(world.authority(), {
      commonName: '失効する人',
      notBeforeMs: now - 1000,
      notAfterMs: now + 1e10,
    })
    const key = testSigningKey(world.authority(), issued)
    const signed = await signPdf(sourceOf(PDF), {
      key,
      clock: world.clock,
      timestampAuthority: world.timestamps,
    })
    world.clock.advance(10_000)
    revoke(world.authority(), issued.certificate, { revokedAtMs: world.clock.now() - 5000, reason: 1 })
    const { missing } = await addValidationData(sourceOf(joined(PDF, signed.appended)), world.validation)
    expect(missing.map((entry) => [entry.subject, entry.code])).toEqual([['失効する人', 'REVOKED']])
  })
})
