import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { parseCertificate } from '../cms/certificate.ts'
import { OID_EKU_OCSP_SIGNING, OID_EKU_TIME_STAMPING } from '../cms/oids.ts'
import { SigningError } from '../errors.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import { type AlgorithmChoice, softwareKey } from '../keys/software-key.ts'
import { type CertificateSpec, type IssuedCertificate, issueCertificate } from './issue-certificate.ts'

const generate = promisify(generateKeyPair)

/** Marks every name of the embedded parts, wherever it shows. */
export const TEST_ORGANIZATION = '電子契約デスク テスト用'

const YEAR_MS = 365.25 * 24 * 3600 * 1000

export type KeyKind =
  | 'rsa-1024'
  | 'rsa-2048'
  | 'rsa-3072'
  | 'rsa-4096'
  | 'p-256'
  | 'p-384'
  | 'p-521'
  | 'ed25519'

export type RevokedEntry = {
  readonly revokedAtMs: number
  /** CRLReason (RFC 5280 §5.3.1): 0 unspecified, 1 keyCompromise, 4 superseded … */
  readonly reason: number
}

/**
 * The embedded test authority: root → intermediate → town, witness, TSA, OCSP responder. All names say テスト用.
 * It lets the program work from the first start; no one outside trusts it.
 */
export type TestAuthority = {
  readonly root: IssuedCertificate
  readonly intermediate: IssuedCertificate
  /** 当事者型: the town's own signing certificate. */
  readonly town: IssuedCertificate
  /** 立会人型: the service's certificate that seals consents. */
  readonly witness: IssuedCertificate
  readonly timestamping: IssuedCertificate
  readonly ocsp: IssuedCertificate
  /** Where the certificates say OCSP, CRL and issuers are served, e.g. `http://127.0.0.1:8318`. */
  readonly baseUrl: string
  /** By serial number, upper-case hex. Changed by `revoke`. */
  readonly revoked: Map<string, RevokedEntry>
}

export type TestAuthorityOptions = {
  readonly nowMs: number
  readonly baseUrl: string
  /** Shown in the town's certificate; default 「扶桑町」. */
  readonly townName?: string
  /** Years a TSA certificate is good for. Accredited services use about eleven. */
  readonly timestampingYears?: number
  readonly signerKey?: KeyKind
}

/** Makes all keys and certificates; takes some 100 ms. Valid from one hour before `nowMs`. */
export async function createTestAuthority(options: TestAuthorityOptions): Promise<TestAuthority> {
  const startMs = options.nowMs - 3600_000
  const endMs = (years: number) => startMs + years * YEAR_MS
  const [rootKey, intermediateKey] = await Promise.all([newKey('p-256'), newKey('p-256')])
  const caUsage = [5, 6]
  const root: IssuedCertificate = {
    privateKey: rootKey,
    certificate: await issueCertificate(
      {
        subject: testName('テスト用ルート認証局'),
        notBeforeMs: startMs,
        notAfterMs: endMs(60),
        keyUsage: caUsage,
        pathLength: 2,
      },
      rootKey,
      undefined,
    ),
  }
  const intermediate: IssuedCertificate = {
    privateKey: intermediateKey,
    certificate: await issueCertificate(
      {
        subject: testName('テスト用中間認証局'),
        notBeforeMs: startMs,
        notAfterMs: endMs(59),
        keyUsage: caUsage,
        pathLength: 0,
        crlUrl: `${options.baseUrl}/root.crl`,
        caIssuersUrl: `${options.baseUrl}/root.cer`,
      },
      intermediateKey,
      root,
    ),
  }
  const base = { root, intermediate, baseUrl: options.baseUrl, revoked: new Map<string, RevokedEntry>() }
  const kind = options.signerKey ?? 'rsa-2048'
  const span = { notBeforeMs: startMs, notAfterMs: endMs(5) }
  const [town, witness, timestamping, ocsp] = await Promise.all([
    issueTestSigner(
      base,
      { commonName: `テスト用 ${options.townName ?? '扶桑町'} 契約権限者`, ...span },
      kind,
    ),
    issueTestSigner(base, { commonName: 'テスト用 立会人署名', ...span }, kind),
    issueTimestamping(base, startMs, endMs(options.timestampingYears ?? 11)),
    issueResponder(base, startMs, endMs(59)),
  ])
  return { ...base, town, witness, timestamping, ocsp }
}

