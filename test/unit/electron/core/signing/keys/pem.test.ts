import { generateKeyPairSync, verify } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { publicKeyOf } from '../../../../../../electron/core/signing/cms/algorithms.ts'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { openPemKey, readCertificates } from '../../../../../../electron/core/signing/keys/pem.ts'
import { softwareKey } from '../../../../../../electron/core/signing/keys/software-key.ts'
import { certificatePem } from '../../../../../../electron/core/signing/local/test-authority.ts'
import { codeOf, type SigningWorld, signingWorld } from '../../../../../../test/support/signing-world.ts'

let world: SigningWorld
let certificates: string
const keyPem = (options: object = {}) =>
  world
    .authority()
    .town.privateKey.export({ format: 'pem', type: 'pkcs8', ...options })
    .toString()

beforeAll(async () => {
  world = await signingWorld()
  const { root, intermediate, town } = world.authority()
  certificates = [root, intermediate, town]
    .map((issued) => certificatePem(issued.certificate))
    .join('# コメント\r\n')
})

describe('a key in PEM', () => {
  it('opens clear and encrypted, as PKCS#8 or PKCS#1, with its chain in order', async () => {
    const { town } = world.authority()
    const forms = [
      { text: keyPem(), password: undefined },
      { text: keyPem({ cipher: 'aes-256-cbc', passphrase: 'ひみつ' }), password: 'ひみつ' },
      { text: town.privateKey.export({ format: 'pem', type: 'pkcs1' }).toString(), password: undefined },
    ]
    for (const { text, password } of forms) {
      const key = openPemKey(Buffer.from(certificates + text), password)
      const { spki } = parseCertificate(key.certificate)
      expect([
        key.chain.length,
        verify('sha256', Buffer.from('a'), publicKeyOf(spki), await key.sign(Buffer.from('a'))),
      ]).toEqual([2, true])
    }
  })

  it('refuses with its own codes', async () => {
    const encrypted = keyPem({ cipher: 'aes-256-cbc', passphrase: 'a' })
    expect([
      await codeOf(() => openPemKey(Buffer.from(certificates))),
      await codeOf(() => openPemKey(Buffer.from(certificates + encrypted), 'b')),
      await codeOf(() =>
        openPemKey(Buffer.from(certificatePem(world.authority().root.certificate) + keyPem())),
      ),
      await codeOf(() =>
        openPemKey(Buffer.from(certificates + keyPem().replace(/[A-Za-z0-9]{30}/, 'x'.repeat(30)))),
      ),
    ]).toEqual(['KEY_NOT_FOUND', 'KEY_PASSWORD_WRONG', 'KEY_NOT_FOUND', 'KEY_FILE_UNREADABLE'])
  })
})

describe('a file of certificates', () => {
  it('may be PEM with any number of them, or one DER', () => {
    expect(readCertificates(Buffer.from(certificates))).toHaveLength(3)
    expect(readCertificates(world.town.certificate).map((der) => Buffer.from(der))).toEqual([
      Buffer.from(world.town.certificate),
    ])
  })

  it('is refused when it holds none or a damaged one', async () => {
    for (const bad of [
      '',
      'text',
      certificates.replace('MII', 'AAA'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ])
      expect(await codeOf(() => readCertificates(Buffer.from(bad)))).toBe('KEY_FILE_UNREADABLE')
  })
})

describe('a key in memory', () => {
  it('overwrites the bytes it was made from, also when they are refused', async () => {
    const certificate = world.town.certificate
    const own = Uint8Array.from(world.authority().town.privateKey.export({ format: 'der', type: 'pkcs8' }))
    softwareKey(own, { certificate, chain: [] })
    const other = Uint8Array.from(
      world.authority().witness.privateKey.export({ format: 'der', type: 'pkcs8' }),
    )
    expect(await codeOf(() => softwareKey(other, { certificate, chain: [] }))).toBe(
      'KEY_CERTIFICATE_MISMATCH',
    )
    expect([own.every((octet) => octet === 0), other.every((octet) => octet === 0)]).toEqual([true, true])
  })

  it.each([
    ['rsa', { modulusLength: 1024 }],
    ['dsa', { modulusLength: 2048, divisorLength: 256 }],
    ['ec', { namedCurve: 'secp256k1' }],
    ['ed25519', {}],
  ] as const)('is refused when it is %s %j', async (type, options) => {
    const { privateKey } = generateKeyPairSync(type as 'rsa', options as { modulusLength: number })
    expect(
      await codeOf(() => softwareKey(privateKey, { certificate: world.town.certificate, chain: [] })),
    ).toBe('KEY_ALGORITHM_REFUSED')
  })
})
