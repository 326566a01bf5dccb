/** 署名者, their consents and the places where their marks will stand. */
import type { z } from 'zod'
import { CaseId, type DocumentId, type EpochMs, FieldId, SignerId } from '../../../../shared/model/brand.ts'
import { SignatureField } from '../../../../shared/model/document.ts'
import {
  CaseSigner,
  Consent,
  SignerFields as FullSignerFields,
  type SignerState,
} from '../../../../shared/model/signer.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import { requireCase } from './cases.ts'
import { type Change, recordChange, recordChanges } from './changes.ts'
import type { SignersRow } from './schema.ts'
import { markForIndex } from './search-pending.ts'

/** Fields without the access code, which is stored apart and never listed. */
const StoredFields = FullSignerFields.omit({ accessCode: true })

type SignerFields = z.output<typeof FullSignerFields>

export type SignerEdit = Omit<SignerFields, 'accessCode'> & {
  readonly id?: SignerId | undefined
  /** undefined keeps the stored code. */
  readonly accessCode?: string | undefined
}

/** undefined keeps the old value. */
export type SignerProgress = {
  readonly state?: SignerState
  readonly requestedAt?: EpochMs | null
  readonly viewedAt?: EpochMs | null
  readonly deadline?: EpochMs | null
  readonly signedAt?: EpochMs | null
  readonly declineReason?: string | null
  readonly problem?: string | null
}

const COLUMNS = [
  'id',
  'case_id',
  'fields_json',
  'access_code',
  'state',
  'requested_at',
  'viewed_at',
  'deadline',
  'signed_at',
  'decline_reason',
  'problem',
] as const

export function listSigners(db: ReadableDb, caseId: CaseId): CaseSigner[] {
  return db
    .all(query.selectFrom('signers').select(COLUMNS).where('case_id', '=', caseId).orderBy('position'))
    .map((row) => parse(db, row))
}

export function readSigner(db: ReadableDb, signerId: SignerId): CaseSigner | undefined {
  const row = db.first(query.selectFrom('signers').select(COLUMNS).where('id', '=', signerId))
  return row === undefined ? undefined : parse(db, row)
}

/** @throws ArchiveError 'ROW_NOT_FOUND' */
export function requireSigner(db: ReadableDb, signerId: SignerId): CaseSigner {
  const signer = readSigner(db, signerId)
  if (signer === undefined) throw new ArchiveError('ROW_NOT_FOUND', 'No such signer')
  return signer
}

/** The code the counterparty gave; '' = none. For deriving the link's keys only. */
export function readAccessCode(db: ReadableDb, signerId: SignerId): string {
  return (
    db.first(query.selectFrom('signers').select('access_code').where('id', '=', signerId))?.access_code ?? ''
  )
}

/**
 * Makes the case's signers be exactly these, in this order. Signers left out are removed with their fields on the pages.
 * @throws ArchiveError 'ROW_NOT_FOUND' when an id is not of this case, 'ROW_IN_USE' when one to be removed was asked already
 */
export function saveSigners(
  db: WritableDb,
  caseId: CaseId,
  signers: readonly SignerEdit[],
  change: Change,
): CaseSigner[] {
  const before = new Map(listSigners(db, caseId).map((signer) => [signer.id, signer]))
  const keep = new Set(signers.flatMap((signer) => signer.id ?? []))
  for (const id of keep)
    if (!before.has(id)) throw new ArchiveError('ROW_NOT_FOUND', 'No such signer in this case')
  for (const signer of before.values()) if (!keep.has(signer.id)) removeSigner(db, signer, change)
  for (const [position, signer] of signers.entries()) writeSigner(db, caseId, { position, signer }, change)
  markForIndex(db, caseId)
  return listSigners(db, caseId)
}

/** Corrects a signer's own data (wrong address, another person). History holds old and new. */
export function changeSigner(
  db: WritableDb,
  signerId: SignerId,
  edit: Partial<Omit<SignerFields, 'accessCode'>> & { readonly accessCode?: string | undefined },
  change: Change,
): CaseSigner {
  const row = db.first(
    query.selectFrom('signers').select(['case_id', 'position', 'fields_json']).where('id', '=', signerId),
  )
  if (row === undefined) throw new ArchiveError('ROW_NOT_FOUND', 'No such signer')
  const { accessCode, ...fields } = edit
  const merged = StoredFields.parse({ ...JSON.parse(row.fields_json), ...fields })
  const signer: SignerEdit = { ...merged, id: signerId, accessCode }
  writeSigner(db, CaseId.parse(row.case_id), { position: row.position, signer }, change)
  markForIndex(db, CaseId.parse(row.case_id))
  return requireSigner(db, signerId)
}

