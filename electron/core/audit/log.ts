/**
 * 操作ログ: every view, download, print and change, as a chain of hashes (L29).
 *
 * An entry's hash covers the hash before it, so nothing can be changed, inserted or taken out in the middle without
 * breaking every later link. Once a day the newest hash gets an RFC 3161 timestamp (`anchors.ts`); what was anchored
 * cannot be rewritten even by somebody who recomputes the chain. Not proven: entries after the last anchor could be cut
 * off at the end by somebody who holds the archive's key.
 *
 * Append inside the transaction of the action itself: a log that cannot be written stops the action.
 */
import { createHash } from 'node:crypto'
import { CaseId, EpochMs, type Sha256Hex, UserId } from '../../../shared/model/brand.ts'

/** The part of the archive's connection the log needs; the archive's `ReadableDb` and `WritableDb` fit. */
export type LogReader = {
  readonly allSql: <Row>(sql: string, ...values: readonly (string | number | null | Uint8Array)[]) => Row[]
  readonly firstSql: <Row>(
    sql: string,
    ...values: readonly (string | number | null | Uint8Array)[]
  ) => Row | undefined
}
export type LogWriter = LogReader & {
  readonly runSql: (sql: string, ...values: readonly (string | number | null | Uint8Array)[]) => number
}

export type LogData = Readonly<Record<string, string | number | boolean | null>>

export type NewLogEntry = {
  readonly at: EpochMs
  /** null: the program itself. */
  readonly actorId: UserId | null
  /** Name as it was at the time. */
  readonly actor: string
  /** Code such as `case.sent`; the screens have a sentence for each. */
  readonly action: string
  readonly caseId: CaseId | null
  readonly caseTitle: string
  readonly data: LogData
}

export type LogEntry = NewLogEntry & { readonly seq: number }

/** What the first entry follows. */
const GENESIS = '0'.repeat(64)

type Row = {
  seq: number
  at: number
  actor_id: string | null
  actor: string
  action: string
  case_id: string | null
  case_title: string
  data_json: string
  previous_hash: string
  hash: string
}
const COLUMNS = 'seq, at, actor_id, actor, action, case_id, case_title, data_json, previous_hash, hash'

