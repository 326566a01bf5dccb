/** How long a version's evidence lasts (L24), and verification results kept per version. */
import type { IsoDate } from '../../../../shared/model/brand.ts'
import { CaseId, DocumentId, EpochMs, VersionId } from '../../../../shared/model/brand.ts'
import { VerificationReport } from '../../../../shared/model/verification.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { noteKeptEvidence } from './kept-evidence.ts'

/** `until`: when the newest timestamp's certificate ends; null = no timestamp. */
export type Evidence = { readonly level: string; readonly until: EpochMs | null }

export function writeEvidence(db: WritableDb, versionId: VersionId, evidence: Evidence): void {
  db.run(
    query
      .updateTable('document_versions')
      .set({ evidence_level: evidence.level, evidence_until: evidence.until })
      .where('id', '=', versionId),
  )
  const owner = db.first(
    query
      .selectFrom('document_versions as version')
      .innerJoin('documents', 'documents.id', 'version.document_id')
      .select(['documents.id', 'documents.case_id'])
      .where('version.id', '=', versionId),
  )
  if (owner === undefined) return
  if (evidence.until !== null)
    db.run(query.updateTable('documents').set({ unstamped_since: null }).where('id', '=', owner.id))
  noteKeptEvidence(db, CaseId.parse(owner.case_id))
}

export function readEvidence(db: ReadableDb, versionId: VersionId): Evidence | undefined {
  const row = db.first(
    query
      .selectFrom('document_versions')
      .select(['evidence_level', 'evidence_until'])
      .where('id', '=', versionId),
  )
  if (row?.evidence_level === undefined || row.evidence_level === null) return undefined
  return {
    level: row.evidence_level,
    until: row.evidence_until === null ? null : EpochMs.parse(row.evidence_until),
  }
}

export type DueRenewal = {
  readonly caseId: CaseId
  readonly documentId: DocumentId
  readonly versionId: VersionId
  readonly until: EpochMs
  readonly retentionEndsOn: IsoDate | null
}

/** Newest versions whose timestamp ends before `before` although their case must be kept longer. Earliest first. */
export function listDueRenewals(db: ReadableDb, before: EpochMs, limit = 1000): DueRenewal[] {
  const rows = db.all(
    selectDue(before)
      .innerJoin('cases', 'cases.id', 'documents.case_id')
      .innerJoin('document_versions as version', 'version.document_id', 'documents.id')
      .where('version.number', '=', ({ selectFrom }) =>
        selectFrom('document_versions as each')
          .whereRef('each.document_id', '=', 'documents.id')
          .select(({ fn }) => fn.max('each.number').as('number')),
      )
      .select([
        'documents.case_id',
        'documents.id as document_id',
        'version.id as version_id',
        'documents.renewal_due',
        'cases.retention_ends_on',
      ])
      .orderBy('documents.renewal_due')
      .limit(limit),
  )
  return rows.map((row) => ({
    caseId: CaseId.parse(row.case_id),
    documentId: DocumentId.parse(row.document_id),
    versionId: VersionId.parse(row.version_id),
    until: EpochMs.parse(row.renewal_due),
    retentionEndsOn: row.retention_ends_on as IsoDate | null,
  }))
}

/** How many they are, counted up to `most`. */
export function countDueRenewals(db: ReadableDb, before: EpochMs, most: number): number {
  return db.all(selectDue(before).select('id').limit(most)).length
}

function selectDue(before: EpochMs) {
  return query.selectFrom('documents').where('renewal_due', '<', before)
}

/** Files that have evidence, and when it ends first of those that will be renewed. */
export function countEvidence(db: ReadableDb): {
  readonly files: number
  readonly firstUntil: EpochMs | null
} {
  const counted = db.first(
    query
      .selectFrom('documents')
      .select((select) => select.fn.countAll<number>().as('files'))
      .where('evidence_until', 'is not', null),
  )
  const first = db.first(
    query
      .selectFrom('documents')
      .select('renewal_due')
      .where('renewal_due', 'is not', null)
      .orderBy('renewal_due')
      .limit(1),
  )
  return {
    files: counted?.files ?? 0,
    firstUntil: first === undefined ? null : EpochMs.parse(first.renewal_due),
  }
}

export type StoredVerification = { readonly report: VerificationReport; readonly verifiedAt: EpochMs }

/** A version never changes, so its report holds as long as `basis` (trust anchors and rules used) is the same. */
export function readVerification(
  db: ReadableDb,
  versionId: VersionId,
  basis: string,
): StoredVerification | undefined {
  const row = db.first(
    query
      .selectFrom('verifications')
      .select(['report_json', 'verified_at'])
      .where('version_id', '=', versionId)
      .where('basis', '=', basis),
  )
  if (row === undefined) return undefined
  return {
    report: VerificationReport.parse(JSON.parse(row.report_json)),
    verifiedAt: EpochMs.parse(row.verified_at),
  }
}

export function writeVerification(
  db: WritableDb,
  versionId: VersionId,
  basis: string,
  result: StoredVerification,
): void {
  db.run(query.deleteFrom('verifications').where('version_id', '=', versionId).where('basis', '=', basis))
  db.run(
    query.insertInto('verifications').values({
      version_id: versionId,
      basis,
      verdict: result.report.verdict,
      report_json: JSON.stringify(result.report),
      verified_at: result.verifiedAt,
    }),
  )
}