type Issuer = Pick<TestAuthority, 'root' | 'intermediate' | 'baseUrl'>

export type TestSignerSpec = Partial<Omit<CertificateSpec, 'subject'>> & {
  readonly commonName: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly weakSignature?: boolean
}

/** Issues an end-entity certificate; by default for signing. Tests ask for expired, weak or wrong-usage ones here. */
export async function issueTestSigner(
  authority: Issuer,
  spec: TestSignerSpec,
  kind: KeyKind = 'rsa-2048',
): Promise<IssuedCertificate> {
  const { commonName, weakSignature, ...rest } = spec
  const privateKey = await newKey(kind)
  const full: CertificateSpec = {
    keyUsage: [0, 1],
    ...pointersTo(authority.baseUrl),
    ...rest,
    subject: testName(commonName),
  }
  const certificate = await issueCertificate(full, privateKey, authority.intermediate, weakSignature ?? false)
  return { certificate, privateKey }
}

function pointersTo(baseUrl: string) {
  return {
    ocspUrl: `${baseUrl}/ocsp`,
    crlUrl: `${baseUrl}/intermediate.crl`,
    caIssuersUrl: `${baseUrl}/intermediate.cer`,
  }
}

async function issueTimestamping(
  authority: Issuer,
  startMs: number,
  endMs: number,
): Promise<IssuedCertificate> {
  const year = new Date(startMs + 3600_000).getUTCFullYear()
  return issueTestSigner(
    authority,
    {
      commonName: `テスト用時刻認証局 ${year}`,
      notBeforeMs: startMs,
      notAfterMs: endMs,
      keyUsage: [0, 1],
      extendedKeyUsage: [OID_EKU_TIME_STAMPING],
    },
    'p-256',
  )
}

async function issueResponder(authority: Issuer, startMs: number, endMs: number): Promise<IssuedCertificate> {
  const privateKey = await newKey('p-256')
  const certificate = await issueCertificate(
    {
      subject: testName('テスト用OCSPレスポンダ'),
      notBeforeMs: startMs,
      notAfterMs: endMs,
      keyUsage: [0],
      extendedKeyUsage: [OID_EKU_OCSP_SIGNING],
      ocspNoCheck: true,
    },
    privateKey,
    authority.intermediate,
  )
  return { certificate, privateKey }
}

/** The same authority with a fresh TSA certificate, as services renew theirs over the years. */
export async function withNewTimestamping(
  authority: TestAuthority,
  nowMs: number,
  years = 11,
): Promise<TestAuthority> {
  const timestamping = await issueTimestamping(authority, nowMs - 3600_000, nowMs + years * YEAR_MS)
  return { ...authority, timestamping }
}

/** Records a revocation; OCSP answers and CRLs made later show it. */
export function revoke(authority: TestAuthority, certificate: Uint8Array, entry: RevokedEntry): void {
  authority.revoked.set(parseCertificate(certificate).serial, entry)
}

/** A signing key of the authority, with its chain up to but without the root. */
export function testSigningKey(
  authority: Issuer,
  issued: IssuedCertificate,
  choice: AlgorithmChoice = {},
): SigningKey {
  const chain = [authority.intermediate.certificate]
  return softwareKey(issued.privateKey, { certificate: issued.certificate, chain }, choice)
}

const timestampingKeys = new WeakMap<IssuedCertificate, SigningKey>()