/** Adds one entry to the chain. @returns its number */
export function appendLogEntry(db: LogWriter, entry: NewLogEntry): number {
  const last = db.firstSql<Pick<Row, 'seq' | 'hash'>>(
    'SELECT seq, hash FROM audit_entries ORDER BY seq DESC LIMIT 1',
  )
  const row: Omit<Row, 'hash'> = {
    seq: (last?.seq ?? 0) + 1,
    at: entry.at,
    actor_id: entry.actorId,
    actor: entry.actor,
    action: entry.action,
    case_id: entry.caseId,
    case_title: entry.caseTitle,
    data_json: JSON.stringify(entry.data),
    previous_hash: last?.hash ?? GENESIS,
  }
  db.runSql(
    `INSERT INTO audit_entries (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.seq,
    row.at,
    row.actor_id,
    row.actor,
    row.action,
    row.case_id,
    row.case_title,
    row.data_json,
    row.previous_hash,
    linkHash(row),
  )
  return row.seq
}

export type LogFilter = {
  /** From this moment (inclusive) … */
  readonly from?: EpochMs | null
  /** … to before this one. */
  readonly before?: EpochMs | null
  /** Part of the actor's name. */
  readonly actor?: string
  /** The action's code. */
  readonly action?: string
}

/**
 * The log in portions of a thousand entries, so that the caller can let other work in between; what the filter leaves out
 * is missing in them, a portion may be empty. Within a span the order is that of the times, else that of the numbers.
 */
export function* walkLogEntries(
  db: LogReader,
  filter: LogFilter,
  order: 'oldest' | 'newest',
): Generator<readonly LogEntry[]> {
  const hasSpan = (filter.from ?? null) !== null || (filter.before ?? null) !== null
  const portionAfter = hasSpan ? inSpan(db, filter, order) : byNumber(db, filter, order)
  for (let last: Row | undefined; ; ) {
    const rows = portionAfter(last)
    yield rows.filter((row) => isWanted(row, filter)).map(parse)
    last = rows.at(-1)
    if (rows.length < PORTION) return
  }
}

type PortionAfter = (last: Row | undefined) => Row[]
const PORTION = 1000

/** Along the index of times. */
function inSpan(db: LogReader, { from, before }: LogFilter, order: 'oldest' | 'newest'): PortionAfter {
  const [beyond, direction] = order === 'oldest' ? ['>', 'ASC'] : ['<', 'DESC']
  const start = order === 'oldest' ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
  return (last) =>
    db.allSql<Row>(
      `SELECT ${COLUMNS} FROM audit_entries WHERE at >= ? AND at < ? AND (at, seq) ${beyond} (?, ?)
         ORDER BY at ${direction}, seq ${direction} LIMIT ${PORTION}`,
      from ?? Number.MIN_SAFE_INTEGER,
      before ?? Number.MAX_SAFE_INTEGER,
      last?.at ?? start,
      last?.seq ?? start,
    )
}

/** Along the numbers; of one action, along its index. */
function byNumber(db: LogReader, { action = '' }: LogFilter, order: 'oldest' | 'newest'): PortionAfter {
  const [beyond, direction] = order === 'oldest' ? ['>', 'ASC'] : ['<', 'DESC']
  const start = order === 'oldest' ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
  const [ofAction, values] = action === '' ? ['', []] : ['action = ? AND', [action]]
  return (last) =>
    db.allSql<Row>(
      `SELECT ${COLUMNS} FROM audit_entries WHERE ${ofAction} seq ${beyond} ? ORDER BY seq ${direction} LIMIT ${PORTION}`,
      ...values,
      last?.seq ?? start,
    )
}

function isWanted(row: Row, { actor = '', action = '' }: LogFilter): boolean {
  return row.actor.includes(actor) && (action === '' || row.action === action)
}

/** One case's entries, oldest first. */
export function listCaseEntries(db: LogReader, caseId: CaseId): LogEntry[] {
  const rows = db.allSql<Row>(`SELECT ${COLUMNS} FROM audit_entries WHERE case_id = ? ORDER BY seq`, caseId)
  return rows.map(parse)
}

export type LogCheck = {
  readonly entries: number
  /** The first entry that is not what was written, or that is missing; null = the chain is whole. */
  readonly firstBrokenSeq: number | null
  readonly anchoredUntilSeq: number | null
  readonly lastAnchorAt: EpochMs | null
}

export type IsGoodToken = (token: Uint8Array, hash: Sha256Hex) => boolean

/** How many entries there are; they are numbered without a gap. */
export function countLogEntries(db: LogReader): number {
  return db.firstSql<{ seq: number }>('SELECT max(seq) AS seq FROM audit_entries')?.seq ?? 0
}

/**
 * Recomputes the whole chain and compares it with every anchor.
 * @param isGoodToken says whether a timestamp token really is over this hash (the app asks the signing domain);
 *   without it only the stored hashes are compared
 */
export function checkLog(db: LogReader, isGoodToken: IsGoodToken = () => true): LogCheck {
  const steps = checkLogInSteps(db, isGoodToken)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The same in steps of a few milliseconds, for a thread that has other things to do. Yields how many entries are checked. */
export function* checkLogInSteps(db: LogReader, isGoodToken: IsGoodToken): Generator<number, LogCheck> {
  const anchors = db.allSql<{ until_seq: number; hash: string; token: Uint8Array; anchored_at: number }>(
    'SELECT until_seq, hash, token, anchored_at FROM audit_anchors ORDER BY until_seq',
  )
  const anchorAt = new Map(anchors.map((anchor) => [anchor.until_seq, anchor]))
  let previous = GENESIS
  let entries = 0
  let firstBrokenSeq: number | null = null
  for (const row of walkRows(db)) {
    entries += 1
    const anchor = anchorAt.get(entries)
    const isGood =
      row.seq === entries &&
      row.previous_hash === previous &&
      row.hash === linkHash(row) &&
      (anchor === undefined || (anchor.hash === row.hash && isGoodToken(anchor.token, row.hash as Sha256Hex)))
    if (!isGood) {
      firstBrokenSeq = Math.min(row.seq, entries)
      break
    }
    previous = row.hash
    if (anchor !== undefined || entries % STEP === 0) yield entries
  }
  const last = anchors.at(-1)
  // An anchor beyond the end: entries were cut off.
  if (firstBrokenSeq === null && last !== undefined && last.until_seq > entries) firstBrokenSeq = entries + 1
  return {
    entries,
    firstBrokenSeq,
    anchoredUntilSeq: last?.until_seq ?? null,
    lastAnchorAt: last === undefined ? null : EpochMs.parse(last.anchored_at),
  }
}

/** Entries between two pauses. */
const STEP = 100

function* walkRows(db: LogReader): Generator<Row> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = db.allSql<Row>(
      `SELECT ${COLUMNS} FROM audit_entries WHERE seq > ? ORDER BY seq LIMIT ${PORTION}`,
      after,
    )
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.seq
  }
}

/** SHA-256 over the JSON array of everything else in the row, in the order of the columns. */
function linkHash(row: Omit<Row, 'hash'>): Sha256Hex {
  const content = [
    row.previous_hash,
    row.seq,
    row.at,
    row.actor_id,
    row.actor,
    row.action,
    row.case_id,
    row.case_title,
    row.data_json,
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex') as Sha256Hex
}

function parse(row: Row): LogEntry {
  return {
    seq: row.seq,
    at: EpochMs.parse(row.at),
    actorId: row.actor_id === null ? null : UserId.parse(row.actor_id),
    actor: row.actor,
    action: row.action,
    caseId: row.case_id === null ? null : CaseId.parse(row.case_id),
    caseTitle: row.case_title,
    data: JSON.parse(row.data_json) as LogData,
  }
}
