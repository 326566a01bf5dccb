/** Daily anchors of the log: an RFC 3161 timestamp over the newest hash of the chain. The app asks the TSA. */
import type { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import type { LogReader, LogWriter } from './log.ts'

export type AnchorRequest = {
  readonly untilSeq: number
  /** The 32 bytes (as hex) to be timestamped: they are a SHA-256 already and go into the imprint as they are. */
  readonly hash: Sha256Hex
}

/** What the next anchor must be over; undefined when nothing was logged since the last one. */
export function nextAnchor(db: LogReader): AnchorRequest | undefined {
  const last = db.firstSql<{ seq: number; hash: string }>(
    'SELECT seq, hash FROM audit_entries ORDER BY seq DESC LIMIT 1',
  )
  if (last === undefined) return undefined
  const anchored = db.firstSql<{ seq: number | null }>('SELECT max(until_seq) AS seq FROM audit_anchors')
  if ((anchored?.seq ?? 0) >= last.seq) return undefined
  return { untilSeq: last.seq, hash: last.hash as Sha256Hex }
}

/** Keeps the token (DER TimeStampToken). The same anchor twice has one effect. */
export function storeAnchor(db: LogWriter, anchor: AnchorRequest, token: Uint8Array, at: EpochMs): void {
  db.runSql(
    'INSERT INTO audit_anchors (until_seq, hash, token, anchored_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    anchor.untilSeq,
    anchor.hash,
    token,
    at,
  )
}

/** When the log was anchored last; for the alarm when it was not. */
export function lastAnchorAt(db: LogReader): EpochMs | null {
  const row = db.firstSql<{ at: EpochMs | null }>('SELECT max(anchored_at) AS at FROM audit_anchors')
  return row?.at ?? null
}