/** Moves a signer. Changes of state are history. @throws ArchiveError 'ROW_NOT_FOUND' */
export function moveSigner(
  db: WritableDb,
  signerId: SignerId,
  progress: SignerProgress,
  change: Change,
): void {
  const before = requireSigner(db, signerId)
  db.run(
    query
      .updateTable('signers')
      .set((set) => ({
        row_version: set('row_version', '+', 1),
        ...(progress.state === undefined ? {} : { state: progress.state }),
        ...(progress.requestedAt === undefined ? {} : { requested_at: progress.requestedAt }),
        ...(progress.viewedAt === undefined ? {} : { viewed_at: progress.viewedAt }),
        ...(progress.deadline === undefined ? {} : { deadline: progress.deadline }),
        ...(progress.signedAt === undefined ? {} : { signed_at: progress.signedAt }),
        ...(progress.declineReason === undefined ? {} : { decline_reason: progress.declineReason }),
        ...(progress.problem === undefined ? {} : { problem: progress.problem }),
      }))
      .where('id', '=', signerId),
  )
  recordChanges(db, subjectOf(db, before.caseId, signerId), change, {
    before: { state: before.state, declineReason: before.declineReason },
    after: {
      state: progress.state ?? before.state,
      declineReason: progress.declineReason === undefined ? before.declineReason : progress.declineReason,
    },
  })
}

/** Stores a consent exactly as received. The same event stored twice has one effect. @returns false when it was there */
export function insertConsent(
  db: WritableDb,
  consent: {
    readonly id: string
    readonly signerId: SignerId
    readonly linkId: string | null
    readonly content: Consent
    /** The sealed response as the portal delivered it. */
    readonly raw: Uint8Array | null
  },
  storedAt: EpochMs,
): boolean {
  return (
    db.run(
      query
        .insertInto('consents')
        .values({
          id: consent.id,
          signer_id: consent.signerId,
          link_id: consent.linkId,
          consent_json: JSON.stringify(Consent.parse(consent.content)),
          consented_at: consent.content.consentedAt,
          stored_at: storedAt,
          raw: consent.raw,
        })
        .onConflict((conflict) => conflict.column('id').doNothing()),
    ) === 1
  )
}

/** The newest consent of a signer, by our own clock: the other one is the signer's computer's claim. */
export function readConsent(db: ReadableDb, signerId: SignerId): Consent | null {
  const row = db.first(
    query
      .selectFrom('consents')
      .select('consent_json')
      .where('signer_id', '=', signerId)
      .orderBy('stored_at', 'desc')
      .limit(1),
  )
  return row === undefined ? null : Consent.parse(JSON.parse(row.consent_json))
}

/** Signers whose deadline has passed while they were still asked; of an ended case nobody is asked any more. */
export function listLapsedSigners(db: ReadableDb, now: EpochMs): CaseSigner[] {
  return db
    .all(
      query
        .selectFrom('signers')
        .select(COLUMNS)
        .where('deadline', '<', now)
        .where(
          'case_id',
          'in',
          query.selectFrom('cases').select('id').where('state', 'in', ['signing', 'lapsed']),
        )
        .where('state', 'in', ['queued', 'requested', 'viewed', 'locked'] satisfies SignerState[]),
    )
    .map((row) => parse(db, row))
}

/** All places of a case's signatures, in reading order. */
export function listSignatureFields(db: ReadableDb, caseId: CaseId): SignatureField[] {
  return db
    .all(
      query
        .selectFrom('signature_fields as field')
        .innerJoin('documents', 'documents.id', 'field.document_id')
        .select([
          'field.id',
          'field.document_id',
          'field.signer_id',
          'field.page',
          'field.x',
          'field.y',
          'field.width',
          'field.height',
          'field.appearance',
        ])
        .where('documents.case_id', '=', caseId)
        .where('documents.removed_at', 'is', null)
        .orderBy('documents.position')
        .orderBy('field.page')
        .orderBy('field.id'),
    )
    .map((row) => SignatureField.parse({ ...row, documentId: row.document_id, signerId: row.signer_id }))
}

