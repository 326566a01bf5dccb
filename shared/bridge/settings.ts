import { z } from 'zod'
import { EpochMs } from '../model/brand.ts'
import {
  CertificateInfo,
  NetworkSettings,
  PortalSettings,
  ReadinessItem,
  RuleSettings,
  SettingsView,
  SmtpSettings,
  TownSettings,
  TsaSettings,
} from '../model/settings.ts'
import { FileTicket, Nothing, UploadId } from './common.ts'
import { procedure } from './define.ts'

/** undefined = keep the stored secret, '' = remove it. */
const NewSecret = z.string().max(1000).optional()

/** A shared library on the PC on which the program runs. */
const ModulePath = z.string().trim().min(1).max(1000)

const TokenView = z.object({
  label: z.string(),
  serialNumber: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  pinState: z.enum(['ok', 'few-tries-left', 'last-try', 'locked']),
  certificates: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      holder: z.string(),
      issuer: z.string(),
      notBefore: EpochMs,
      notAfter: EpochMs,
      /** Why it cannot sign now; null = it can. */
      problem: z.enum(['expired', 'not-yet-valid', 'not-for-signing']).nullable(),
    }),
  ),
})

export const settings = {
  read: procedure({ permission: 'signed-in', input: Nothing, output: SettingsView }),
  writeTown: procedure({ permission: 'settings.write', input: TownSettings, output: Nothing }),
  writeSmtp: procedure({
    permission: 'settings.write',
    input: SmtpSettings.extend({ password: NewSecret }),
    output: Nothing,
    errors: ['HOST_MISSING', 'FROM_ADDRESS_INVALID'],
  }),
  writeTsa: procedure({
    permission: 'settings.write',
    input: TsaSettings.extend({ password: NewSecret }),
    output: Nothing,
    errors: ['URL_MISSING'],
  }),
  writePortal: procedure({
    permission: 'settings.write',
    input: PortalSettings.extend({ officeToken: NewSecret }),
    output: Nothing,
    errors: ['URL_MISSING', 'TOKEN_MISSING'],
  }),
  writeRules: procedure({ permission: 'settings.write', input: RuleSettings, output: Nothing }),
  writeNetwork: procedure({ permission: 'settings.write', input: NetworkSettings, output: Nothing }),
  /** Replaces a signing key by a PKCS#12 file. `keepPassword` false: the password is asked at each signing run. */
  writeCertificate: procedure({
    permission: 'settings.write',
    input: z.object({
      slot: z.enum(['town', 'witness']),
      uploadId: UploadId,
      password: z.string().max(500),
      keepPassword: z.boolean(),
      owner: z.string().trim().min(1).max(200),
    }),
    output: z.object({ certificate: CertificateInfo, warnings: z.array(z.string()) }),
    errors: [
      'UPLOAD_UNKNOWN',
      'KEY_FILE_UNREADABLE',
      'KEY_PASSWORD_WRONG',
      'KEY_ALGORITHM_REFUSED',
      'KEY_CERTIFICATE_MISMATCH',
      'KEY_NOT_FOUND',
      'CERTIFICATE_EXPIRED',
      'CERTIFICATE_NOT_YET_VALID',
      'CERTIFICATE_NOT_FOR_SIGNING',
    ],
  }),
  /** PKCS#11 modules of this PC that the program knows by name; any other may be named by its path. */
  tokenModules: procedure({
    permission: 'settings.write',
    input: Nothing,
    output: z.object({ modules: z.array(z.object({ name: z.string(), path: z.string() })) }),
  }),
  /** What a module's tokens show; with a PIN also what they show after log-in. The PIN is not kept. */
  listTokens: procedure({
    permission: 'settings.write',
    input: z.object({ modulePath: ModulePath, pin: z.string().max(500).optional() }),
    output: z.object({ tokens: z.array(TokenView) }),
    errors: ['MODULE_NOT_FOUND', 'TOKEN_UNAVAILABLE', 'TOKEN_PIN_WRONG', 'TOKEN_PIN_LOCKED'],
  }),
  /** The town signs with a key on an IC card or HSM. The PIN proves key and certificate once, and is asked at each signing run. */
  writeTokenCertificate: procedure({
    permission: 'settings.write',
    input: z.object({
      modulePath: ModulePath,
      tokenLabel: z.string().max(200),
      tokenSerial: z.string().max(200),
      certificateId: z.string().max(500),
      certificateLabel: z.string().max(500),
      pin: z.string().min(1).max(500),
      owner: z.string().trim().min(1).max(200),
      /** Issuers' certificates (PEM or DER) when the token does not hold them. */
      issuersUploadId: UploadId.optional(),
    }),
    output: z.object({ certificate: CertificateInfo }),
    errors: [
      'MODULE_NOT_FOUND',
      'UPLOAD_UNKNOWN',
      'TOKEN_UNAVAILABLE',
      'TOKEN_PIN_WRONG',
      'TOKEN_PIN_LOCKED',
      'TOKEN_KEY_MISSING',
      'ISSUERS_UNREADABLE',
      'ISSUER_MISSING',
      'KEY_ALGORITHM_REFUSED',
      'KEY_CERTIFICATE_MISMATCH',
      'CERTIFICATE_EXPIRED',
      'CERTIFICATE_NOT_YET_VALID',
      'CERTIFICATE_NOT_FOR_SIGNING',
    ],
  }),
  /** Back to the embedded test certificate. */
  resetCertificate: procedure({
    permission: 'settings.write',
    input: z.object({ slot: z.enum(['town', 'witness']) }),
    output: Nothing,
  }),
  /** 印影: PNG or JPEG, ≤ 2 MB; without uploadId it is removed. */
  writeSealImage: procedure({
    permission: 'settings.write',
    input: z.object({ uploadId: UploadId.optional() }),
    output: Nothing,
    errors: ['UPLOAD_UNKNOWN', 'IMAGE_UNREADABLE'],
  }),
  openSealImage: procedure({
    permission: 'signed-in',
    input: Nothing,
    output: FileTicket,
    errors: ['NOT_FOUND'],
  }),
  /** Tries the stored settings for real: connects, and for SMTP sends one test mail. */
  test: procedure({
    permission: 'settings.write',
    input: z.object({ part: z.enum(['smtp', 'tsa', 'portal']), mailTo: z.string().max(254).optional() }),
    output: z.object({ detail: z.string() }),
    errors: [
      'SMTP_UNREACHABLE',
      'SMTP_AUTH_FAILED',
      'SMTP_TLS_FAILED',
      'SMTP_REFUSED_RECIPIENT',
      'SMTP_REFUSED_MESSAGE',
      'TSA_UNREACHABLE',
      'TSA_HTTP_ERROR',
      'TSA_REFUSED',
      'TSA_ANSWER_INVALID',
      'PORTAL_UNREACHABLE',
      'PORTAL_REFUSED_TOKEN',
      'PORTAL_ANSWER_INVALID',
      'NETWORK_SWITCHED_OFF',
    ],
  }),
  /** 本番前の確認 */
  readiness: procedure({
    permission: 'signed-in',
    input: Nothing,
    output: z.object({ items: z.array(ReadinessItem) }),
  }),
  /** Certificates this office trusts, as PEM: what another program needs to verify the signatures. */
  exportAnchors: procedure({ permission: 'signed-in', input: Nothing, output: FileTicket }),
  loadSamples: procedure({
    permission: 'settings.write',
    input: Nothing,
    output: z.object({ cases: z.number() }),
    errors: ['SAMPLES_PRESENT'],
  }),
  removeSamples: procedure({
    permission: 'settings.write',
    input: Nothing,
    output: z.object({ cases: z.number() }),
  }),
}

export const help = {
  /** システム概要書, 操作説明書, 更新履歴: Markdown. */
  read: procedure({
    permission: 'signed-in',
    input: Nothing,
    output: z.object({
      documents: z.array(z.object({ id: z.string(), title: z.string(), markdown: z.string() })),
    }),
  }),
}
