/** 町の証明書 on an IC card or HSM: what a PKCS#11 module shows, and putting one of its keys in force. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { parseCertificateCached } from '../../core/signing/cms/certificate.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { assertCertificateMaySign } from '../../core/signing/keys/may-sign.ts'
import { readCertificates } from '../../core/signing/keys/pem.ts'
import { proveKey } from '../../core/signing/keys/prove-key.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { chainWith } from '../services/signing-keys.ts'
import { listTokensOf, openTokenKey } from '../services/token-process.ts'
import type { ListedToken } from '../services/token-protocol.ts'
import { storeKey } from './write-certificate.ts'

type Table = typeof bridge.settings
type Register = InputOf<Table['writeTokenCertificate']>

const KnownModules = z.array(z.object({ name: z.string(), paths: z.array(z.string()) }))

/** Modules of widespread makers that are installed here (`resources/trust/pkcs11-modules.json`). */
export async function listTokenModules(resourcesDir: string) {
  const text = readFileSync(join(resourcesDir, 'trust/pkcs11-modules.json'), 'utf8')
  const modules = KnownModules.parse(JSON.parse(text)).flatMap(({ name, paths }) => {
    const path = paths.find((candidate) => existsSync(candidate))
    return path === undefined ? [] : [{ name, path }]
  })
  return ok({ modules })
}

export async function listTokens(office: Office, input: InputOf<Table['listTokens']>, context: Context) {
  if (!isModule(input.modulePath)) return fail('MODULE_NOT_FOUND', {})
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'token.listed', { data: { module: input.modulePath } }),
  )
  try {
    const tokens = await listTokensOf(office.services.startProgram, input.modulePath, input.pin)
    return ok({ tokens: tokens.map((token) => viewOf(token, office.clock.now())) })
  } catch (error) {
    const code = codeOf(error, ['TOKEN_UNAVAILABLE', 'TOKEN_PIN_WRONG', 'TOKEN_PIN_LOCKED'])
    if (code !== undefined) return fail(code, {})
    throw error
  }
}

function isModule(path: string): boolean {
  return isAbsolute(path) && existsSync(path) && statSync(path).isFile()
}

function viewOf({ certificates, ...token }: ListedToken, now: EpochMs) {
  return {
    ...token,
    certificates: certificates.map(({ notBeforeMs, notAfterMs, forSigning, ...certificate }) => ({
      ...certificate,
      notBefore: notBeforeMs as EpochMs,
      notAfter: notAfterMs as EpochMs,
      problem: !forSigning
        ? ('not-for-signing' as const)
        : now > notAfterMs
          ? ('expired' as const)
          : now < notBeforeMs
            ? ('not-yet-valid' as const)
            : null,
    })),
  }
}

const REGISTER_CODES = [
  'TOKEN_UNAVAILABLE',
  'TOKEN_PIN_WRONG',
  'TOKEN_PIN_LOCKED',
  'KEY_ALGORITHM_REFUSED',
  'KEY_CERTIFICATE_MISMATCH',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_NOT_YET_VALID',
  'CERTIFICATE_NOT_FOR_SIGNING',
] as const

/** Logs in once, proves that the key belongs to its certificate, and keeps the place of the key. The PIN is forgotten with the process. */
export async function writeTokenCertificate(office: Office, input: Register, context: Context) {
  const { modulePath, tokenLabel, tokenSerial, certificateId, certificateLabel, owner } = input
  if (!isModule(modulePath)) return fail('MODULE_NOT_FOUND', {})
  const issuers = readIssuersFile(office, input, context)
  if (!issuers.ok) return issuers
  const token = { modulePath, tokenLabel, tokenSerial, keyId: certificateId, keyLabel: certificateLabel }
  try {
    const key = await openTokenKey(office.services.startProgram, token, input.pin)
    try {
      assertCertificateMaySign(key.certificate, office.clock.now())
      await proveKey(key)
      const chain = chainWith(key, issuers.value)
      // Without the issuer nobody could verify the town's signature, and no case would ever be concluded.
      if (chain.length === 0 && !parseCertificateCached(key.certificate).selfIssued)
        return fail('ISSUER_MISSING', {})
      const setting = { owner, askPin: true, token }
      const { certificate } = key
      storeKey(office, context, {
        slot: 'town',
        setting,
        certificate,
        chain,
        file: undefined,
        password: undefined,
      })
    } finally {
      key.wipe()
    }
    return ok({ certificate: office.services.keys.info('town') })
  } catch (error) {
    if (codeOf(error, ['KEY_NOT_FOUND']) !== undefined) return fail('TOKEN_KEY_MISSING', {})
    const code = codeOf(error, REGISTER_CODES)
    if (code !== undefined) return fail(code, {})
    throw error
  }
}

/** The file may be needed again after a wrong PIN, so it stays until uploads are swept. */

function readIssuersFile(office: Office, { issuersUploadId }: Register, context: Context) {
  if (issuersUploadId === undefined) return ok<readonly Uint8Array[]>([])
  const upload = office.uploads.find(context.connection, issuersUploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  try {
    return ok(readCertificates(office.archive.vault.read(upload.file.fileId)))
  } catch (error) {
    if (codeOf(error, ['KEY_FILE_UNREADABLE']) !== undefined) return fail('ISSUERS_UNREADABLE', {})
    throw error
  }
}

function codeOf<Code extends string>(error: unknown, codes: readonly Code[]): Code | undefined {
  return error instanceof SigningError ? codes.find((code) => code === error.code) : undefined
}
