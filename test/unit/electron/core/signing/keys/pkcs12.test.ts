import { execFileSync } from 'node:child_process'
import { createHash, verify } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publicKeyOf } from '../../../../../../electron/core/signing/cms/algorithms.ts'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { SigningError } from '../../../../../../electron/core/signing/errors.ts'
import { makePkcs12 } from '../../../../../../electron/core/signing/keys/make-pkcs12.ts'
import { openPkcs12 } from '../../../../../../electron/core/signing/keys/pkcs12.ts'
import {
  certificatePem,
  createTestAuthority,
  issueTestSigner,
  type TestAuthority,
} from '../../../../../../electron/core/signing/local/test-authority.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'

const NOW = Date.parse('2026-11-22T00:00:00Z')
const PASSWORD = 'ひみつの合言葉𠮷'
let authority: TestAuthority
let folder: string

beforeAll(async () => {
  authority = await createTestAuthority({ nowMs: NOW, baseUrl: 'http://127.0.0.1:9' })
  folder = mkdtempSync(join(tmpdir(), 'pkcs12-'))
  const key = authority.town.privateKey.export({ format: 'pem', type: 'pkcs8' })
  writeFileSync(join(folder, 'key.pem'), key)
  writeFileSync(join(folder, 'cert.pem'), certificatePem(authority.town.certificate))
  // Deliberately root first: the reader has to find the order itself.
  writeFileSync(
    join(folder, 'chain.pem'),
    certificatePem(authority.root.certificate) + certificatePem(authority.intermediate.certificate),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof SigningError) return error.code
    throw error
  }
  return 'no error'
}

function own(password = PASSWORD): Uint8Array {
  const { town, intermediate, root } = authority
  return makePkcs12(
    {
      privateKey: town.privateKey,
      certificates: [town.certificate, root.certificate, intermediate.certificate],
      friendlyName: '契約権限者の鍵',
    },
    password,
  )
}

function byOpenssl(...args: string[]): Uint8Array {
  const out = join(folder, 'out.p12')
  const input = [
    '-inkey',
    join(folder, 'key.pem'),
    '-in',
    join(folder, 'cert.pem'),
    '-certfile',
    join(folder, 'chain.pem'),
  ]
  execFileSync('openssl', ['pkcs12', '-export', ...input, '-out', out, '-name', 'town', ...args], {
    stdio: 'pipe',
  })
  return readFileSync(out)
}

async function expectWorks(bytes: Uint8Array, password: string): Promise<readonly string[]> {
  const key = openPkcs12(bytes, password)
  expect(key.chain.map((der) => createHash('sha256').update(der).digest('hex'))).toEqual(
    [authority.intermediate, authority.root].map(
      (issued) => parseCertificate(issued.certificate).fingerprint,
    ),
  )
  const data = Buffer.from('契約書')
  const signature = await key.sign(data)
  expect(verify('sha256', data, publicKeyOf(parseCertificate(key.certificate).spki), signature)).toBe(true)
  return key.warnings
}

