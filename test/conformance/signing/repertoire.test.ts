import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePkcs12 } from '../../../electron/core/signing/keys/make-pkcs12.ts'
import { openPkcs11 } from '../../../electron/core/signing/keys/pkcs11.ts'
import { openPkcs12 } from '../../../electron/core/signing/keys/pkcs12.ts'
import type { SigningKey } from '../../../electron/core/signing/keys/signing-key.ts'
import { issueTestSigner, rootPem } from '../../../electron/core/signing/local/test-authority.ts'
import { renew } from '../../../electron/core/signing/renew.ts'
import { type SignatureLevel, signToLevel } from '../../../electron/core/signing/sign-to-level.ts'
import { makePdf, XREF_KINDS } from '../../support/make-pdf.ts'
import { hasJudge, type Judge } from '../../support/outside-judges.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
import { joined, type SigningWorld, signingWorld, sourceOf } from '../../support/signing-world.ts'
import { makeSoftToken, SOFTHSM_MODULE, type SoftToken } from '../../support/soft-token.ts'
import {
  askMutool,
  askOpensslCms,
  askOpensslTs,
  askPdfsig,
  askQpdf,
  type SignedFile,
} from './judge-signatures.ts'

const JUDGES: readonly {
  readonly name: string
  readonly program: Judge
  readonly ask: (file: SignedFile) => string
}[] = [
  { name: 'pdfsig', program: 'pdfsig', ask: askPdfsig },
  { name: 'openssl cms -cades', program: 'openssl', ask: askOpensslCms },
  { name: 'openssl ts', program: 'openssl', ask: askOpensslTs },
  { name: 'qpdf', program: 'qpdf', ask: askQpdf },
  { name: 'mutool', program: 'mutool', ask: askMutool },
]

type Case = { readonly name: string; readonly make: () => Promise<Uint8Array>; readonly skip?: boolean }

const PDF = plainPdf(20_000)
const SAMPLES = resolve('..', 'shared', 'samples')
let world: SigningWorld
let token: SoftToken | undefined

beforeAll(async () => {
  world = await signingWorld()
  if (SOFTHSM_MODULE === undefined) return
  const elliptic = await issueTestSigner(
    world.authority(),
    {
      commonName: 'テスト用 EC トークン',
      notBeforeMs: world.clock.now() - 1000,
      notAfterMs: world.clock.now() + 1e11,
    },
    'p-256',
  )
  token = makeSoftToken(
    [
      { label: 'rsa', id: '01', issued: world.authority().town },
      { label: 'ec', id: '02', issued: elliptic },
    ],
    [world.authority().intermediate.certificate],
  )
})
afterAll(() => token?.remove())

async function signed(
  bytes: Uint8Array,
  level: SignatureLevel,
  key: SigningKey = world.town,
): Promise<Uint8Array> {
  const result = await signToLevel(sourceOf(bytes), {
    level,
    key,
    clock: world.clock,
    timestampAuthority: world.timestamps,
    validation: world.validation,
    sleep: world.sleep,
  })
  return joined(bytes, result.appended)
}

async function archived(bytes: Uint8Array): Promise<Uint8Array> {
  world.clock.advance(2000)
  const renewal = await renew(sourceOf(bytes), {
    validation: world.validation,
    authority: world.timestamps,
    requireComplete: true,
  })
  expect([renewal.missing, renewal.waitUntilMs]).toEqual([[], undefined])
  return joined(bytes, renewal.appended)
}

async function fromToken(keyLabel: string, rsaScheme?: 'rsa-pss'): Promise<SigningKey> {
  if (token === undefined) throw new Error('No token')
  const choice = rsaScheme === undefined ? {} : { rsaScheme }
  return openPkcs11({
    modulePath: token.modulePath,
    tokenLabel: token.label,
    pin: token.pin,
    keyLabel,
    ...choice,
  })
}

function fromPkcs12(): SigningKey {
  const { town, intermediate, root } = world.authority()
  const certificates = [town.certificate, intermediate.certificate, root.certificate]
  return openPkcs12(
    makePkcs12({ privateKey: town.privateKey, certificates, friendlyName: '町長' }, 'ひみつ'),
    'ひみつ',
  )
}

