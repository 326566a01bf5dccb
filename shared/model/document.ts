import { z } from 'zod'
import { CaseId, DocumentId, EpochMs, FieldId, Sha256Hex, SignerId, VersionId } from './brand.ts'

/**
 * sign 署名する文書, view 参考文書 (only shown), application 申出書, certificate 締結証明書, attachment その他 (kept, not sent).
 */
export const DocumentRole = z.enum(['sign', 'view', 'application', 'certificate', 'attachment'])
export type DocumentRole = z.output<typeof DocumentRole>

/** Why a version exists. Versions are immutable; a document's current version is its newest. */
export const VersionReason = z.enum([
  'import',
  'repair',
  'fields',
  'signature',
  'validation-data',
  'archive-timestamp',
  'made',
])
export type VersionReason = z.output<typeof VersionReason>

export const DocumentVersion = z.object({
  id: VersionId,
  number: z.number().int(),
  reason: VersionReason,
  sha256: Sha256Hex,
  sizeBytes: z.number().int(),
  createdAt: EpochMs,
  createdBy: z.string(),
})
export type DocumentVersion = z.output<typeof DocumentVersion>

export const PreflightProblem = z.object({
  code: z.string(),
  severity: z.enum(['stop', 'warn']),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
})
export type PreflightProblem = z.output<typeof PreflightProblem>

export const PreflightReport = z.object({
  pages: z.number().int(),
  pdfVersion: z.string(),
  producer: z.string(),
  problems: z.array(PreflightProblem),
  canSend: z.boolean(),
  canRepair: z.boolean(),
})
export type PreflightReport = z.output<typeof PreflightReport>

export const CaseDocument = z.object({
  id: DocumentId,
  caseId: CaseId,
  order: z.number().int(),
  title: z.string(),
  fileName: z.string(),
  role: DocumentRole,
  pages: z.number().int(),
  current: DocumentVersion,
  versions: z.array(DocumentVersion),
  preflight: PreflightReport.nullable(),
  hasText: z.boolean(),
})
export type CaseDocument = z.output<typeof CaseDocument>

/** A place on a page where a seal or signature will show. Points, origin bottom left of the unrotated page. */
export const SignatureField = z.object({
  id: FieldId,
  documentId: DocumentId,
  signerId: SignerId,
  page: z.number().int().min(1),
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
  /** seal-image 印影, text 氏名と日時, invisible: no mark on the page. */
  appearance: z.enum(['seal-image', 'text', 'invisible']),
})
export type SignatureField = z.output<typeof SignatureField>
