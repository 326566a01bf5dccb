/** 決裁: who asked, who decided, and the SHA-256 of exactly the files that were approved. */
import { type CaseId, DocumentId, EpochMs, Sha256Hex, VersionId } from '../../../../shared/model/brand.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import { requireCase } from './cases.ts'
import { type Change, recordChange } from './changes.ts'

export type BoundDocument = {
  readonly documentId: DocumentId
  readonly versionId: VersionId
  readonly sha256: Sha256Hex
}

export type Approval = {
  readonly id: string
  readonly requestedAt: EpochMs
  /** User id and display name, as stored by the use case. */
  readonly requestedBy: string
  readonly requestComment: string
  readonly decidedAt: EpochMs | null
  readonly decidedBy: string | null
  readonly decision: 'approve' | 'return' | null
  readonly decisionNumber: string
  readonly decisionComment: string
  readonly documents: readonly BoundDocument[]
}

/** Opens a request and binds the files. An older open request of the case is ended as returned. */
export function requestApproval(
  db: WritableDb,
  caseId: CaseId,
  request: { readonly comment: string; readonly documents: readonly BoundDocument[] },
  change: Change,
): string {
  const id = newId()
  db.run(
    query
      .updateTable('approvals')
      .set({ decided_at: change.at, decided_by: change.who, decision: 'return' })
      .where('case_id', '=', caseId)
      .where('decided_at', 'is', null),
  )
  db.run(
    query.insertInto('approvals').values({
      id,
      case_id: caseId,
      requested_at: change.at,
      requested_by: change.userId ?? change.who,
      request_comment: request.comment,
      decided_at: null,
      decided_by: null,
      decision: null,
      decision_number: '',
      decision_comment: '',
    }),
  )
  for (const document of request.documents)
    db.run(
      query.insertInto('approval_documents').values({
        approval_id: id,
        document_id: document.documentId,
        version_id: document.versionId,
        sha256: document.sha256,
      }),
    )
  history(db, caseId, change, {
    field: 'approval.requested',
    oldValue: null,
    newValue: request.documents.map((document) => document.sha256).join('\n'),
  })
  return id
}

/** @throws ArchiveError 'ROW_NOT_FOUND' when no request is open */
export function decideApproval(
  db: WritableDb,
  caseId: CaseId,
  decision: {
    readonly decision: 'approve' | 'return'
    readonly decisionNumber: string
    readonly comment: string
  },
  change: Change,
): void {
  const decided = db.run(
    query
      .updateTable('approvals')
      .set({
        decided_at: change.at,
        decided_by: change.userId ?? change.who,
        decision: decision.decision,
        decision_number: decision.decisionNumber,
        decision_comment: decision.comment,
      })
      .where('case_id', '=', caseId)
      .where('decided_at', 'is', null),
  )
  if (decided === 0) throw new ArchiveError('ROW_NOT_FOUND', 'No open request for approval')
  history(db, caseId, change, {
    field: 'approval.decided',
    oldValue: null,
    newValue: [decision.decision, decision.decisionNumber, decision.comment].join(' ').trim(),
  })
}

/** The newest request of a case, decided or not. */
export function readApproval(db: ReadableDb, caseId: CaseId): Approval | undefined {
  const row = db.first(
    query
      .selectFrom('approvals')
      .select([
        'id',
        'requested_at',
        'requested_by',
        'request_comment',
        'decided_at',
        'decided_by',
        'decision',
        'decision_number',
        'decision_comment',
      ])
      .where('case_id', '=', caseId)
      .orderBy('requested_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1),
  )
  if (row === undefined) return undefined
  const documents = db.all(
    query
      .selectFrom('approval_documents')
      .select(['document_id', 'version_id', 'sha256'])
      .where('approval_id', '=', row.id),
  )
  return {
    id: row.id,
    requestedAt: EpochMs.parse(row.requested_at),
    requestedBy: row.requested_by,
    requestComment: row.request_comment,
    decidedAt: row.decided_at === null ? null : EpochMs.parse(row.decided_at),
    decidedBy: row.decided_by,
    decision: row.decision === 'approve' || row.decision === 'return' ? row.decision : null,
    decisionNumber: row.decision_number,
    decisionComment: row.decision_comment,
    documents: documents.map((document) => ({
      documentId: DocumentId.parse(document.document_id),
      versionId: VersionId.parse(document.version_id),
      sha256: Sha256Hex.parse(document.sha256),
    })),
  }
}

function history(
  db: WritableDb,
  caseId: CaseId,
  change: Change,
  value: { readonly field: string; readonly oldValue: string | null; readonly newValue: string | null },
): void {
  const subject = { entity: 'case', entityId: caseId, caseId, caseTitle: requireCase(db, caseId).title }
  recordChange(db, subject, change, value)
}
