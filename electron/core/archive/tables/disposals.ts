/**
 * 廃棄 (L22, L23): only after the retention ended, never under hold, proposed by one person and confirmed by another.
 * The case's row, its history, its log and the digests of its files stay; texts for search and the files themselves go.
 */
import { CaseId, EpochMs, IsoDate, Sha256Hex, type UserId } from '../../../../shared/model/brand.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import type { FileId } from '../vault.ts'
import { moveCase, requireCase } from './cases.ts'
import { type Change, recordChange } from './changes.ts'
import { japanDay } from './japan-day.ts'
import { markForIndex } from './search-pending.ts'

export type DisposalCandidate = {
  readonly caseId: CaseId
  readonly retentionEndsOn: IsoDate
  readonly proposedBy: UserId | null
  readonly proposedByName: string
}

/** Why a case may not be disposed of now. */
export type DisposalObstacle = 'RETENTION_NOT_ENDED' | 'ON_HOLD' | 'NOT_PROPOSED' | 'SAME_PERSON'

/** Cases whose retention has ended by `today` (the last day itself still belongs to it) and that are not on hold. */
export function listDisposalCandidates(db: ReadableDb, today: IsoDate, limit = 1000): DisposalCandidate[] {
  const rows = db.all(
    query
      .selectFrom('cases')
      .leftJoin('disposals', 'disposals.case_id', 'cases.id')
      .select(['cases.id', 'cases.retention_ends_on', 'disposals.proposed_by', 'disposals.proposed_by_name'])
      .where('cases.retention_ends_on', '<', today)
      .where('cases.hold', '=', 0)
      .where('cases.state', '<>', 'deleted')
      .orderBy('cases.retention_ends_on')
      .orderBy('cases.id')
      .limit(limit),
  )
  return rows.map((row) => ({
    caseId: CaseId.parse(row.id),
    retentionEndsOn: IsoDate.parse(row.retention_ends_on),
    proposedBy: (row.proposed_by ?? null) as UserId | null,
    proposedByName: row.proposed_by_name ?? '',
  }))
}

/** @throws ArchiveError 'ROW_NOT_FOUND' | 'DISPOSAL_REFUSED' (data.reason: DisposalObstacle) */
export function proposeDisposal(db: WritableDb, caseId: CaseId, change: Change & { userId: UserId }): void {
  const title = requireDisposable(db, caseId, change.at)
  db.run(
    query
      .insertInto('disposals')
      .values({
        case_id: caseId,
        proposed_at: change.at,
        proposed_by: change.userId,
        proposed_by_name: change.who,
        why: change.why,
        confirmed_at: null,
        confirmed_by: null,
        confirmed_by_name: null,
      })
      .onConflict((conflict) =>
        conflict.column('case_id').doUpdateSet({
          proposed_at: change.at,
          proposed_by: change.userId,
          proposed_by_name: change.who,
          why: change.why,
        }),
      ),
  )
  recordChange(db, { entity: 'case', entityId: caseId, caseId, caseTitle: title }, change, {
    field: 'disposal.proposed',
    oldValue: null,
    newValue: change.who,
  })
}

export type DisposedFile = {
  readonly fileId: FileId
  readonly title: string
  readonly sha256: Sha256Hex
  readonly sizeBytes: number
}
export type Disposal = {
  readonly caseId: CaseId
  readonly title: string
  readonly contractNumber: string
  readonly retentionEndsOn: IsoDate
  readonly proposedByName: string
  readonly proposedAt: EpochMs
  readonly confirmedByName: string
  readonly confirmedAt: EpochMs
  readonly why: string
  /** To be destroyed with `vault.destroy` after the transaction; `listFilesToDestroy` names them again after a crash. */
  readonly files: readonly DisposedFile[]
}

/**
 * The second person confirms; the case is gone from lists and search. Returns what the certificate must say.
 * @throws ArchiveError 'ROW_NOT_FOUND' | 'DISPOSAL_REFUSED' (data.reason: DisposalObstacle)
 */
