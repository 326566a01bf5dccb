/** 訂正削除履歴 (L13): every change and deletion with old, new, who, when, why. Rows cannot be changed or deleted. */
import { sql } from 'kysely'
import { CaseId, EpochMs, type IsoDate, type UserId } from '../../../../shared/model/brand.ts'
import { fieldWord, valueWord } from '../../../../shared/model/history-words.ts'
import { normaliseText } from '../../../../shared/text/normalise.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { gramsOf, gramsOfWord } from './history-grams.ts'
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
  readonly entityId: string
  readonly caseId: CaseId | null
  readonly caseTitle: string
  readonly field: string
  readonly oldValue: string | null
  readonly newValue: string | null
  readonly why: string
}

type Scalar = string | number | boolean | null

export type ChangedValue = {
  readonly field: string
  readonly oldValue: string | null
  readonly newValue: string | null
}

/** Records every field that differs; returns their names. A field missing on one side counts as empty there. */
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
  const values = fields
    .map((field) => ({
      field,
      oldValue: asText(sides.before[field]),
      newValue: asText(sides.after[field]),
    }))
    .filter((value) => value.oldValue !== value.newValue)
  insertGroup(db, subject, change, values)
  return values.map((value) => value.field)
}

export function recordChange(
  db: WritableDb,
  subject: ChangedEntity,
  change: Change,
  value: ChangedValue,
): void {
  insertGroup(db, subject, change, [value])
}

/** What is saved at once is one group: one entry of the history's index. */
function insertGroup(
  db: WritableDb,
  subject: ChangedEntity,
  change: Change,
  values: readonly ChangedValue[],
): void {
  if (values.length === 0) return
  const common = [subject.caseTitle, change.who, change.why].map(normaliseText)
  const texts = values.map((value) => [...common, ...wordsOf(subject.entity, value)].join('\n'))
  for (const [index, value] of values.entries())
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
        search_text: texts[index] ?? '',
      }),
    )
  const last = db.firstSql<{ seq: number }>('SELECT last_insert_rowid() AS seq')?.seq ?? 0
  const first = last - values.length + 1
  db.run(query.insertInto('change_groups').values({ first_seq: first, last_seq: last }))
  db.runSql('INSERT INTO change_grams (rowid, grams) VALUES (?, ?)', first, gramsOf(...texts))
}

/** What a change is found by: its field's name, and both values as they are stored and as they are shown. */
function wordsOf(entity: string, { field, oldValue, newValue }: ChangedValue): readonly string[] {
  const shown = [oldValue, newValue].map((value) => (value === null ? '' : valueWord(field, value, entity)))
  const words = [fieldWord(field, entity), oldValue ?? '', newValue ?? '', ...shown]
  return [...new Set(words.map(normaliseText))]
}

/** One case's history, oldest first. */
export function listCaseChanges(db: ReadableDb, caseId: CaseId): ChangeRecord[] {
  return db.all(selectChanges().where('case_id', '=', caseId).orderBy('seq')).map(parse)
}

/** History is counted up to this many rows. */
export const CHANGE_COUNT_CAP = 1000
/** Rows that are read, and judged by rights, at once. */
const PORTION = 200

export type ChangePage = {
  readonly rows: ChangeRecord[]
  readonly total: number
  /** True: there are more than `total`. */
  readonly totalIsCapped: boolean
}

/**
 * Newest first; `text` is looked for in title, old, new, who and why. `mayRead` decides per case (folder rights).
 * `total` is counted up to `CHANGE_COUNT_CAP` (or to the end of the page asked for).
 * @param pause lets other work in: who may see little looks through much
 */
export async function searchChanges(
  db: ReadableDb,
  filter: ChangeFilter,
  page: { readonly offset: number; readonly limit: number },
  { mayRead = () => true, pause = async () => undefined }: Partial<ChangeLook> = {},
): Promise<ChangePage> {
  const { offset, limit } = page
  const rows: ChangeRecord[] = []
  const most = Math.max(CHANGE_COUNT_CAP, offset + limit)
  let total = 0
  for (const portion of walkVisibleChanges(db, filter, mayRead)) {
    rows.push(...portion.slice(Math.max(0, offset - total), Math.max(0, offset + limit - total)))
    total += portion.length
    if (total > most) return { rows, total: most, totalIsCapped: true }
    await pause()
  }
  return { rows, total, totalIsCapped: false }
}

