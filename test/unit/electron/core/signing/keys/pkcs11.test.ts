import { constants, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publicKeyOf } from '../../../../../../electron/core/signing/cms/algorithms.ts'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { SigningError } from '../../../../../../electron/core/signing/errors.ts'
import {
  ecdsaToDer,
  listTokens,
  openPkcs11,
  type Pkcs11Options,
} from '../../../../../../electron/core/signing/keys/pkcs11.ts'
import {
  createTestAuthority,
  issueTestSigner,
  type TestAuthority,
} from '../../../../../../electron/core/signing/local/test-authority.ts'
import { makeSoftToken, SOFTHSM_MODULE, type SoftToken } from '../../../../../support/soft-token.ts'

const NOW = Date.parse('2026-11-22T00:00:00Z')
const DATA = Buffer.from('契約書の署名対象')

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (error) {
    if (error instanceof SigningError) return error.code
    throw error
  }
  return 'no error'
}

describe('an ECDSA value of a token', () => {
  it('becomes DER with minimal positive integers', () => {
    const raw = Buffer.from(`80${'00'.repeat(30)}01${'00'.repeat(31)}7f`, 'hex')
    expect(Buffer.from(ecdsaToDer(raw)).toString('hex')).toBe(`302602210080${'00'.repeat(30)}0102017f`)
  })
})

it('says that the token is unavailable when the module is not there', async () => {
  expect(await codeOf(listTokens('/nonexistent/module.so'))).toBe('TOKEN_UNAVAILABLE')
})

describe.skipIf(SOFTHSM_MODULE === undefined)('a PKCS#11 token (SoftHSM)', () => {
  let authority: TestAuthority
  let token: SoftToken
  const open = (options: Partial<Pkcs11Options> = {}) =>
    openPkcs11({
      modulePath: token.modulePath,
      tokenLabel: token.label,
      pin: token.pin,
      keyLabel: '町長',
      ...options,
    })

  beforeAll(async () => {
    authority = await createTestAuthority({ nowMs: NOW, baseUrl: 'http://127.0.0.1:9' })
    const elliptic = await issueTestSigner(
      authority,
      { commonName: 'EC', notBeforeMs: NOW, notAfterMs: NOW + 1e9 },
      'p-256',
    )
    token = makeSoftToken(
      [
        { label: '町長', id: 'a1', issued: authority.town },
        { label: 'ec', id: 'a2', issued: elliptic },
        { label: 'bare', id: 'a3', issued: authority.witness, withCertificate: false },
      ],
      [authority.intermediate.certificate],
    )
  })
  afterAll(() => token.remove())

  it('lists certificates but nothing private without a PIN', async () => {
    const [open] = await listTokens(token.modulePath)
    expect([open?.label, open?.pinState, open?.keys.length, open?.certificates.length]).toEqual([
      'keiyaku',
      'ok',
      0,
      3,
    ])
  })

  it('refuses a wrong PIN by its own code, and works afterwards', async () => {
    expect(await codeOf(open({ pin: '9999' }))).toBe('TOKEN_PIN_WRONG')
    expect(await codeOf(open({ pin: '' }))).toBe('TOKEN_PIN_WRONG')
    const key = await open()
    expect((await key.sign(DATA)).length).toBe(256)
    key.wipe()
  })

  it.each([
    { kind: 'rsa-pkcs1', keyLabel: '町長', hash: 'SHA-256', node: 'sha256' },
    { kind: 'rsa-pkcs1', keyLabel: '町長', hash: 'SHA-512', node: 'sha512' },
    { kind: 'rsa-pss', keyLabel: '町長', hash: 'SHA-256', node: 'sha256' },
    { kind: 'ecdsa', keyLabel: 'ec', hash: 'SHA-256', node: 'sha256' },
  ] as const)('signs with $kind over $hash', async ({ kind, keyLabel, hash, node }) => {
    const key = await open({ keyLabel, hash, ...(kind === 'ecdsa' ? {} : { rsaScheme: kind }) })
    const padding = kind === 'rsa-pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
    const publicKey = publicKeyOf(parseCertificate(key.certificate).spki)
    const options = kind === 'ecdsa' ? publicKey : { key: publicKey, padding }
    expect(verify(node, DATA, options, await key.sign(DATA))).toBe(true)
    key.wipe()
  })

  it('finds keys by CKA_ID and gives the chain that is on the token', async () => {
    const { keyLabel: _, ...rest } = {
      keyLabel: '',
      modulePath: token.modulePath,
      tokenLabel: token.label,
      pin: token.pin,
    }
    const key = await openPkcs11({ ...rest, keyId: 'A2' })
    expect(key.chain.map((der) => Buffer.from(der))).toEqual([
      Buffer.from(authority.intermediate.certificate),
    ])
    expect(await codeOf(openPkcs11({ ...rest, keyId: 'ff' }))).toBe('KEY_NOT_FOUND')
    key.wipe()
  })

  it('takes the certificate from outside when the token has none', async () => {
    expect(await codeOf(open({ keyLabel: 'bare' }))).toBe('KEY_NOT_FOUND')
    const certificates = [authority.intermediate.certificate, authority.witness.certificate]
    const key = await open({ keyLabel: 'bare', certificates })
    expect(Buffer.from(key.certificate)).toEqual(Buffer.from(authority.witness.certificate))
    key.wipe()
  })

  it('names an unknown token', async () => {
    expect(await codeOf(open({ tokenLabel: 'other' }))).toBe('TOKEN_UNAVAILABLE')
  })

  it('refuses a wrong PIN also while another session is logged in', async () => {
    const first = await open()
    expect(await codeOf(open({ pin: '9999' }))).toBe('TOKEN_PIN_WRONG')
    const second = await open()
    first.wipe()
    expect((await second.sign(DATA)).length).toBe(256)
    second.wipe()
  })

  it('shows its private keys to who knows the PIN', async () => {
    const [listed] = await listTokens(token.modulePath, token.pin)
    expect(listed?.keys.map((key) => [key.label, key.id, key.type]).sort()).toEqual([
      ['bare', 'a3', 'RSA'],
      ['ec', 'a2', 'EC'],
      ['町長', 'a1', 'RSA'],
    ])
  })

  it('signs many at once on one login, each right', async () => {
    const key = await open()
    const publicKey = publicKeyOf(parseCertificate(key.certificate).spki)
    const inputs = Array.from({ length: 50 }, (_, index) => Buffer.from(`契約 ${index}`))
    const signatures = await Promise.all(inputs.map((input) => key.sign(input)))
    expect(
      signatures.every((signature, index) => verify('sha256', inputs[index] ?? DATA, publicKey, signature)),
    ).toBe(true)
    key.wipe()
    await expect(key.sign(DATA)).rejects.toThrow('closed')
  })
})