/** The TSA's key, made once for each of its certificates: a batch asks for thousands of tokens. Never wiped. */
export function timestampingKey(authority: Issuer & Pick<TestAuthority, 'timestamping'>): SigningKey {
  const known = timestampingKeys.get(authority.timestamping)
  if (known !== undefined) return known
  const key = testSigningKey(authority, authority.timestamping)
  timestampingKeys.set(authority.timestamping, key)
  return key
}

/** PEM of the root: what a verifier has to be given as anchor. */
export function rootPem(authority: Pick<TestAuthority, 'root'>): string {
  return certificatePem(authority.root.certificate)
}

export function certificatePem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function testName(commonName: string) {
  return { country: 'JP', organization: TEST_ORGANIZATION, commonName }
}

async function newKey(kind: KeyKind): Promise<KeyObject> {
  if (kind === 'ed25519') return (await generate('ed25519', {})).privateKey
  const size = Number(kind.slice(kind.indexOf('-') + 1))
  if (kind.startsWith('rsa')) return (await generate('rsa', { modulusLength: size })).privateKey
  return (await generate('ec', { namedCurve: `P-${size}` })).privateKey
}

const MEMBERS = ['root', 'intermediate', 'town', 'witness', 'timestamping', 'ocsp'] as const

/** Keys and certificates as JSON bytes, private keys in clear: the caller stores them encrypted (vault). */
export function exportTestAuthority(authority: TestAuthority): Uint8Array {
  const members = MEMBERS.map((name) => [
    name,
    {
      certificate: Buffer.from(authority[name].certificate).toString('base64'),
      privateKey: authority[name].privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    },
  ])
  const data = {
    version: 1,
    baseUrl: authority.baseUrl,
    revoked: [...authority.revoked],
    ...Object.fromEntries(members),
  }
  return new TextEncoder().encode(JSON.stringify(data))
}

/**
 * Reads what `exportTestAuthority` wrote. @throws SigningError KEY_FILE_UNREADABLE
 */
export function importTestAuthority(bytes: Uint8Array): TestAuthority {
  try {
    const data: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const record = asRecord(data)
    if (record.version !== 1 || typeof record.baseUrl !== 'string') throw new Error('Unknown version')
    return {
      root: readMember(record.root),
      intermediate: readMember(record.intermediate),
      town: readMember(record.town),
      witness: readMember(record.witness),
      timestamping: readMember(record.timestamping),
      ocsp: readMember(record.ocsp),
      baseUrl: record.baseUrl,
      revoked: readRevoked(record.revoked),
    }
  } catch (error) {
    throw new SigningError('KEY_FILE_UNREADABLE', 'The stored test authority cannot be read', {
      cause: error,
    })
  }
}

function readMember(value: unknown): IssuedCertificate {
  const { certificate, privateKey } = asRecord(value)
  if (typeof certificate !== 'string' || typeof privateKey !== 'string')
    throw new Error('Member is incomplete')
  const der = Uint8Array.from(Buffer.from(certificate, 'base64'))
  parseCertificate(der)
  const key = Buffer.from(privateKey, 'base64')
  return { certificate: der, privateKey: createPrivateKey({ key, format: 'der', type: 'pkcs8' }) }
}

function readRevoked(value: unknown): Map<string, RevokedEntry> {
  if (!Array.isArray(value)) throw new Error('List of revoked certificates is missing')
  return new Map(
    value.map((pair: unknown) => {
      const [serial, entry] = Array.isArray(pair) ? (pair as unknown[]) : []
      const { revokedAtMs, reason } = asRecord(entry)
      if (typeof serial !== 'string' || typeof revokedAtMs !== 'number' || typeof reason !== 'number')
        throw new Error('Bad entry of a revoked certificate')
      return [serial, { revokedAtMs, reason }]
    }),
  )
}

function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('Not an object')
  return value as Record<string, unknown>
}
