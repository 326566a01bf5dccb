/** Links that were given out: to sign, or to download. The secret itself is never stored, only what an answer is judged by. */
import { z } from 'zod'
import {
  CaseId,
  DocumentId,
  EpochMs,
  Sha256Hex,
  SignerId,
  VersionId,
} from '../../../../shared/model/brand.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'

/** open → answered | superseded (a newer one was sent) | lapsed | withdrawn; superseded, lapsed → withdrawn */
export const LinkState = z.enum(['open', 'answered', 'superseded', 'lapsed', 'withdrawn'])
export type LinkState = z.output<typeof LinkState>

/** What the link shows: exactly these bytes. */
export const LinkDocument = z.object({ documentId: DocumentId, versionId: VersionId, sha256: Sha256Hex })

export type Link = {
  readonly id: string
  readonly caseId: CaseId
  /** null: a download link for everybody of the case. */
  readonly signerId: SignerId | null
  readonly purpose: 'sign' | 'download'
  readonly state: LinkState
  /** JSON by which the use case judges an answer (`app/sending/link-check.ts`); null: a download, which nobody answers. */
  readonly answerCheck: Uint8Array | null
  readonly documents: readonly z.output<typeof LinkDocument>[]
  readonly createdAt: EpochMs
  readonly expiresAt: EpochMs
  readonly endedAt: EpochMs | null
}

const COLUMNS = [
  'id',
  'case_id',
  'signer_id',
  'purpose',
  'state',
  'answer_check',
  'documents_json',
  'created_at',
  'expires_at',
  'ended_at',
] as const

export function insertLink(db: WritableDb, link: Omit<Link, 'state' | 'endedAt'>): void {
  db.run(
    query.insertInto('links').values({
      id: link.id,
      case_id: link.caseId,
      signer_id: link.signerId,
      purpose: link.purpose,
      state: 'open',
      answer_check: link.answerCheck,
      documents_json: JSON.stringify(link.documents),
      created_at: link.createdAt,
      expires_at: link.expiresAt,
      ended_at: null,
    }),
  )
}

export function readLink(db: ReadableDb, linkId: string): Link | undefined {
  const row = db.first(query.selectFrom('links').select(COLUMNS).where('id', '=', linkId))
  return row === undefined ? undefined : parse(row)
}

/** The links of a case, newest first. */
export function listLinks(db: ReadableDb, caseId: CaseId): Link[] {
  return db
    .all(
      query
        .selectFrom('links')
        .select(COLUMNS)
        .where('case_id', '=', caseId)
        .orderBy('created_at', 'desc')
        .orderBy('id'),
    )
    .map(parse)
}

/** Open links whose time is over. */
export function listExpiredLinks(db: ReadableDb, now: EpochMs): Link[] {
  return db
    .all(
      query
        .selectFrom('links')
        .select(COLUMNS)
        .where('ended_at', 'is', null)
        .where('expires_at', '<', now)
        .orderBy('expires_at'),
    )
    .map(parse)
}

/** Ends an open link; ending it twice has one effect. @returns false when it had ended before */
export function endLink(
  db: WritableDb,
  linkId: string,
  state: Exclude<LinkState, 'open'>,
  at: EpochMs,
): boolean {
  return (
    db.run(
      query
        .updateTable('links')
        .set({ state, ended_at: at })
        .where('id', '=', linkId)
        .where('ended_at', 'is', null),
    ) === 1
  )
}

/**
 * From now on nothing that comes by this link counts, though it was superseded or had lapsed before: the portal may not
 * have heard of its end yet. @returns false when it was withdrawn or answered before
 */
export function withdrawLink(db: WritableDb, linkId: string, at: EpochMs): boolean {
  return (
    db.run(
      query
        .updateTable('links')
        .set((set) => ({ state: 'withdrawn', ended_at: set.fn.coalesce('ended_at', set.val(at)) }))
        .where('id', '=', linkId)
        .where('state', 'in', ['open', 'superseded', 'lapsed']),
    ) === 1
  )
}

/** @throws ArchiveError 'ROW_NOT_FOUND' when the link does not exist or has ended */
export function extendLink(db: WritableDb, linkId: string, expiresAt: EpochMs): void {
  const changed = db.run(
    query
      .updateTable('links')
      .set({ expires_at: expiresAt })
      .where('id', '=', linkId)
      .where('ended_at', 'is', null),
  )
  if (changed === 0) throw new ArchiveError('ROW_NOT_FOUND', 'No such open link')
}

function parse(row: {
  id: string
  case_id: string
  signer_id: string | null
  purpose: string
  state: string
  answer_check: Uint8Array | null
  documents_json: string
  created_at: number
  expires_at: number
  ended_at: number | null
}): Link {
  return {
    id: row.id,
    caseId: CaseId.parse(row.case_id),
    signerId: row.signer_id === null ? null : SignerId.parse(row.signer_id),
    purpose: row.purpose === 'download' ? 'download' : 'sign',
    state: LinkState.parse(row.state),
    answerCheck: row.answer_check,
    documents: z.array(LinkDocument).parse(JSON.parse(row.documents_json)),
    createdAt: EpochMs.parse(row.created_at),
    expiresAt: EpochMs.parse(row.expires_at),
    endedAt: row.ended_at === null ? null : EpochMs.parse(row.ended_at),
  }
}
