/** 案件: the case row with its counterparties; every change leaves a row of history in the same transaction. */
import { CaseId, EpochMs, FolderId, type IsoDate } from '../../../../shared/model/brand.ts'
import {
  CaseDetail,
  CaseFields,
  type CaseState,
  type CaseSummary,
  Confidentiality,
} from '../../../../shared/model/case.ts'
import { fiscalYearOf } from '../../../../shared/text/era.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import { CASE_COLUMNS, caseFieldsOf, caseRowOf, caseSummaryOf, historyOf } from './case-rows.ts'
import { type Change, type ChangedEntity, recordChange, recordChanges } from './changes.ts'
import { japanDay } from './japan-day.ts'
import { noteKeptEvidence } from './kept-evidence.ts'
import { retentionEndOf } from './retention.ts'
import { markForIndex } from './search-pending.ts'
import { type Viewer, visibleTo } from './viewer.ts'

/** A case as stored; the use case adds the notices of the rules. */
export type CaseRecord = Omit<CaseDetail, 'notices'> & {
  readonly hold: boolean
  readonly retentionEndsOn: IsoDate | null
  readonly concludedAt: EpochMs | null
}

/** What a use case sets when a case moves; undefined keeps the old value. */
export type CaseProgress = {
  readonly state?: CaseState
  readonly waitingFor?: CaseSummary['waitingFor']
  readonly nextDeadline?: EpochMs | null
  readonly concludedAt?: EpochMs
}

const RecordSchema = CaseDetail.omit({ notices: true })

/** @returns the new case's id; state `draft`, waiting for documents */
export function insertCase(
  db: WritableDb,
  fields: CaseFields,
  change: Change,
  options: { readonly sample?: boolean; readonly state?: CaseState } = {},
): CaseId {
  const id = CaseId.parse(newId())
  db.run(
    query.insertInto('cases').values({
      id,
      row_version: 1,
      state: options.state ?? 'draft',
      waiting_for: options.state === 'concluded' ? 'nothing' : 'documents',
      ...caseRowOf(fields),
      fiscal_year: fiscalYearOf(fields.contractDate ?? japanDay(change.at)),
      retention_ends_on: retentionEndOf(db, fields),
      next_deadline: null,
      sample: options.sample === true ? 1 : 0,
      created_at: change.at,
      created_by: change.userId ?? change.who,
      updated_at: change.at,
      concluded_at: options.state === 'concluded' ? change.at : null,
      deleted_at: null,
      search_rid: null,
    }),
  )
  writeCounterparties(db, id, fields)
  recordChanges(db, subjectOf(id, fields.title), change, { before: {}, after: readableHistory(db, fields) })
  markForIndex(db, id)
  return id
}

/**
 * Overwrites the clerk's fields. Returns the new row version.
 * @throws ArchiveError 'ROW_NOT_FOUND' | 'ROW_CHANGED' (somebody else saved since `rowVersion` was read)
 */
export function updateCase(
  db: WritableDb,
  caseId: CaseId,
  edit: { readonly rowVersion: number; readonly fields: CaseFields },
  change: Change,
): number {
  const before = requireCase(db, caseId)
  if (before.rowVersion !== edit.rowVersion)
    throw new ArchiveError('ROW_CHANGED', 'The case was changed meanwhile', {
      data: { expected: edit.rowVersion, actual: before.rowVersion },
    })
  db.run(
    query
      .updateTable('cases')
      .set({
        ...caseRowOf(edit.fields),
        fiscal_year: fiscalYearOf(edit.fields.contractDate ?? japanDay(before.createdAt)),
        retention_ends_on: retentionEndOf(db, edit.fields),
        row_version: edit.rowVersion + 1,
        updated_at: change.at,
      })
      .where('id', '=', caseId),
  )
  noteKeptEvidence(db, caseId)
  writeCounterparties(db, caseId, edit.fields)
  recordChanges(db, subjectOf(caseId, edit.fields.title), change, {
    before: readableHistory(db, before.fields),
    after: readableHistory(db, edit.fields),
  })
  markForIndex(db, caseId)
  return edit.rowVersion + 1
}