describe('a PKCS#12 file made by ourselves', () => {
  it('opens with a Japanese password and orders the chain nearest first', async () => {
    expect(await expectWorks(own(), PASSWORD)).toEqual([])
  })

  it('opens with an empty password', async () => {
    expect(await expectWorks(own(''), '')).toEqual([])
  })

  it('refuses a wrong password with its own code', () => {
    expect(codeOf(() => openPkcs12(own(), 'ちがう'))).toBe('KEY_PASSWORD_WRONG')
  })

  it('says that a file is unreadable when it is cut, empty or something else', () => {
    const bytes = own()
    for (const bad of [
      bytes.subarray(0, 300),
      new Uint8Array(),
      Buffer.from('not a key'),
      Buffer.from('%PDF-1.7'),
    ])
      expect(codeOf(() => openPkcs12(bad, PASSWORD))).toBe('KEY_FILE_UNREADABLE')
  })

  it('never leaves with another error than its own, whatever byte is damaged', () => {
    const bytes = own('x')
    for (let position = 0; position < 120; position += 3) {
      const damaged = Uint8Array.from(bytes)
      damaged[position] = (damaged[position] ?? 0) ^ 0x55
      expect(codeOf(() => openPkcs12(damaged, 'x'))).toMatch(/^(KEY_|no error)/)
    }
  })

  it('cannot sign any more after it was wiped', async () => {
    const key = openPkcs12(own(), PASSWORD)
    key.wipe()
    await expect(key.sign(new Uint8Array(1))).rejects.toThrow('wiped')
  })

  it('refuses an RSA key of 1024 bits and a key without its certificate', async () => {
    const weak = await issueTestSigner(
      authority,
      { commonName: '弱い鍵', notBeforeMs: NOW, notAfterMs: NOW + 1e9 },
      'rsa-1024',
    )
    const file = makePkcs12({ ...weak, certificates: [weak.certificate], friendlyName: 'weak' }, 'x')
    expect(codeOf(() => openPkcs12(file, 'x'))).toBe('KEY_ALGORITHM_REFUSED')
    const orphan = makePkcs12({ ...weak, certificates: [authority.root.certificate], friendlyName: 'x' }, 'x')
    expect(codeOf(() => openPkcs12(orphan, 'x'))).toBe('KEY_NOT_FOUND')
  })

  it('opens EC keys of every accepted curve and says that the chain is missing', async () => {
    for (const kind of ['p-256', 'p-384', 'p-521'] as const) {
      const issued = await issueTestSigner(
        authority,
        { commonName: kind, notBeforeMs: NOW, notAfterMs: NOW + 1e9 },
        kind,
      )
      const file = makePkcs12({ ...issued, certificates: [issued.certificate], friendlyName: kind }, 'x')
      const key = openPkcs12(file, 'x')
      const size = Number(kind.slice(2))
      expect([key.algorithm.kind, key.algorithm.bits, key.warnings]).toEqual([
        'ecdsa',
        size,
        ['CHAIN_INCOMPLETE'],
      ])
    }
  })
})

describe.skipIf(!hasJudge('openssl'))('a PKCS#12 file made by OpenSSL', () => {
  it.each([
    { name: 'PBES2 AES-256', args: [], warnings: [] },
    {
      name: 'PBES2 AES-128, MAC SHA-512',
      args: ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512'],
      warnings: [],
    },
    { name: 'no MAC', args: ['-nomac'], warnings: [] },
    { name: 'certificates in clear', args: ['-certpbe', 'NONE'], warnings: [] },
    { name: 'everything in clear but with MAC', args: ['-certpbe', 'NONE', '-keypbe', 'NONE'], warnings: [] },
    {
      name: '3DES',
      args: ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
      warnings: ['LEGACY_ENCRYPTION'],
    },
    { name: 'RC2-40 and 3DES', args: ['-legacy'], warnings: ['LEGACY_ENCRYPTION'] },
    { name: 'RC2-128', args: ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128'], warnings: ['LEGACY_ENCRYPTION'] },
  ])('opens: $name', async ({ args, warnings }) => {
    const bytes = byOpenssl(...args, '-passout', `pass:${PASSWORD}`)
    expect(await expectWorks(bytes, PASSWORD)).toEqual(warnings)
    expect(codeOf(() => openPkcs12(bytes, 'wrong'))).toMatch(/KEY_PASSWORD_WRONG|no error/)
  })

  it('is told a wrong password apart also without a MAC', () => {
    expect(codeOf(() => openPkcs12(byOpenssl('-nomac', '-passout', 'pass:a'), 'b'))).toMatch(
      /KEY_PASSWORD_WRONG|KEY_FILE_UNREADABLE/,
    )
  })

  it('opens what we wrote', () => {
    const path = join(folder, 'ours.p12')
    writeFileSync(path, own())
    const text = execFileSync(
      'openssl',
      ['pkcs12', '-in', path, '-passin', `pass:${PASSWORD}`, '-nodes', '-info'],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    expect(text.match(/BEGIN CERTIFICATE/g)).toHaveLength(3)
    expect(text).toContain('BEGIN PRIVATE KEY')
  })
})
