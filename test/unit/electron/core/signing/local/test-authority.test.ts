import { beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { displayName } from '../../../../../../electron/core/signing/cms/names.ts'
import { chainAbove } from '../../../../../../electron/core/signing/keys/chain-order.ts'
import {
  exportTestAuthority,
  importTestAuthority,
  revoke,
  type TestAuthority,
  testSigningKey,
} from '../../../../../../electron/core/signing/local/test-authority.ts'
import { isTimestampingCertificate } from '../../../../../../electron/core/signing/timestamp/parse-timestamp-token.ts'
import { codeOf, type SigningWorld, signingWorld } from '../../../../../../test/support/signing-world.ts'

let world: SigningWorld
beforeAll(async () => {
  world = await signingWorld()
})
const MEMBERS = ['root', 'intermediate', 'town', 'witness', 'timestamping', 'ocsp'] as const
const fingerprints = (authority: TestAuthority) =>
  MEMBERS.map((name) => parseCertificate(authority[name].certificate).fingerprint)

describe('the embedded test authority', () => {
  it('says テスト用 in every name', () => {
    const subjects = MEMBERS.map((name) => parseCertificate(world.authority()[name].certificate).subject)
    expect(subjects.every((subject) => displayName(subject).includes('テスト用'))).toBe(true)
    expect(
      subjects.every((subject) =>
        subject.attributes.some((part) => part.value === '電子契約デスク テスト用'),
      ),
    ).toBe(true)
  })

  it('has chains that hold, and a TSA certificate for timestamps alone that lasts about eleven years', () => {
    const authority = world.authority()
    const pool = [authority.root, authority.intermediate].map((issued) =>
      parseCertificate(issued.certificate),
    )
    for (const name of ['town', 'witness', 'timestamping', 'ocsp'] as const)
      expect(chainAbove(parseCertificate(authority[name].certificate), pool)).toHaveLength(2)
    const tsa = parseCertificate(authority.timestamping.certificate)
    expect(isTimestampingCertificate(tsa)).toBe(true)
    expect(Math.round((tsa.notAfterMs - tsa.notBeforeMs) / (365.25 * 24 * 3600_000))).toBe(11)
  })

  it('comes back from its bytes with keys, revocations and address', async () => {
    const authority = world.authority()
    const spare = parseCertificate(authority.witness.certificate)
    revoke(authority, authority.witness.certificate, { revokedAtMs: 1000, reason: 4 })
    const back = importTestAuthority(exportTestAuthority(authority))
    expect([fingerprints(back), back.baseUrl, back.revoked.get(spare.serial)]).toEqual([
      fingerprints(authority),
      authority.baseUrl,
      { revokedAtMs: 1000, reason: 4 },
    ])
    expect((await testSigningKey(back, back.town).sign(new Uint8Array(3))).length).toBe(256)
  })

  it('refuses bytes that are not its own', async () => {
    const text = Buffer.from(exportTestAuthority(world.authority())).toString()
    for (const bad of [
      '',
      '{}',
      'null',
      '[]',
      text.slice(0, 500),
      text.replace('"version":1', '"version":2'),
      text.replace('"town"', '"city"'),
    ])
      expect(await codeOf(() => importTestAuthority(Buffer.from(bad)))).toBe('KEY_FILE_UNREADABLE')
  })

  it('gives the town and the witness different keys: 当事者型 and 立会人型 never share one', () => {
    const { town, witness } = world.authority()
    expect(parseCertificate(town.certificate).publicKeyBits).not.toEqual(
      parseCertificate(witness.certificate).publicKeyBits,
    )
  })
})
