import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { issueCertificate } from '../../../../../../electron/core/signing/local/issue-certificate.ts'
import {
  AccreditedList,
  accreditationOf,
} from '../../../../../../electron/core/signing/timestamp/accredited-list.ts'
import { type SigningWorld, signingWorld } from '../../../../../support/signing-world.ts'

const list = AccreditedList.parse(JSON.parse(readFileSync('resources/trust/accredited-tsa.json', 'utf8')))
let world: SigningWorld
let tsa: Uint8Array
beforeAll(async () => {
  world = await signingWorld()
  tsa = world.authority().timestamping.certificate
})

describe('the list of accredited time-stamping services', () => {
  it('holds what the ministry published, every corporate number with its right check digit (L31)', () => {
    expect(list.services.map((service) => service.name)).toEqual([
      'セイコータイムスタンプサービス',
      'MINDタイムスタンプサービス',
      'アマノタイムスタンプサービス3161',
      '認定タイムスタンプ byGMO',
    ])
    for (const { corporateNumber } of list.services)
      if (corporateNumber !== null) expect(hasRightCheckDigit(corporateNumber)).toBe(true)
  })

  it('does not call the test TSA accredited (L10)', () => {
    expect(accreditationOf([tsa], list)).toEqual({ kind: 'not-accredited' })
  })

  it('believes a registered certificate, or the CA above it, and nothing else', () => {
    const service = 'アマノタイムスタンプサービス3161'
    const { intermediate } = world.authority()
    const own = { [service]: [parseCertificate(tsa).fingerprint] }
    const above = { [service]: [parseCertificate(intermediate.certificate).fingerprint] }
    expect([
      accreditationOf([tsa], list, own),
      accreditationOf([tsa, intermediate.certificate], list, above),
      accreditationOf([tsa], list, above),
      accreditationOf([tsa], list, { ない業務: own[service] ?? [] }),
    ]).toEqual([
      { kind: 'accredited', service },
      { kind: 'accredited', service },
      { kind: 'not-accredited' },
      { kind: 'not-accredited' },
    ])
  })

  it('never believes a name alone', async () => {
    const key = world.authority().timestamping.privateKey
    const forged = await issueCertificate(
      {
        subject: { commonName: 'TSU', organization: 'SEIKO Solutions Inc' },
        notBeforeMs: world.clock.now(),
        notAfterMs: world.clock.now() + 1e9,
      },
      key,
      undefined,
    )
    expect(accreditationOf([forged], list)).toEqual({
      kind: 'certificate-not-registered',
      service: 'セイコータイムスタンプサービス',
    })
  })
})

/** Check digit = 9 − (Σ Pn·Qn mod 9), Pn from the right of the 12 base digits, Qn = 1 odd / 2 even. */
function hasRightCheckDigit(number: string): boolean {
  const sum = [...number.slice(1)]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 2), 0)
  return Number(number[0]) === 9 - (sum % 9)
}