const KEYS: readonly Case[] = [
  { name: 'RSA-2048 SHA-256', make: async () => signed(PDF, 't', await world.newKey('rsa-2048')) },
  {
    name: 'RSA-2048 SHA-512',
    make: async () => signed(PDF, 't', await world.newKey('rsa-2048', { hash: 'SHA-512' })),
  },
  {
    name: 'RSA-3072 SHA-384',
    make: async () => signed(PDF, 't', await world.newKey('rsa-3072', { hash: 'SHA-384' })),
  },
  { name: 'RSA-4096 SHA-256', make: async () => signed(PDF, 't', await world.newKey('rsa-4096')) },
  {
    name: 'RSA-PSS SHA-256',
    make: async () => signed(PDF, 't', await world.newKey('rsa-2048', { rsaScheme: 'rsa-pss' })),
  },
  { name: 'P-256', make: async () => signed(PDF, 't', await world.newKey('p-256')) },
  { name: 'P-384', make: async () => signed(PDF, 't', await world.newKey('p-384')) },
  { name: 'P-521', make: async () => signed(PDF, 't', await world.newKey('p-521')) },
  { name: 'PKCS#12', make: async () => signed(PDF, 't', fromPkcs12()) },
  {
    name: 'PKCS#11 RSA',
    make: async () => signed(PDF, 't', await fromToken('rsa')),
    skip: SOFTHSM_MODULE === undefined,
  },
  {
    name: 'PKCS#11 RSA-PSS',
    make: async () => signed(PDF, 't', await fromToken('rsa', 'rsa-pss')),
    skip: SOFTHSM_MODULE === undefined,
  },
  {
    name: 'PKCS#11 P-256',
    make: async () => signed(PDF, 't', await fromToken('ec')),
    skip: SOFTHSM_MODULE === undefined,
  },
]

const LEVELS: readonly Case[] = [
  ...(['b', 't', 'lt', 'lta'] as const).map((level) => ({
    name: `level ${level}`,
    make: () => signed(PDF, level),
  })),
  {
    name: 'three signatures, each to B-LTA',
    make: async () =>
      signed(
        await signed(await signed(PDF, 'lta'), 'lta', world.witness),
        'lta',
        await world.newKey('p-256'),
      ),
  },
  {
    name: 'two signatures, then two archive timestamps',
    make: async () => archived(await archived(await signed(await signed(PDF, 't'), 't', world.witness))),
  },
]

const STRUCTURES: readonly Case[] = XREF_KINDS.map((kind) => ({
  name: `cross-reference: ${kind}`,
  make: async () =>
    archived(await signed(await signed(makePdf({ kind, pages: 3 }), 't'), 't', world.witness)),
}))

const SAMPLE_FILES: readonly Case[] = (existsSync(SAMPLES) ? readdirSync(SAMPLES) : [])
  .filter((name) => name.endsWith('.pdf'))
  .map((name) => ({
    name: `town, contractor and archive timestamp on ${name}`,
    make: async () => {
      const original = readFileSync(join(SAMPLES, name))
      const bytes = await archived(await signed(await signed(original, 't'), 't', world.witness))
      expect(Buffer.from(bytes).subarray(0, original.length).equals(original)).toBe(true)
      return bytes
    },
  }))

/** What a judge of this machine's age cannot do, and says so; any other answer is a failure. */
const KNOWN: Readonly<Record<string, string>> = {
  'RSA-PSS SHA-256 × mutool': 'Digest error', // MuPDF goes through OpenSSL's PKCS#7, which knows no PSS
  'PKCS#11 RSA-PSS × mutool': 'Digest error',
}

describe.each([...KEYS, ...LEVELS, ...STRUCTURES, ...SAMPLE_FILES])('$name', ({ name, make, skip }) => {
  let file: SignedFile
  beforeAll(async () => {
    if (skip === true) return
    file = { bytes: await make(), rootPem: rootPem(world.authority()), at: new Date(world.clock.now()) }
  })

  it.for(JUDGES)('× $name', { timeout: 60_000 }, (judge, { skip: skipTest }) => {
    if (skip === true || !hasJudge(judge.program)) skipTest()
    const expected = KNOWN[`${name} × ${judge.name}`]
    const answer = judge.ask(file)
    if (expected === undefined) expect(answer).toBe('ok')
    else expect(answer).toContain(expected)
  })
})

describe('the judges themselves', () => {
  it.for(JUDGES.filter((judge) => judge.name !== 'qpdf'))(
    '$name sees one changed byte',
    async (judge, { skip: skipTest }) => {
      if (!hasJudge(judge.program)) skipTest()
      const bytes = Uint8Array.from(await signed(PDF, 'lta'))
      // A byte of the page's content: inside every range, and harmless to the syntax.
      const position = Buffer.from(bytes).indexOf('xxxx')
      bytes[position] = 0x79
      const file = { bytes, rootPem: rootPem(world.authority()), at: new Date(world.clock.now()) }
      expect(judge.ask(file)).not.toBe('ok')
    },
  )
})
