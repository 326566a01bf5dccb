import { z } from 'zod'
import { EpochMs, IsoDate, Yen } from './brand.ts'

export const SmtpSettings = z.object({
  /** built-in: the local sink whose mails are read in the app (test part). */
  mode: z.enum(['built-in', 'server']),
  host: z.string().trim().max(253).default(''),
  port: z.number().int().min(1).max(65535).default(587),
  security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
  user: z.string().max(200).default(''),
  fromAddress: z.string().trim().max(254).default(''),
  fromName: z.string().trim().max(100).default(''),
})
export const TsaSettings = z.object({
  mode: z.enum(['built-in', 'server']),
  url: z.union([z.url(), z.literal('')]).default(''),
  user: z.string().max(200).default(''),
})
export const PortalSettings = z.object({
  mode: z.enum(['built-in', 'server']),
  /** URL the office calls. */
  url: z.union([z.url(), z.literal('')]).default(''),
  /** URL the counterparty's browser uses; empty = the same. */
  publicUrl: z.union([z.url(), z.literal('')]).default(''),
})
/** A signing key as settings show it; key and password never leave the main process. */
export const CertificateInfo = z.object({
  slot: z.enum(['town', 'witness']),
  source: z.enum(['built-in', 'pkcs12', 'pkcs11']),
  subject: z.string(),
  issuer: z.string(),
  /** Upper-case hex. */
  serialNumber: z.string(),
  notBefore: EpochMs,
  notAfter: EpochMs,
  algorithm: z.string(),
  /** Who owns the key (L6). */
  owner: z.string(),
  testPart: z.boolean(),
  /** A PIN or password is asked at each signing run instead of being kept in the archive. */
  askPin: z.boolean(),
  /** Label of the IC card or HSM that holds the key; null = it lies in the archive. */
  token: z.string().nullable(),
})
export const TownSettings = z.object({
  townName: z.string().trim().min(1).max(50),
  /** 扶桑町長 */
  headOfTown: z.string().trim().max(50),
  divisionName: z.string().trim().max(100),
  divisionMail: z.string().trim().max(254),
  divisionPhone: z.string().trim().max(50),
  departments: z.array(z.string().trim().min(1).max(100)).max(200),
  lockAfterMinutes: z.number().int().min(1).max(240),
  downloadDays: z.number().int().min(1).max(90),
  reminderDays: z.array(z.number().int().min(1).max(60)).max(10),
})
/** Thresholds and dates of the town and of the law, with the day from which they hold. */
export const RuleSettings = z.object({
  electronicBidsFrom: IsoDate,
  electronicNegotiatedFrom: IsoDate,
  councilWorksYen: Yen,
  councilPropertyYen: Yen,
  smallContractLimits: z.array(
    z.object({
      from: IsoDate,
      worksYen: Yen,
      purchaseYen: Yen,
      leaseInYen: Yen,
      saleYen: Yen,
      leaseOutYen: Yen,
      otherYen: Yen,
    }),
  ),
  stampDutyReductionUntil: IsoDate,
  retentionYearsByKind: z.record(z.string(), z.number().int()),
})
/** Every way out of this PC (L27); each can be switched off. */
export const NetworkSettings = z.object({
  mail: z.boolean(),
  timestamp: z.boolean(),
  portal: z.boolean(),
  revocation: z.boolean(),
  proxyUrl: z.union([z.url(), z.literal('')]).default(''),
})

export const SettingsView = z.object({
  town: TownSettings,
  smtp: SmtpSettings.extend({ hasPassword: z.boolean() }),
  tsa: TsaSettings.extend({ hasPassword: z.boolean() }),
  portal: PortalSettings.extend({ hasToken: z.boolean() }),
  certificates: z.array(CertificateInfo),
  rules: RuleSettings,
  network: NetworkSettings,
  hasSealImage: z.boolean(),
})
export type SettingsView = z.output<typeof SettingsView>

/** One line of 本番前の確認. */
export const ReadinessItem = z.object({
  code: z.enum([
    'town-certificate',
    'witness-certificate',
    'witness-key-owner',
    'tsa',
    'tsa-accredited',
    'smtp',
    'portal',
    'portal-https',
    'backup',
    'recovery-sheet',
    'second-administrator',
    'approver-exists',
    'samples-removed',
  ]),
  done: z.boolean(),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type ReadinessItem = z.output<typeof ReadinessItem>
