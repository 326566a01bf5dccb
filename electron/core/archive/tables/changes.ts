/** 訂正削除履歴 (L13): every change and deletion with old, new, who, when, why. Rows cannot be changed or deleted. */
import { CaseId, EpochMs, type IsoDate, type UserId } from '../../../../shared/model/brand.ts'
import { normalise } from '../../../../shared/text/normalise.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { dayEndEpochMs, dayStartEpochMs } from './japan-day.ts'

/** Who changes something, when and why. `userId` null: the program itself (a job, an event of the portal). */
export type Change = {
  readonly userId: UserId | null
  readonly who: string
  readonly at: EpochMs
  readonly why: string
}

export type ChangedEntity = {
  readonly entity: string
  readonly entityId: string
  readonly caseId: CaseId | null
  readonly caseTitle: string
}

export type ChangeRecord = {
  readonly at: EpochMs
  readonly who: string
  readonly entity: string
  readonly caseId: CaseId | null
  readonly caseTitle: string
  readonly field: string
  readonly oldValue: string | null
  readonly newValue: string | null
  readonly why: string
}

type Scalar = string | number | boolean | null

/** Records every field that differs; returns their names. Both sides must have the same fields. */
export function recordChanges(
  db: WritableDb,
  subject: ChangedEntity,
  change: Change,
  sides: {
    readonly before: Readonly<Record<string, Scalar>>
    readonly after: Readonly<Record<string, Scalar>>
  },
): readonly string[] {
  const fields = [...new Set([...Object.keys(sides.before), ...Object.keys(sides.after)])]
  const changed = fields.filter((field) => asText(sides.before[field]) !== asText(sides.after[field]))
  for (const field of changed)
    recordChange(db, subject, change, {
      field,
      oldValue: asText(sides.before[field]),
      newValue: asText(sides.after[field]),
    })
  return changed
}

export function recordChange(
  db: WritableDb,
  subject: ChangedEntity,
  change: Change,
  value: { readonly field: string; readonly oldValue: string | null; readonly newValue: string | null },
): void {
  const searchText = [subject.caseTitle, value.oldValue, value.newValue, change.who, change.why]
    .map((part) => normalise(part ?? '').text)
    .join('\n')
  db.run(
    query.insertInto('changes').values({
      at: change.at,
      who_id: change.userId,
      who: change.who,
      entity: subject.entity,
      entity_id: subject.entityId,
      case_id: subject.caseId,
      case_title: subject.caseTitle,
      field: value.field,
      old_value: value.oldValue,
      new_value: value.newValue,
      why: change.why,
      search_text: searchText,
    }),
  )
}

/** One case's history, oldest first. */
export function listCaseChanges(db: ReadableDb, caseId: CaseId): ChangeRecord[] {
  return db.all(selectChanges().where('case_id', '=', caseId).orderBy('seq')).map(parse)
}

/** Newest first; `text` is looked for in title, old, new, who and why. `mayRead` decides per case (folder rights). */
export function searchChanges(
  db: ReadableDb,
  filter: { readonly text: string; readonly from: IsoDate | null; readonly to: IsoDate | null },
  page: { readonly offset: number; readonly limit: number },
  mayRead: (caseId: CaseId) => boolean = () => true,
): { readonly rows: ChangeRecord[]; readonly total: number } {
  let select = selectChanges().orderBy('seq', 'desc')
  if (filter.from !== null) select = select.where('at', '>=', dayStartEpochMs(filter.from))
  if (filter.to !== null) select = select.where('at', '<', dayEndEpochMs(filter.to))
  const text = normalise(filter.text).text
  if (text !== '')
    select = select.where((where) => where(where.fn('instr', ['search_text', where.val(text)]), '>', 0))
  const readable = new Map<string, boolean>()
  const isReadable = (caseId: CaseId | null): boolean => {
    if (caseId === null) return true
    const known = readable.get(caseId) ?? mayRead(caseId)
    readable.set(caseId, known)
    return known
  }
  const rows = db
    .all(select)
    .map(parse)
    .filter((row) => isReadable(row.caseId))
  return { rows: rows.slice(page.offset, page.offset + page.limit), total: rows.length }
}

function selectChanges() {
  return query
    .selectFrom('changes')
    .select(['at', 'who', 'entity', 'case_id', 'case_title', 'field', 'old_value', 'new_value', 'why'])
}

type Row = {
  at: number
  who: string
  entity: string
  case_id: string | null
  case_title: string
  field: string
  old_value: string | null
  new_value: string | null
  why: string
}

function parse(row: Row): ChangeRecord {
  return {
    at: EpochMs.parse(row.at),
    who: row.who,
    entity: row.entity,
    caseId: row.case_id === null ? null : CaseId.parse(row.case_id),
    caseTitle: row.case_title,
    field: row.field,
    oldValue: row.old_value,
    newValue: row.new_value,
    why: row.why,
  }
}

function asText(value: Scalar | undefined): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'boolean' ? (value ? 'true' : 'false') : String(value)
}