/** The fields as history shows them: an id says nothing to a reader, so the 原契約 stands by its contract number. */
function readableHistory(db: ReadableDb, fields: CaseFields): ReturnType<typeof historyOf> {
  const { parentCaseId } = fields
  const parent =
    parentCaseId === null
      ? undefined
      : db.first(query.selectFrom('cases').select('contract_number').where('id', '=', parentCaseId))
  return { ...historyOf(fields), parentCaseId: parent?.contract_number || parentCaseId }
}

/** Moves a case; a change of state is history, a change of what it waits for is not. @throws 'ROW_NOT_FOUND' */
export function moveCase(db: WritableDb, caseId: CaseId, progress: CaseProgress, change: Change): void {
  const before = requireCase(db, caseId)
  db.run(
    query
      .updateTable('cases')
      .set({
        state: progress.state ?? before.state,
        waiting_for: progress.waitingFor ?? before.waitingFor,
        next_deadline: progress.nextDeadline === undefined ? before.nextDeadline : progress.nextDeadline,
        concluded_at: progress.concludedAt ?? before.concludedAt,
        updated_at: change.at,
        ...(progress.state === 'deleted' ? { deleted_at: change.at } : {}),
      })
      .where('id', '=', caseId),
  )
  recordChanges(db, subjectOf(caseId, before.title), change, {
    before: { state: before.state },
    after: { state: progress.state ?? before.state },
  })
  if (progress.state === undefined || progress.state === before.state) return
  noteKeptEvidence(db, caseId)
  markForIndex(db, caseId)
}

/** 法的保留: a case on hold cannot be disposed of. @throws 'ROW_NOT_FOUND' */
export function setHold(db: WritableDb, caseId: CaseId, hold: boolean, change: Change): void {
  const before = requireCase(db, caseId)
  if (before.hold === hold) return
  db.run(
    query
      .updateTable('cases')
      .set({ hold: hold ? 1 : 0, updated_at: change.at })
      .where('id', '=', caseId),
  )
  recordChange(db, subjectOf(caseId, before.title), change, {
    field: 'hold',
    oldValue: String(before.hold),
    newValue: String(hold),
  })
  markForIndex(db, caseId)
}

/** @throws 'ROW_NOT_FOUND' */
export function moveToFolder(
  db: WritableDb,
  caseId: CaseId,
  folderId: FolderId | null,
  change: Change,
): void {
  const before = requireCase(db, caseId)
  db.run(
    query
      .updateTable('cases')
      .set((set) => ({
        folder_id: folderId,
        updated_at: change.at,
        row_version: set('row_version', '+', 1),
      }))
      .where('id', '=', caseId),
  )
  recordChanges(db, subjectOf(caseId, before.title), change, {
    before: { folderId: before.fields.folderId },
    after: { folderId },
  })
  markForIndex(db, caseId)
}

export function readCase(db: ReadableDb, caseId: CaseId): CaseRecord | undefined {
  const row = db.first(query.selectFrom('cases').select(CASE_COLUMNS).where('id', '=', caseId))
  if (row === undefined) return undefined
  const counterparties = readCounterparties(db, [caseId]).get(caseId) ?? []
  const fields = CaseFields.parse({ ...caseFieldsOf(row), counterparties })
  const detail = RecordSchema.parse({
    ...caseSummaryOf(row, counterparties),
    fields,
    rowVersion: row.row_version,
    createdAt: row.created_at,
    createdBy: row.created_by,
    fiscalYear: row.fiscal_year,
  })
  return {
    ...detail,
    hold: row.hold === 1,
    retentionEndsOn: row.retention_ends_on as IsoDate | null,
    concludedAt: row.concluded_at === null ? null : EpochMs.parse(row.concluded_at),
  }
}