export function confirmDisposal(
  db: WritableDb,
  caseId: CaseId,
  change: Change & { userId: UserId },
): Disposal {
  requireDisposable(db, caseId, change.at)
  const proposal = db.first(
    query
      .selectFrom('disposals')
      .select(['proposed_at', 'proposed_by', 'proposed_by_name', 'why'])
      .where('case_id', '=', caseId)
      .where('confirmed_at', 'is', null),
  )
  if (proposal === undefined) throw refused('NOT_PROPOSED')
  if (proposal.proposed_by === change.userId) throw refused('SAME_PERSON')
  const before = requireCase(db, caseId)
  const files = filesOf(db, caseId)
  db.run(
    query
      .updateTable('disposals')
      .set({ confirmed_at: change.at, confirmed_by: change.userId, confirmed_by_name: change.who })
      .where('case_id', '=', caseId),
  )
  db.run(
    query
      .updateTable('document_versions')
      .set({ destroyed_at: change.at })
      .where('document_id', 'in', query.selectFrom('documents').select('id').where('case_id', '=', caseId)),
  )
  db.run(query.updateTable('documents').set({ unstamped_since: null }).where('case_id', '=', caseId))
  db.run(
    query
      .deleteFrom('document_pages')
      .where('document_id', 'in', query.selectFrom('documents').select('id').where('case_id', '=', caseId)),
  )
  moveCase(db, caseId, { state: 'deleted', waitingFor: 'nothing', nextDeadline: null }, change)
  markForIndex(db, caseId)
  return {
    caseId,
    title: before.title,
    contractNumber: before.contractNumber,
    retentionEndsOn: IsoDate.parse(before.retentionEndsOn),
    proposedByName: proposal.proposed_by_name,
    proposedAt: EpochMs.parse(proposal.proposed_at),
    confirmedByName: change.who,
    confirmedAt: change.at,
    why: proposal.why,
    files,
  }
}

/** Files of confirmed disposals that still have a vault id. Idempotent: destroy each, then `forgetFile`. */
export function listFilesToDestroy(db: ReadableDb): FileId[] {
  return db
    .all(
      query
        .selectFrom('document_versions')
        .select('file_id')
        .where('destroyed_at', 'is not', null)
        .where('file_id', 'is not', null),
    )
    .map((row) => row.file_id as FileId)
}

/** After `vault.destroy`: the version keeps its digest and size, not its file. */
export function forgetFile(db: WritableDb, fileId: FileId): void {
  db.run(query.updateTable('document_versions').set({ file_id: null }).where('file_id', '=', fileId))
}

function requireDisposable(db: ReadableDb, caseId: CaseId, at: EpochMs): string {
  const found = requireCase(db, caseId)
  if (found.hold) throw refused('ON_HOLD')
  if (found.retentionEndsOn === null || japanDay(at) <= found.retentionEndsOn)
    throw refused('RETENTION_NOT_ENDED')
  return found.title
}

function refused(reason: DisposalObstacle): ArchiveError {
  return new ArchiveError('DISPOSAL_REFUSED', 'The case may not be disposed of now', { data: { reason } })
}

function filesOf(db: ReadableDb, caseId: CaseId): DisposedFile[] {
  return db
    .all(
      query
        .selectFrom('document_versions as version')
        .innerJoin('documents', 'documents.id', 'version.document_id')
        .select(['version.file_id', 'version.sha256', 'version.size_bytes', 'documents.title'])
        .where('documents.case_id', '=', caseId)
        .where('version.file_id', 'is not', null)
        .orderBy('documents.position')
        .orderBy('version.number'),
    )
    .map((row) => ({
      fileId: row.file_id as FileId,
      title: row.title,
      sha256: Sha256Hex.parse(row.sha256),
      sizeBytes: row.size_bytes,
    }))
}
