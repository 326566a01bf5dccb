import { z } from 'zod'
import { CaseId, EpochMs, Sha256Hex, SignerId } from './brand.ts'
import { AllowedNetworks } from './network.ts'

/** Plain practical check; the exact one is in `shared/rules`. */
export const MailAddress = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>"(),:;[\]\\]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}$/i)

/** town 町, counterparty 相手方 */
export const Side = z.enum(['town', 'counterparty'])
/** witness 立会人型 (契約印タイプ), party 当事者型 (実印タイプ) */
export const SignatureType = z.enum(['witness', 'party'])

/**
 * waiting → requested (mail accepted by SMTP) → viewed → consented → signed; declined, lapsed, locked, superseded.
 */
export const SignerState = z.enum([
  'waiting',
  'queued',
  'requested',
  'viewed',
  'consented',
  'signed',
  'declined',
  'lapsed',
  'locked',
])
export type SignerState = z.output<typeof SignerState>

export const SignerFields = z.object({
  side: Side,
  signatureType: SignatureType,
  /** Signers of the same step may sign in any order; a step starts when the one before is signed. */
  step: z.number().int().min(1).max(20),
  company: z.string().trim().max(200).default(''),
  /** 役職 */
  position: z.string().trim().max(100).default(''),
  name: z.string().trim().min(1).max(100),
  /** Empty for the town's own party signature. */
  mailAddress: z.union([MailAddress, z.literal('')]),
  /** Alphanumerics given by the counterparty on the 申出書; empty = none. */
  accessCode: z
    .string()
    .max(64)
    .regex(/^[0-9a-z]*$/i)
    .default(''),
  /** 担当者, gets copies of notices; optional. */
  contactName: z.string().trim().max(100).default(''),
  contactPosition: z.string().trim().max(100).default(''),
  contactMailAddress: z.union([MailAddress, z.literal('')]).default(''),
  /** How the address was confirmed (C-7). */
  addressConfirmedBy: z
    .enum(['application', 'phone', 'registry', 'arrival', 'unconfirmed'])
    .default('unconfirmed'),
  /** Networks from which this signer's links open (portal); empty = from anywhere. */
  allowedNetworks: AllowedNetworks.default([]),
  /** Days until the link lapses, counted from sending. */
  deadlineDays: z.number().int().min(1).max(90).default(14),
})
export type SignerFields = z.output<typeof SignerFields>

export const Consent = z.object({
  consentedAt: EpochMs,
  statement: z.string(),
  documents: z.array(z.object({ title: z.string(), sha256: Sha256Hex })),
  ipAddress: z.string(),
  userAgent: z.string(),
})
export type Consent = z.output<typeof Consent>

export const CaseSigner = z.object({
  id: SignerId,
  caseId: CaseId,
  fields: SignerFields.omit({ accessCode: true }).extend({ hasAccessCode: z.boolean() }),
  state: SignerState,
  requestedAt: EpochMs.nullable(),
  viewedAt: EpochMs.nullable(),
  deadline: EpochMs.nullable(),
  signedAt: EpochMs.nullable(),
  consent: Consent.nullable(),
  declineReason: z.string().nullable(),
  /** Code of the last failure while sealing or mailing, null when all is well. */
  problem: z.string().nullable(),
})
export type CaseSigner = z.output<typeof CaseSigner>
