import { describe, expect, it } from 'vitest'
import { oid, sequence } from '../../../../../../../electron/core/signing/cms/der-writer.ts'
import { createBudget } from '../../../../../../../electron/core/signing/verify/budget.ts'
import {
  addCrl,
  createStore,
} from '../../../../../../../electron/core/signing/verify/evidence/evidence-store.ts'
import { judgeCertificate } from '../../../../../../../electron/core/signing/verify/evidence/judge-certificate.ts'
import { createPool } from '../../../../../../../electron/core/signing/verify/trust/path-building.ts'
import type { KeyPurpose } from '../../../../../../../electron/core/signing/verify/trust/path-rules.ts'
import {
  alternativeNames,
  basicConstraints,
  CA,
  directoryName,
  dnsName,
  type Extension,
  type Issued,
  inhibitAnyPolicy,
  issue,
  keyOf,
  keyUsage,
  mailName,
  makeCrl,
  nameConstraints,
  policies,
  policyConstraints,
  policyMappings,
} from '../../../../../../support/verify/make-chain.ts'

const AT = Date.parse('2026-06-01')
const P1 = '1.2.3.1'
const P2 = '1.2.3.2'
const ANY = '2.5.29.32.0'

type Given = {
  readonly anchors: readonly Issued[]
  readonly others?: readonly Issued[]
  readonly crls?: readonly Uint8Array[]
  readonly purpose?: KeyPurpose
  readonly at?: string
  readonly now?: string
}

async function judge(leaf: Issued, given: Given) {
  const der = (list: readonly Issued[]) => list.map((one) => one.certificate.der)
  const store = createStore(createPool(der(given.anchors), der([leaf, ...(given.others ?? [])])))
  for (const crl of given.crls ?? []) addCrl(store, crl, 'outside')
  const nowMs = given.now === undefined ? AT : Date.parse(given.now)
  const verdict = await judgeCertificate(
    {
      store,
      nowMs,
      budget: createBudget(10_000),
      existedBy: () => nowMs,
      online: undefined,
      asked: new Set(),
    },
    leaf.certificate,
    given.purpose ?? 'signature',
    given.at === undefined ? AT : Date.parse(given.at),
  )
  return { trust: verdict.trust, revocation: verdict.revocation, reason: verdict.reasons[0] }
}

const root = issue({ name: 'Root', extensions: CA })
const ca = issue({ name: 'CA', extensions: CA }, root)
const signing = [keyUsage(0, 1)]

/** A chain root → CA (with these extensions) → signer (with those). */
function chain(
  caExtensions: readonly Extension[],
  leafExtensions: readonly Extension[] = signing,
  organization = 'Town',
) {
  const issuer = issue({ name: 'CA x', organization, extensions: caExtensions }, root)
  const leaf = issue({ name: 'Signer', organization, extensions: leafExtensions }, issuer)
  return { leaf, given: { anchors: [root], others: [issuer] } }
}

const trusted = { trust: 'trusted', revocation: 'unknown', reason: 'REVOCATION_UNKNOWN' }
const unusable = (reason: string) => ({ trust: 'unusable', revocation: 'unknown', reason })