/** @throws ArchiveError 'ROW_NOT_FOUND' */
export function requireCase(db: ReadableDb, caseId: CaseId): CaseRecord {
  const found = readCase(db, caseId)
  if (found === undefined) throw new ArchiveError('ROW_NOT_FOUND', 'No such case')
  return found
}

/** Summaries in the order of the ids; ids the viewer may not see, or that are missing, are left out. */
export function readCaseSummaries(db: ReadableDb, caseIds: readonly CaseId[], viewer: Viewer): CaseSummary[] {
  return readRows(db, caseIds, viewer).map(({ summary }) => summary)
}

function readRows(db: ReadableDb, caseIds: readonly CaseId[], viewer: Viewer) {
  const rows = db.all(
    query
      .selectFrom('cases')
      .select(CASE_COLUMNS)
      .where('id', 'in', caseIds.length === 0 ? [''] : [...caseIds])
      .where(visibleTo(db, viewer)),
  )
  const parties = readCounterparties(db, caseIds)
  const byId = new Map(
    rows.map((row) => [row.id, { row, summary: caseSummaryOf(row, parties.get(row.id) ?? []) }]),
  )
  return caseIds.flatMap((id) => byId.get(id) ?? [])
}

export type CaseHit = CaseSummary &
  Pick<CaseRecord, 'fiscalYear' | 'hold' | 'retentionEndsOn'> &
  Pick<CaseFields, 'folderId' | 'confidentiality'>

/** What a list of search hits shows; order and rights as in `readCaseSummaries`. */
export function readCaseHits(db: ReadableDb, caseIds: readonly CaseId[], viewer: Viewer): CaseHit[] {
  return readRows(db, caseIds, viewer).map(({ row, summary }) => ({
    ...summary,
    folderId: row.folder_id === null ? null : FolderId.parse(row.folder_id),
    fiscalYear: row.fiscal_year,
    hold: row.hold === 1,
    confidentiality: Confidentiality.parse(row.confidentiality),
    retentionEndsOn: row.retention_ends_on as IsoDate | null,
  }))
}

/** 変更契約 of a case, oldest first. */
export function listAmendments(db: ReadableDb, parentCaseId: CaseId): CaseId[] {
  const rows = db.all(
    query
      .selectFrom('cases')
      .select('id')
      .where('parent_case_id', '=', parentCaseId)
      .where('state', '<>', 'deleted')
      .orderBy('created_at'),
  )
  return rows.map((row) => CaseId.parse(row.id))
}

export function subjectOf(caseId: CaseId, caseTitle: string): ChangedEntity {
  return { entity: 'case', entityId: caseId, caseId, caseTitle }
}

export function readCounterparties(
  db: ReadableDb,
  caseIds: readonly string[],
): Map<string, CaseFields['counterparties']> {
  const rows = db.all(
    query
      .selectFrom('counterparties')
      .select(['case_id', 'name', 'address', 'representative', 'corporate_number'])
      .where('case_id', 'in', caseIds.length === 0 ? [''] : [...caseIds])
      .orderBy('case_id')
      .orderBy('position'),
  )
  const byCase = new Map<string, CaseFields['counterparties']>()
  for (const row of rows) {
    const list = byCase.get(row.case_id) ?? []
    list.push({
      name: row.name,
      address: row.address,
      representative: row.representative,
      corporateNumber: row.corporate_number,
    })
    byCase.set(row.case_id, list)
  }
  return byCase
}

function writeCounterparties(db: WritableDb, caseId: CaseId, fields: CaseFields): void {
  db.run(query.deleteFrom('counterparties').where('case_id', '=', caseId))
  for (const [position, party] of fields.counterparties.entries())
    db.run(
      query.insertInto('counterparties').values({
        case_id: caseId,
        position,
        name: party.name,
        address: party.address,
        representative: party.representative,
        corporate_number: party.corporateNumber,
      }),
    )
}