/** Makes the case's fields be exactly these. */
export function saveSignatureFields(
  db: WritableDb,
  caseId: CaseId,
  fields: readonly (Omit<SignatureField, 'id'> & { readonly id?: FieldId | undefined })[],
  change: Change,
): SignatureField[] {
  const before = listSignatureFields(db, caseId)
  for (const field of before) db.run(query.deleteFrom('signature_fields').where('id', '=', field.id))
  for (const field of fields)
    db.run(
      query.insertInto('signature_fields').values({
        id: field.id ?? FieldId.parse(newId()),
        document_id: field.documentId,
        signer_id: field.signerId,
        page: field.page,
        x: field.x,
        y: field.y,
        width: field.width,
        height: field.height,
        appearance: field.appearance,
      }),
    )
  const after = listSignatureFields(db, caseId)
  const owner = requireCase(db, caseId)
  const subject = { entity: 'case', entityId: caseId, caseId, caseTitle: owner.title }
  recordChanges(db, subject, change, {
    before: { signatureFields: placesOf(before) },
    after: { signatureFields: placesOf(after) },
  })
  return after
}

function placesOf(fields: readonly SignatureField[]): string {
  const place = (documentId: DocumentId, field: SignatureField): string =>
    `${documentId} p${field.page} (${field.x}, ${field.y}) ${field.width}×${field.height} ${field.signerId} ${field.appearance}`
  return fields.map((field) => place(field.documentId, field)).join('\n')
}

function writeSigner(
  db: WritableDb,
  caseId: CaseId,
  edit: { readonly position: number; readonly signer: SignerEdit },
  change: Change,
): void {
  const { id: givenId, accessCode, ...plain } = edit.signer
  const fields = StoredFields.parse(plain)
  const id = givenId ?? SignerId.parse(newId())
  const before = givenId === undefined ? undefined : requireSigner(db, givenId)
  const oldCode = readAccessCode(db, id)
  const code = accessCode ?? oldCode
  if (before === undefined)
    db.run(
      query.insertInto('signers').values({
        id,
        row_version: 1,
        case_id: caseId,
        position: edit.position,
        fields_json: JSON.stringify(fields),
        access_code: code,
        state: 'waiting',
      }),
    )
  else
    db.run(
      query
        .updateTable('signers')
        .set((set) => ({
          position: edit.position,
          fields_json: JSON.stringify(fields),
          access_code: code,
          row_version: set('row_version', '+', 1),
        }))
        .where('id', '=', id),
    )
  // The access code itself is a secret of the counterparty: history tells that it changed, not what it is.
  const subject = subjectOf(db, caseId, id)
  recordChanges(db, subject, change, {
    before: before === undefined ? {} : historyOf(before.fields),
    after: historyOf(fields),
  })
  if (code !== oldCode)
    recordChange(db, subject, change, {
      field: 'accessCode',
      oldValue: oldCode === '' ? null : '（非表示）',
      newValue: code === '' ? null : '（非表示）',
    })
}

/** The fields as history shows them, without what is derived. */
function historyOf(fields: z.output<typeof StoredFields>) {
  const { allowedNetworks, ...plain } = StoredFields.parse(fields)
  return { ...plain, allowedNetworks: allowedNetworks.join(' ') }
}

function removeSigner(db: WritableDb, signer: CaseSigner, change: Change): void {
  const used = db.first(query.selectFrom('links').select('id').where('signer_id', '=', signer.id).limit(1))
  if (used !== undefined) throw new ArchiveError('ROW_IN_USE', 'A signer who was asked cannot be removed')
  db.run(query.deleteFrom('signature_fields').where('signer_id', '=', signer.id))
  recordChanges(db, subjectOf(db, signer.caseId, signer.id), change, {
    before: historyOf(signer.fields),
    after: {},
  })
  db.run(query.deleteFrom('signers').where('id', '=', signer.id))
}

function subjectOf(db: ReadableDb, caseId: CaseId, signerId: SignerId) {
  return { entity: 'signer', entityId: signerId, caseId, caseTitle: requireCase(db, caseId).title }
}

function parse(db: ReadableDb, row: Pick<SignersRow, (typeof COLUMNS)[number]>): CaseSigner {
  const id = SignerId.parse(row.id)
  return CaseSigner.parse({
    id,
    caseId: row.case_id,
    fields: { ...JSON.parse(row.fields_json), hasAccessCode: row.access_code !== '' },
    state: row.state,
    requestedAt: row.requested_at,
    viewedAt: row.viewed_at,
    deadline: row.deadline,
    signedAt: row.signed_at,
    consent: readConsent(db, id),
    declineReason: row.decline_reason,
    problem: row.problem,
  })
}
