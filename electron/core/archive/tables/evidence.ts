/** How long a version's evidence lasts (L24), and verification results kept per version. */

import { type Expression, sql } from 'kysely'
import type { IsoDate } from '../../../../shared/model/brand.ts'
import { CaseId, DocumentId, EpochMs, VersionId } from '../../../../shared/model/brand.ts'
import { VerificationReport } from '../../../../shared/model/verification.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'

/** `until`: when the newest timestamp's certificate ends; null = no timestamp. */
export type Evidence = { readonly level: string; readonly until: EpochMs | null }

export function writeEvidence(db: WritableDb, versionId: VersionId, evidence: Evidence): void {
  db.run(
    query
      .updateTable('document_versions')
      .set({ evidence_level: evidence.level, evidence_until: evidence.until })
      .where('id', '=', versionId),
  )
  if (evidence.until === null) return
  const owner = query.selectFrom('document_versions').select('document_id').where('id', '=', versionId)
  db.run(query.updateTable('documents').set({ unstamped_since: null }).where('id', 'in', owner))
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

/**
 * Newest versions whose timestamp ends before `before` although their case must be kept longer
 * (open cases and 永年 have no end and always count). Earliest first.
 */
export function listDueRenewals(db: ReadableDb, before: EpochMs, limit = 1000): DueRenewal[] {
  const rows = db.all(
    selectDue(before)
      .select([
        'cases.id as case_id',
        'version.document_id',
        'version.id as version_id',
        'version.evidence_until',
        'cases.retention_ends_on',
      ])
      .orderBy('version.evidence_until')
      .limit(limit),
  )
  return rows.map((row) => ({
    caseId: CaseId.parse(row.case_id),
    documentId: DocumentId.parse(row.document_id),
    versionId: VersionId.parse(row.version_id),
    until: EpochMs.parse(row.evidence_until),
    retentionEndsOn: row.retention_ends_on as IsoDate | null,
  }))
}

/** How many they are, counted up to `most`. */
export function countDueRenewals(db: ReadableDb, before: EpochMs, most: number): number {
  return db.all(selectDue(before).select('version.id').limit(most)).length
}

function selectDue(before: EpochMs) {
  return (
    query
      .selectFrom('document_versions as version')
      .innerJoin('documents', 'documents.id', 'version.document_id')
      .innerJoin('cases', 'cases.id', 'documents.case_id')
      .where('version.evidence_until', '<', before)
      .where('version.destroyed_at', 'is', null)
      .where('documents.removed_at', 'is', null)
      .where('cases.state', '<>', 'deleted')
      // In the question, not after it: rows that last long enough would otherwise fill the limit for ever.
      .where((where) =>
        where.or([
          where('cases.retention_ends_on', 'is', null),
          where('version.evidence_until', '<', endOfDay(where.ref('cases.retention_ends_on'))),
        ]),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('document_versions as newer')
              .select('newer.id')
              .whereRef('newer.document_id', '=', 'version.document_id')
              .whereRef('newer.number', '>', 'version.number'),
          ),
        ),
      )
  )
}

/** 24:00 of a day in Japan, as `dayEndEpochMs`, for the database to compute. */
function endOfDay(day: Expression<string | null>) {
  return sql<number>`(unixepoch(${day}) + 86400 - 9 * 3600) * 1000`
}

/** Files with evidence, and the moment the first of them ends. */
export function countEvidence(db: ReadableDb): {
  readonly files: number
  readonly firstUntil: EpochMs | null
} {
  const row = db.first(
    query
      .selectFrom('document_versions')
      .select((select) => [
        select.fn.countAll<number>().as('files'),
        select.fn.min('evidence_until').as('first_until'),
      ])
      .where('evidence_until', 'is not', null)
      .where('destroyed_at', 'is', null),
  )
  const first = row?.first_until
  return {
    files: row?.files ?? 0,
    firstUntil: first === undefined || first === null ? null : EpochMs.parse(first),
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