type ChangeLook = {
  readonly mayRead: (caseId: CaseId) => boolean
  readonly pause: () => Promise<void>
}

/** All of them, newest first, in portions of a few milliseconds; a portion may be empty. */
export function* walkVisibleChanges(
  db: ReadableDb,
  filter: ChangeFilter,
  mayRead: (caseId: CaseId) => boolean,
): Generator<readonly ChangeRecord[]> {
  const isReadable = remembered(mayRead)
  for (const portion of walkChanges(db, filter))
    yield portion.map(parse).filter((row) => isReadable(row.caseId))
}

export type ChangeFilter = {
  readonly text: string
  readonly from: IsoDate | null
  readonly to: IsoDate | null
  /** Only deleted cases and documents taken out. */
  readonly deletionsOnly?: boolean
}

/** As the partial index of migration 0006 has it. */
const IS_DELETION = sql<boolean>`(field = 'removed' OR (field = 'state' AND new_value = 'deleted'))`

function* walkChanges(db: ReadableDb, filter: ChangeFilter): Generator<readonly Row[]> {
  const words = filter.text.split(/\s+/).map(normaliseText).filter(Boolean)
  const from = filter.from === null ? null : dayStartEpochMs(filter.from)
  const before = filter.to === null ? null : dayEndEpochMs(filter.to)
  let select = selectChanges()
  if (from !== null) select = select.where('at', '>=', from)
  if (before !== null) select = select.where('at', '<', before)
  if (filter.deletionsOnly === true) select = select.where(IS_DELETION)
  if (words.length > 0) {
    const byNumber = select.orderBy('seq', 'desc')
    const having = words.reduce(
      (query, word) =>
        query.where((where) => where(where.fn('instr', ['search_text', where.val(word)]), '>', 0)),
      byNumber,
    )
    for (const group of walkGroups(db, words))
      yield db.all(having.where('seq', '>=', group.first_seq).where('seq', '<=', group.last_seq))
    return
  }
  // Within a span along the index of times, else along the numbers: nothing outside is read.
  const isSpan = from !== null || before !== null
  let portion = isSpan ? select.orderBy('at', 'desc').orderBy('seq', 'desc') : select.orderBy('seq', 'desc')
  portion = portion.limit(PORTION)
  for (let last: Row | undefined; ; ) {
    const next =
      last === undefined
        ? portion
        : isSpan
          ? portion.where(sql<boolean>`(at, seq) < (${last.at}, ${last.seq})`)
          : portion.where('seq', '<', last.seq)
    const rows: Row[] = db.all(next)
    yield rows
    last = rows.at(-1)
    if (rows.length < PORTION) return
  }
}

type Group = { first_seq: number; last_seq: number }

/** Groups in which all grams of the words occur somewhere, newest first. */
function* walkGroups(db: ReadableDb, words: readonly string[]): Generator<Group> {
  const match = words
    .flatMap(gramsOfWord)
    .map((gram) => `"${gram}"`)
    .join(' AND ')
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const groups = db.allSql<Group>(
      `SELECT g.first_seq, g.last_seq FROM change_grams AS gram CROSS JOIN change_groups AS g ON g.first_seq = gram.rowid
       WHERE change_grams MATCH ? AND gram.rowid < ? ORDER BY gram.rowid DESC LIMIT ${PORTION}`,
      match,
      before,
    )
    yield* groups
    const last = groups.at(-1)
    if (last === undefined || groups.length < PORTION) return
    before = last.first_seq
  }
}

function remembered(mayRead: (caseId: CaseId) => boolean): (caseId: CaseId | null) => boolean {
  const answers = new Map<string, boolean>()
  return (caseId) => {
    if (caseId === null) return true
    const answer = answers.get(caseId) ?? mayRead(caseId)
    answers.set(caseId, answer)
    return answer
  }
}

function selectChanges() {
  return query
    .selectFrom('changes')
    .select([
      'seq',
      'at',
      'who',
      'entity',
      'entity_id',
      'case_id',
      'case_title',
      'field',
      'old_value',
      'new_value',
      'why',
    ])
}

type Row = {
  seq: number
  at: number
  who: string
  entity: string
  entity_id: string
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
    entityId: row.entity_id,
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
