/** Work that survives a kill: each kind with its payload. Handlers are in the files of the same names. */
import { z } from 'zod'
import {
  CaseId,
  type CaseId as CaseIdType,
  DocumentId,
  type EpochMs,
  SignerId,
} from '../../../shared/model/brand.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { queueJob } from '../../core/archive/tables/jobs.ts'

export type JobKind<Payload> = {
  readonly kind: string
  readonly payload: z.ZodType<Payload>
  /** Writes the job in the transaction of its cause. A job of the same kind and payload that still waits is not doubled. */
  readonly queue: (
    db: WritableDb,
    payload: Payload,
    when: { readonly at: EpochMs; readonly notBefore?: EpochMs; readonly caseId?: CaseIdType },
  ) => void
}

function jobKind<Schema extends z.ZodType>(kind: string, payload: Schema): JobKind<z.output<Schema>> {
  return {
    kind,
    payload: payload as unknown as z.ZodType<z.output<Schema>>,
    queue: (db, value, when) => {
      queueJob(
        db,
        {
          kind,
          uniqueKey: JSON.stringify(value),
          payload: value,
          caseId: when.caseId,
          notBefore: when.notBefore,
        },
        when.at,
      )
    },
  }
}

/** Makes a signer's package, puts it on the portal, queues the mail with the link. */
export const requestSignerJob = jobKind(
  'request-signer',
  z.object({ signerId: SignerId, mail: z.enum(['signing-request', 'reminder', 'replaced-link']) }),
)
/** Tells the portal that a link is dead. */
export const closeLinkJob = jobKind(
  'close-link',
  z.object({ linkId: z.string(), reason: z.enum(['revoked', 'replaced']) }),
)
/** Tells the portal to open a locked link again. */
export const unlockLinkJob = jobKind('unlock-link', z.object({ linkId: z.string() }))
/** Seals a stored consent into every document to be signed. */
export const sealConsentJob = jobKind('seal-consent', z.object({ signerId: SignerId }))
/** Verifies every signature; only then the case is 締結済. */
export const concludeJob = jobKind('conclude-case', z.object({ caseId: CaseId }))
/** 締結証明書, download pages, completion mails. */
export const completeJob = jobKind(
  'complete-case',
  z.object({ caseId: CaseId, mail: z.enum(['completion', 'download-reissue']) }),
)
/** Validation data and archive timestamp (B-LT, B-LTA), once revocation data is newer than the signatures. */
export const preserveJob = jobKind('preserve-case', z.object({ caseId: CaseId }))
/** Text of a document for the search index. */
export const extractTextJob = jobKind('extract-text', z.object({ documentId: DocumentId }))
