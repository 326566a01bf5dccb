/**
 * 廃棄 (L22, L23): only after the retention ended, never under hold, proposed by one person and confirmed by another.
 * The case's row, its history, its log and the digests of its files stay; texts for search and the files themselves go.
 * What was confirmed together is one run with frozen facts (`disposal-runs.ts`): its certificate can be made again at any time.
 */
import { CaseId, EpochMs, IsoDate, type UserId } from '../../../../shared/model/brand.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import type { FileId } from '../vault.ts'
import { type CaseRecord, moveCase, readCase, requireCase, subjectOf } from './cases.ts'
import { type Change, recordChange } from './changes.ts'
import { addDisposalItem, type DisposedFile } from './disposal-runs.ts'
import { japanDay } from './japan-day.ts'
import { markForIndex } from './search-pending.ts'
import { type Viewer, visibleTo } from './viewer.ts'

export type DisposalCandidate = {
  readonly caseId: CaseId
  readonly retentionEndsOn: IsoDate
  readonly proposedBy: UserId | null
  readonly proposedByName: string
  readonly proposedAt: EpochMs | null
  readonly why: string
}

/** Why a case may not be disposed of now. */
export type DisposalObstacle = 'RETENTION_NOT_ENDED' | 'ON_HOLD' | 'NOT_PROPOSED' | 'SAME_PERSON'

type Person = Change & { readonly userId: UserId }

/** Candidates are counted up to this many. */
export const CANDIDATE_COUNT_CAP = 10_000

export type CandidateFilter = {
  readonly today: IsoDate
  readonly viewer: Viewer
  /** Only those that wait for a second person, or only those nobody proposed yet. */
  readonly only: 'all' | 'proposed' | 'unproposed'
}

/** Cases whose retention has ended before `today` (the last day itself still belongs to it) and that are not on hold. */
export function listDisposalCandidates(
  db: ReadableDb,
  filter: CandidateFilter,
  page: { readonly offset: number; readonly limit: number },
): DisposalCandidate[] {
  const rows = db.all(
    candidates(db, filter)
      .select(['cases.id', 'cases.retention_ends_on'])
      .orderBy('cases.retention_ends_on')
      .orderBy('cases.id')
      .limit(page.limit)
      .offset(page.offset),
  )
  return rows.map((row) => {
    const proposal = db.first(openProposal(row.id))
    return {
      caseId: CaseId.parse(row.id),
      retentionEndsOn: IsoDate.parse(row.retention_ends_on),
      proposedBy: (proposal?.proposed_by ?? null) as UserId | null,
      proposedByName: proposal?.proposed_by_name ?? '',
      proposedAt: proposal === undefined ? null : EpochMs.parse(proposal.proposed_at),
      why: proposal?.why ?? '',
    }
  })
}

/** Up to `CANDIDATE_COUNT_CAP`. */
export function countDisposalCandidates(db: ReadableDb, filter: CandidateFilter): number {
  return db.all(candidates(db, filter).select('cases.id').limit(CANDIDATE_COUNT_CAP)).length
}

function candidates(db: ReadableDb, { today, viewer, only }: CandidateFilter) {
  const proposed = query.selectFrom('disposals').select('case_id').where('confirmed_at', 'is', null)
  const ended = query
    .selectFrom('cases')
    .where('retention_ends_on', '<', today)
    .where('hold', '=', 0)
    .where('state', '<>', 'deleted')
    .where(visibleTo(db, viewer))
  if (only === 'all') return ended
  return only === 'proposed' ? ended.where('id', 'in', proposed) : ended.where('id', 'not in', proposed)
}

function openProposal(caseId: string) {
  return query
    .selectFrom('disposals')
    .select(['proposed_at', 'proposed_by', 'proposed_by_name', 'why'])
    .where('case_id', '=', caseId)
    .where('confirmed_at', 'is', null)
}

/** True while a second person has not confirmed. */
export function isProposed(db: ReadableDb, caseId: CaseId): boolean {
  return db.first(openProposal(caseId)) !== undefined
}

/** What forbids the step now; undefined: nothing. A case that is gone has ROW_NOT_FOUND. Changes nothing. */
export function disposalObstacle(
  db: ReadableDb,
  caseId: CaseId,
  step: { readonly kind: 'propose' | 'confirm'; readonly at: EpochMs; readonly userId: UserId },
): DisposalObstacle | 'ROW_NOT_FOUND' | undefined {
  const found = readCase(db, caseId)
  if (found === undefined || found.state === 'deleted') return 'ROW_NOT_FOUND'
  if (found.hold) return 'ON_HOLD'
  if (found.retentionEndsOn === null || japanDay(step.at) <= found.retentionEndsOn)
    return 'RETENTION_NOT_ENDED'
  if (step.kind === 'propose') return undefined
  const proposal = db.first(openProposal(caseId))
  if (proposal === undefined) return 'NOT_PROPOSED'
  return proposal.proposed_by === step.userId ? 'SAME_PERSON' : undefined
}