describe('a certification path', () => {
  const leaf = issue({ name: 'Signer', extensions: signing }, ca)

  it('is trusted up to a configured anchor', async () => {
    expect(await judge(leaf, { anchors: [root], others: [ca] })).toEqual(trusted)
  })

  it('is unknown without anchors, without the issuer, and with another anchor of the same name', async () => {
    expect((await judge(leaf, { anchors: [], others: [ca, root] })).reason).toBe('NO_TRUST_ANCHORS')
    expect((await judge(leaf, { anchors: [root] })).trust).toBe('unknown')
    const impostor = issue({ name: 'Root', extensions: CA, key: keyOf('other root') })
    expect((await judge(leaf, { anchors: [impostor], others: [ca, root] })).trust).toBe('unknown')
  })

  it('is expired or not yet valid outside the span of any of its certificates', async () => {
    const short = issue({ name: 'Short CA', extensions: CA, from: '2025-01-01', to: '2026-01-01' }, root)
    const below = issue({ name: 'Signer', extensions: signing }, short)
    expect((await judge(below, { anchors: [root], others: [short] })).trust).toBe('expired')
    const early = { anchors: [root], others: [short], at: '2024-01-01' }
    expect((await judge(below, early)).trust).toBe('not-yet-valid')
    expect((await judge(below, { anchors: [root], others: [short], at: '2025-06-01' })).trust).toBe('trusted')
  })

  it('refuses an issuer that is no CA or may not sign certificates', async () => {
    expect(await judge(...spread(chain([keyUsage(5, 6)])))).toEqual(unusable('ISSUER_NOT_A_CA'))
    expect(await judge(...spread(chain([basicConstraints(), keyUsage(6)])))).toEqual(
      unusable('ISSUER_NOT_A_CA'),
    )
    const old = issue({ name: 'V1 CA', version: 1 }, root)
    const below = issue({ name: 'Signer', extensions: signing }, old)
    expect(await judge(below, { anchors: [root], others: [old] })).toEqual(unusable('ISSUER_NOT_A_CA'))
  })

  it('counts path lengths without self-issued certificates', async () => {
    const limited = issue({ name: 'Limited', extensions: [basicConstraints(0), keyUsage(5, 6)] }, root)
    const direct = issue({ name: 'Signer', extensions: signing }, limited)
    expect((await judge(direct, { anchors: [root], others: [limited] })).trust).toBe('trusted')
    const deeper = issue({ name: 'Deeper', extensions: CA }, limited)
    const far = issue({ name: 'Signer', extensions: signing }, deeper)
    expect(await judge(far, { anchors: [root], others: [limited, deeper] })).toEqual(
      unusable('PATH_TOO_LONG'),
    )
    const rolled = issue({ name: 'Limited', extensions: CA, key: keyOf('Limited 2') }, limited)
    const belowRolled = issue({ name: 'Signer', extensions: signing }, rolled)
    expect((await judge(belowRolled, { anchors: [root], others: [limited, rolled] })).trust).toBe('trusted')
  })

  it('refuses keys that are not for signing documents', async () => {
    expect(await judge(...spread(chain(CA, [keyUsage(2)])))).toEqual(unusable('CERTIFICATE_NOT_FOR_SIGNING'))
    const server: Extension = { oid: '2.5.29.37', value: sequence(oid('1.3.6.1.5.5.7.3.1')) }
    expect(await judge(...spread(chain(CA, [server])))).toEqual(unusable('CERTIFICATE_NOT_FOR_SIGNING'))
    const mail: Extension = { oid: '2.5.29.37', value: sequence(oid('1.3.6.1.5.5.7.3.4')) }
    expect((await judge(...spread(chain(CA, [mail])))).trust).toBe('trusted')
  })

  it('asks of a time-stamping certificate exactly one critical purpose', async () => {
    const stamping = (critical: boolean, ...more: readonly string[]): Extension => ({
      oid: '2.5.29.37',
      critical,
      value: sequence(oid('1.3.6.1.5.5.7.3.8'), ...more.map(oid)),
    })
    const judged = async (extension: Extension) => {
      const { leaf: tsa, given } = chain(CA, [extension])
      return (await judge(tsa, { ...given, purpose: 'timestamp' })).trust
    }
    expect(await judged(stamping(true))).toBe('trusted')
    expect(await judged(stamping(false))).toBe('unusable')
    expect(await judged(stamping(true, '1.3.6.1.5.5.7.3.4'))).toBe('unusable')
  })

  it('refuses critical extensions it does not understand, anywhere in the path', async () => {
    const strange: Extension = { oid: '1.2.3.4.5', critical: true, value: sequence() }
    expect(await judge(...spread(chain([...CA, strange])))).toEqual(unusable('CRITICAL_EXTENSION_UNKNOWN'))
    expect(await judge(...spread(chain(CA, [...signing, strange])))).toEqual(
      unusable('CRITICAL_EXTENSION_UNKNOWN'),
    )
    expect((await judge(...spread(chain(CA, [...signing, { ...strange, critical: false }])))).trust).toBe(
      'trusted',
    )
  })

  it('holds names to the constraints of the CAs above', async () => {
    const town = nameConstraints([directoryName('Town')])
    expect((await judge(...spread(chain([...CA, town])))).trust).toBe('trusted')
    expect(await judge(...spread(chain([...CA, nameConstraints([directoryName('City')])])))).toEqual(
      unusable('NAME_CONSTRAINT_VIOLATED'),
    )
    expect(await judge(...spread(chain([...CA, nameConstraints([], [directoryName('Town')])])))).toEqual(
      unusable('NAME_CONSTRAINT_VIOLATED'),
    )
    const mail = nameConstraints([mailName('town.example.jp')])
    const inside = [...signing, alternativeNames(mailName('mayor@town.example.jp'))]
    const outside = [...signing, alternativeNames(mailName('mayor@city.example.jp'))]
    expect((await judge(...spread(chain([...CA, mail], inside)))).trust).toBe('trusted')
    expect(await judge(...spread(chain([...CA, mail], outside)))).toEqual(
      unusable('NAME_CONSTRAINT_VIOLATED'),
    )
    const dns = nameConstraints([], [dnsName('evil.example')])
    const evil = [...signing, alternativeNames(dnsName('www.evil.example'))]
    expect(await judge(...spread(chain([...CA, dns], evil)))).toEqual(unusable('NAME_CONSTRAINT_VIOLATED'))
  })

  it('processes policies: explicit policy, mapping, inhibited anyPolicy', async () => {
    const demand = policyConstraints(0)
    expect(
      (await judge(...spread(chain([...CA, policies(P1), demand], [...signing, policies(P1)])))).trust,
    ).toBe('trusted')
    expect(await judge(...spread(chain([...CA, policies(P1), demand], [...signing, policies(P2)])))).toEqual(
      unusable('POLICY_VIOLATED'),
    )
    expect(await judge(...spread(chain([...CA, policies(P1), demand], signing)))).toEqual(
      unusable('POLICY_VIOLATED'),
    )
    expect((await judge(...spread(chain([...CA, policies(P1)], [...signing, policies(P2)])))).trust).toBe(
      'trusted',
    )
    const mapped = [...CA, policies(P1), demand, policyMappings([P1, P2])]
    expect((await judge(...spread(chain(mapped, [...signing, policies(P2)])))).trust).toBe('trusted')
    expect(await judge(...spread(chain(mapped, [...signing, policies(P1)])))).toEqual(
      unusable('POLICY_VIOLATED'),
    )
    const any = [...CA, policies(ANY), demand]
    expect((await judge(...spread(chain(any, [...signing, policies(P2)])))).trust).toBe('trusted')
    const inhibited = [...CA, policies(P1), demand, inhibitAnyPolicy(0)]
    expect(await judge(...spread(chain(inhibited, [...signing, policies(ANY)])))).toEqual(
      unusable('POLICY_VIOLATED'),
    )
  })

  it('takes another path when the first one fails', async () => {
    const expired = issue(
      { name: 'Twin CA', extensions: CA, from: '2020-01-01', to: '2021-01-01', key: keyOf('twin') },
      root,
    )
    const current = issue({ name: 'Twin CA', extensions: CA, key: keyOf('twin') }, root)
    const below = issue({ name: 'Signer', extensions: signing }, current)
    expect((await judge(below, { anchors: [root], others: [expired, current] })).trust).toBe('trusted')
  })

  it('ends in a web of cross-certificates without running away', async () => {
    const names = Array.from({ length: 8 }, (_, index) => issue({ name: `Mesh ${index}`, extensions: CA }))
    const cross = names.flatMap((subject) =>
      names.map((issuer) =>
        issue({ name: subject.certificate.subject.attributes[0]?.value ?? '', extensions: CA }, issuer),
      ),
    )
    const below = issue({ name: 'Signer', extensions: signing }, names[0])
    const started = performance.now()
    expect((await judge(below, { anchors: [root], others: cross })).trust).toBe('unknown')
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('refuses a certificate whose signature was made by another key of the same name', async () => {
    const wrong = { certificate: ca.certificate, key: keyOf('impostor') }
    const forged = issue({ name: 'Signer', extensions: signing }, wrong)
    expect((await judge(forged, { anchors: [root], others: [ca] })).trust).toBe('unknown')
  })
})

function spread({ leaf, given }: ReturnType<typeof chain>): [Issued, Given] {
  return [leaf, given]
}

describe('revocation by CRL', () => {
  const leaf = issue({ name: 'Signer', extensions: signing }, ca)
  const rootCrl = makeCrl(root)
  const given = (crl: Uint8Array, more: Partial<Given> = {}): Given => ({
    anchors: [root],
    others: [ca],
    crls: [rootCrl, crl],
    ...more,
  })

  it('is good when current lists of every issuer are silent', async () => {
    expect(await judge(leaf, given(makeCrl(ca)))).toMatchObject({ trust: 'trusted', revocation: 'good' })
  })

  it('is revoked from the revocation date on, and good before', async () => {
    const crl = makeCrl(ca, { revoked: [{ certificate: leaf.certificate, at: '2026-03-01' }] })
    expect(await judge(leaf, given(crl))).toMatchObject({ trust: 'revoked', revocation: 'revoked' })
    expect(await judge(leaf, given(crl, { at: '2026-02-01' }))).toMatchObject({
      trust: 'trusted',
      revocation: 'good',
    })
  })

  it('goes back to the invalidity date of a lost key', async () => {
    const revoked = [{ certificate: leaf.certificate, at: '2026-03-01', reason: 1, invalidity: '2026-01-15' }]
    const crl = makeCrl(ca, { revoked })
    expect((await judge(leaf, given(crl, { at: '2026-02-01' }))).trust).toBe('revoked')
    expect((await judge(leaf, given(crl, { at: '2026-01-10' }))).trust).toBe('trusted')
  })

  it('is revoked when a CA of the path is', async () => {
    const crl = makeCrl(root, { revoked: [{ certificate: ca.certificate, at: '2026-03-01' }] })
    expect((await judge(leaf, { anchors: [root], others: [ca], crls: [crl] })).trust).toBe('revoked')
  })

  it('does not take stale, future, foreign or out-of-scope lists for good', async () => {
    const stale = makeCrl(ca, { from: '2024-01-01', to: '2025-01-01' })
    expect(await judge(leaf, given(stale))).toMatchObject({
      revocation: 'unknown',
      reason: 'REVOCATION_DATA_STALE',
    })
    const future = makeCrl(ca, { from: '2030-01-01', to: '2031-01-01' })
    expect((await judge(leaf, given(future))).revocation).toBe('unknown')
    const forged = makeCrl({ certificate: ca.certificate, key: keyOf('impostor') })
    expect((await judge(leaf, given(forged))).revocation).toBe('unknown')
    const scope = (tag: number): Extension => ({
      oid: '2.5.29.28',
      critical: true,
      value: sequence(Uint8Array.of(tag, 1, 0xff)),
    })
    expect((await judge(leaf, given(makeCrl(ca, { extensions: [scope(0x82)] })))).revocation).toBe('unknown')
    expect((await judge(leaf, given(makeCrl(ca, { extensions: [scope(0x84)] })))).revocation).toBe('unknown')
    expect((await judge(leaf, given(makeCrl(ca, { extensions: [scope(0x81)] })))).revocation).toBe('good')
    const strange: Extension = { oid: '1.2.3.4.5', critical: true, value: sequence() }
    expect((await judge(leaf, given(makeCrl(ca, { extensions: [strange] })))).revocation).toBe('unknown')
  })

  it('does not use a list made after the certificate ran out', async () => {
    const brief = issue({ name: 'Signer', extensions: signing, to: '2026-01-15' }, ca)
    const late = makeCrl(ca, { from: '2026-02-01', to: '2027-01-01' })
    const early = makeCrl(ca, { from: '2026-01-05', to: '2026-02-05' })
    expect((await judge(brief, given(late, { at: '2026-01-10' }))).revocation).toBe('unknown')
    expect((await judge(brief, given(early, { at: '2026-01-10' }))).revocation).toBe('good')
  })

  it('does not accept a list whose issuer may not sign lists', async () => {
    const silent = issue({ name: 'No lists', extensions: [basicConstraints(), keyUsage(5)] }, root)
    const below = issue({ name: 'Signer', extensions: signing }, silent)
    const judged = await judge(below, { anchors: [root], others: [silent], crls: [rootCrl, makeCrl(silent)] })
    expect(judged.revocation).toBe('unknown')
  })

  it('does not rely, later, on a list that nothing proves to be old', async () => {
    const dying = issue({ name: 'Dying CA', extensions: CA, to: '2027-01-01' }, root)
    const below = issue({ name: 'Signer', extensions: signing, to: '2027-01-01' }, dying)
    const crls = [makeCrl(root, { to: '2041-01-01' }), makeCrl(dying)]
    const judged = await judge(below, { anchors: [root], others: [dying], crls, now: '2031-01-01' })
    expect(judged).toMatchObject({
      trust: 'trusted',
      revocation: 'unknown',
      reason: 'REVOCATION_DATA_NOT_PROVEN',
    })
  })
})
