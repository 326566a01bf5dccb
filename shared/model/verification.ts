import { z } from 'zod'

/**
 * The verdict on a PDF's signatures, as `desk verify --json` prints it and the 署名パネル shows it.
 * The report never says more than was checked; see /shared interfaces in the root README.
 */
export const Verdict = z.enum([
  'valid',
  'valid-with-permitted-changes',
  'changed',
  'unknown-signer',
  'broken',
  'unsigned',
  'unreadable',
])
export type Verdict = z.output<typeof Verdict>

/** A code and one plain Japanese sentence. */
export const Reason = z.object({ code: z.string(), text: z.string() })
export type Reason = z.output<typeof Reason>

export const ChangeItem = z.object({
  code: z.string(),
  page: z.number().int().nullable(),
  text: z.string(),
  /** [x1, y1, x2, y2] in points of the page, where the change shows. */
  rectangle: z.array(z.number()).length(4).optional(),
})
export type ChangeItem = z.output<typeof ChangeItem>

export const SignatureReport = z.object({
  field: z.string(),
  kind: z.enum(['signature', 'document-timestamp']),
  subFilter: z.string(),
  level: z.enum(['none', 'B-B', 'B-T', 'B-LT', 'B-LTA']),
  signer: z.object({ commonName: z.string(), organization: z.string().nullable() }),
  algorithm: z.string(),
  claimedAt: z.string().nullable(),
  timestamp: z
    .object({
      time: z.string(),
      authority: z.string(),
      trusted: z.boolean(),
      /** 認定タイムスタンプ; absent when no list of accredited services was given. */
      accredited: z.boolean().optional(),
    })
    .nullable(),
  integrity: z.enum(['intact', 'broken']),
  trust: z.enum(['trusted', 'unknown', 'revoked', 'expired', 'not-yet-valid', 'unusable']),
  revocation: z.enum(['good', 'revoked', 'unknown']),
  coverage: z.enum(['whole-file', 'revision', 'bad']),
  revision: z.number().int(),
  revisions: z.number().int(),
  changesAfter: z.object({
    level: z.enum(['none', 'lta', 'form', 'annotate', 'other']),
    permitted: z.boolean(),
    items: z.array(ChangeItem),
  }),
  verdict: Verdict,
  reasons: z.array(Reason),
  /** /Name, /Reason, /Location, /ContactInfo of the signature dictionary: claims of the signer, covered by the signature. */
  claims: z.object({
    name: z.string().nullable(),
    reason: z.string().nullable(),
    location: z.string().nullable(),
    contactInfo: z.string().nullable(),
  }),
  /** Size in bytes of the signed revision: bytes [0, signedSizeBytes) are what the signer signed. */
  signedSizeBytes: z.number().int(),
  /** When the newest timestamp protecting this signature stops being verifiable (its TSA certificate's end), ISO time. */
  evidenceUntil: z.string().nullable(),
})
export type SignatureReport = z.output<typeof SignatureReport>

export const VerificationReport = z.object({
  verdict: Verdict,
  signatures: z.array(SignatureReport),
  problems: z.array(Reason),
})
export type VerificationReport = z.output<typeof VerificationReport>