/** @throws ArchiveError 'ROW_NOT_FOUND' | 'DISPOSAL_REFUSED' (data.reason: DisposalObstacle) */
export function proposeDisposal(db: WritableDb, caseId: CaseId, change: Person): void {
  const found = requireStep(db, caseId, { kind: 'propose', at: change.at, userId: change.userId })
  const before = db.first(openProposal(caseId))
  const proposal = {
    proposed_at: change.at,
    proposed_by: change.userId,
    proposed_by_name: change.who,
    why: change.why,
  }
  const open = { confirmed_at: null, confirmed_by: null, confirmed_by_name: null }
  db.run(
    query
      .insertInto('disposals')
      .values({ case_id: caseId, ...proposal, ...open })
      .onConflict((conflict) => conflict.column('case_id').doUpdateSet(proposal)),
  )
  recordChange(db, subjectOf(caseId, found.title), change, {
    field: 'disposal.proposed',
    oldValue: before?.proposed_by_name ?? null,
    newValue: change.who,
  })
}

/** 取り下げ, by the one who proposed or anybody else: the case is kept. @throws 'ROW_NOT_FOUND' | 'DISPOSAL_REFUSED' */
export function withdrawDisposal(db: WritableDb, caseId: CaseId, change: Change): void {
  const found = requireCase(db, caseId)
  const proposal = db.first(openProposal(caseId))
  if (found.state === 'deleted' || proposal === undefined) throw refused('NOT_PROPOSED')
  db.run(query.deleteFrom('disposals').where('case_id', '=', caseId).where('confirmed_at', 'is', null))
  recordChange(db, subjectOf(caseId, found.title), change, {
    field: 'disposal.proposed',
    oldValue: proposal.proposed_by_name,
    newValue: null,
  })
}

/**
 * The second person confirms; the case is gone from lists and search, and its facts are frozen in the run.
 * @returns the files to be destroyed with `vault.destroy` after the transaction (again after a crash: `listFilesToDestroy`)
 * @throws ArchiveError 'ROW_NOT_FOUND' | 'DISPOSAL_REFUSED' (data.reason: DisposalObstacle)
 */
export function confirmDisposal(
  db: WritableDb,
  runId: string,
  caseId: CaseId,
  change: Person,
): readonly FileId[] {
  const found = requireStep(db, caseId, { kind: 'confirm', at: change.at, userId: change.userId })
  const proposal = db.first(openProposal(caseId))
  if (proposal === undefined) throw refused('NOT_PROPOSED')
  const files = filesOf(db, caseId)
  const documents = query.selectFrom('documents').select('id').where('case_id', '=', caseId)
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
      .where('document_id', 'in', documents),
  )
  db.run(query.updateTable('documents').set({ unstamped_since: null }).where('case_id', '=', caseId))
  db.run(query.deleteFrom('document_pages').where('document_id', 'in', documents))
  moveCase(db, caseId, { state: 'deleted', waitingFor: 'nothing', nextDeadline: null }, change)
  markForIndex(db, caseId)
  addDisposalItem(db, runId, caseId, {
    title: found.title,
    contractNumber: found.contractNumber,
    counterparties: found.fields.counterparties.map(({ name }) => name),
    contractDate: found.fields.contractDate,
    completedOn: found.fields.completedOn,
    retentionEndsOn: found.retentionEndsOn,
    proposedAt: EpochMs.parse(proposal.proposed_at),
    proposedByName: proposal.proposed_by_name,
    why: proposal.why,
    files: files.map(({ fileId: _destroyed, ...file }) => file),
  })
  return files.map(({ fileId }) => fileId)
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

function requireStep(
  db: ReadableDb,
  caseId: CaseId,
  step: Parameters<typeof disposalObstacle>[2],
): CaseRecord {
  const obstacle = disposalObstacle(db, caseId, step)
  if (obstacle === undefined) return requireCase(db, caseId)
  if (obstacle === 'ROW_NOT_FOUND') throw new ArchiveError('ROW_NOT_FOUND', 'No such case')
  throw refused(obstacle)
}

function refused(reason: DisposalObstacle): ArchiveError {
  return new ArchiveError('DISPOSAL_REFUSED', 'The case may not be disposed of now', { data: { reason } })
}

function filesOf(db: ReadableDb, caseId: CaseId): (DisposedFile & { readonly fileId: FileId })[] {
  return db
    .all(
      query
        .selectFrom('document_versions as version')
        .innerJoin('documents', 'documents.id', 'version.document_id')
        .select([
          'version.file_id',
          'version.number',
          'version.sha256',
          'version.size_bytes',
          'documents.title',
        ])
        .where('documents.case_id', '=', caseId)
        .where('version.file_id', 'is not', null)
        .orderBy('documents.position')
        .orderBy('version.number'),
    )
    .map((row) => ({
      fileId: row.file_id as FileId,
      title: row.title,
      number: row.number,
      sha256: row.sha256 as DisposedFile['sha256'],
      sizeBytes: row.size_bytes,
    }))
}
