/** 文書 and their immutable versions. A version is one vault file; nothing about it ever changes but its evidence dates. */
import { CaseId, DocumentId, EpochMs, Sha256Hex, VersionId } from '../../../../shared/model/brand.ts'
import {
  CaseDocument,
  type DocumentRole,
  DocumentVersion,
  type PreflightReport,
  type VersionReason,
} from '../../../../shared/model/document.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { ArchiveError } from '../errors.ts'
import type { FileId, StoredFile } from '../vault.ts'
import { requireCase } from './cases.ts'
import { type Change, type ChangedEntity, recordChange, recordChanges } from './changes.ts'
import { noteKeptEvidence } from './kept-evidence.ts'
import { markForIndex } from './search-pending.ts'

export type NewDocument = {
  readonly caseId: CaseId
  readonly title: string
  readonly fileName: string
  readonly role: DocumentRole
  readonly pages: number
  readonly preflight: PreflightReport | null
  readonly file: StoredFile
  readonly reason: VersionReason
}

/** Adds a document with its first version, at the end of the case's order. */
export function insertDocument(db: WritableDb, document: NewDocument, change: Change): CaseDocument {
  const owner = requireCase(db, document.caseId)
  const id = DocumentId.parse(newId())
  const { position } = db.first(
    query
      .selectFrom('documents')
      .select((select) => select.fn.coalesce(select.fn.max('position'), select.val(-1)).as('position'))
      .where('case_id', '=', document.caseId),
  ) ?? { position: -1 }
  db.run(
    query.insertInto('documents').values({
      id,
      case_id: document.caseId,
      position: Number(position) + 1,
      title: document.title,
      file_name: document.fileName,
      role: document.role,
      pages: document.pages,
      preflight_json: document.preflight === null ? null : JSON.stringify(document.preflight),
      has_text: 0,
      created_at: change.at,
      removed_at: null,
      unstamped_since: null,
      evidence_until: null,
      renewal_due: null,
    }),
  )
  recordChanges(db, subjectOf(id, owner), change, {
    before: {},
    after: { title: document.title, fileName: document.fileName, role: document.role },
  })
  addVersion(db, id, { file: document.file, reason: document.reason }, change)
  return requireDocument(db, id)
}

/** Adds the next version. The older ones stay. @throws ArchiveError 'ROW_NOT_FOUND' */
export function addVersion(
  db: WritableDb,
  documentId: DocumentId,
  version: { readonly file: StoredFile; readonly reason: VersionReason; readonly pages?: number },
  change: Change,
): DocumentVersion {
  const owner = ownerOf(db, documentId)
  const newest = db.first(
    query
      .selectFrom('document_versions')
      .select(['number', 'sha256'])
      .where('document_id', '=', documentId)
      .orderBy('number', 'desc')
      .limit(1),
  )
  const id = VersionId.parse(newId())
  db.run(
    query.insertInto('document_versions').values({
      id,
      document_id: documentId,
      number: (newest?.number ?? 0) + 1,
      reason: version.reason,
      file_id: version.file.fileId,
      sha256: version.file.sha256,
      size_bytes: version.file.sizeBytes,
      created_at: change.at,
      created_by: change.who,
      evidence_level: null,
      evidence_until: null,
      destroyed_at: null,
    }),
  )
  db.run(
    query
      .updateTable('documents')
      .set({
        // L16: a file from outside waits for a timestamp until it has evidence or another version takes its place.
        unstamped_since: version.reason === 'import' ? change.at : null,
        ...(version.pages === undefined ? {} : { pages: version.pages }),
      })
      .where('id', '=', documentId),
  )
  noteKeptEvidence(db, owner.id)
  recordChange(db, subjectOf(documentId, owner), change, {
    field: `version.${version.reason}`,
    oldValue: newest?.sha256 ?? null,
    newValue: version.file.sha256,
  })
  return requireVersion(db, id)
}

/** @throws ArchiveError 'ROW_NOT_FOUND' */
export function changeDocument(
  db: WritableDb,
  documentId: DocumentId,
  fields: { readonly title: string; readonly role: DocumentRole; readonly order: number },
  change: Change,
): void {
  const before = requireDocument(db, documentId)
  const owner = requireCase(db, before.caseId)
  db.run(
    query
      .updateTable('documents')
      .set({ title: fields.title, role: fields.role, position: fields.order })
      .where('id', '=', documentId),
  )
  recordChanges(db, subjectOf(documentId, owner), change, {
    before: { title: before.title, role: before.role, order: before.order },
    after: { ...fields },
  })
  markForIndex(db, before.caseId)
}

/** Takes a document out of the case. Its versions stay in the vault and in history until the case is disposed of. */
export function removeDocument(db: WritableDb, documentId: DocumentId, change: Change): void {
  const before = requireDocument(db, documentId)
  const owner = requireCase(db, before.caseId)
  db.run(query.updateTable('documents').set({ removed_at: change.at }).where('id', '=', documentId))
  noteKeptEvidence(db, before.caseId)
  recordChange(db, subjectOf(documentId, owner), change, {
    field: 'removed',
    oldValue: before.current.sha256,
    newValue: null,
  })
  markForIndex(db, before.caseId)
}

/** Text of each page as extracted, for search and preview. An empty list marks 「本文検索不可」. */
export function writeDocumentText(db: WritableDb, documentId: DocumentId, pages: readonly string[]): void {
  const document = requireDocument(db, documentId)
  const hasText = pages.some((page) => page.trim() !== '')
  db.run(query.deleteFrom('document_pages').where('document_id', '=', documentId))
  if (hasText)
    for (const [index, text] of pages.entries())
      db.run(query.insertInto('document_pages').values({ document_id: documentId, page: index + 1, text }))
  db.run(
    query
      .updateTable('documents')
      .set({ has_text: hasText ? 1 : 0 })
      .where('id', '=', documentId),
  )
  markForIndex(db, document.caseId)
}

/** Text of some pages, ascending from `fromPage`: long documents are read piece by piece. */
export function readPageTexts(
  db: ReadableDb,
  documentId: DocumentId,
  pages: { readonly fromPage: number; readonly most: number },
): { readonly page: number; readonly text: string }[] {
  return db.all(
    query
      .selectFrom('document_pages')
      .select(['page', 'text'])
      .where('document_id', '=', documentId)
      .where('page', '>=', pages.fromPage)
      .orderBy('page')
      .limit(pages.most),
  )
}

/** In which order a case's documents are shown to somebody who looks for the contract. */
const READING_ORDER: readonly string[] = ['sign', 'view', 'attachment', 'certificate', 'application']

export type DocumentGlance = {
  readonly documentId: DocumentId
  /** A file of the contract itself cannot be searched by its text: 本文検索不可. */
  readonly textless: boolean
}

/** The document to show first, for each of the cases that have one. */
export function glanceAtDocuments(db: ReadableDb, caseIds: readonly CaseId[]): Map<string, DocumentGlance> {
  const rows = db.all(
    query
      .selectFrom('documents')
      .select(['id', 'case_id', 'role', 'has_text'])
      .where('case_id', 'in', caseIds.length === 0 ? [''] : [...caseIds])
      .where('removed_at', 'is', null)
      .orderBy('position')
      .orderBy('created_at'),
  )
  const place = (row: { readonly role: string }) => READING_ORDER.indexOf(row.role) >>> 0
  const glances = [...Map.groupBy(rows, (row) => row.case_id)].flatMap(([caseId, documents]) => {
    const [first] = documents.toSorted((left, right) => place(left) - place(right))
    if (first === undefined) return []
    const textless = documents.some((each) => place(each) < 3 && each.has_text === 0)
    return [[caseId, { documentId: DocumentId.parse(first.id), textless }] as const]
  })
  return new Map(glances)
}

/** The case's documents in order, removed ones left out. */
export function listDocuments(db: ReadableDb, caseId: CaseId): CaseDocument[] {
  const rows = db.all(
    query
      .selectFrom('documents')
      .select('id')
      .where('case_id', '=', caseId)
      .where('removed_at', 'is', null)
      .orderBy('position')
      .orderBy('created_at'),
  )
  return rows.map((row) => requireDocument(db, DocumentId.parse(row.id)))
}

export function readDocument(db: ReadableDb, documentId: DocumentId): CaseDocument | undefined {
  const row = db.first(
    query
      .selectFrom('documents')
      .select([
        'id',
        'case_id',
        'position',
        'title',
        'file_name',
        'role',
        'pages',
        'preflight_json',
        'has_text',
      ])
      .where('id', '=', documentId),
  )
  if (row === undefined) return undefined
  const versions = listVersions(db, documentId)
  return CaseDocument.parse({
    id: row.id,
    caseId: row.case_id,
    order: row.position,
    title: row.title,
    fileName: row.file_name,
    role: row.role,
    pages: row.pages,
    current: versions.at(-1),
    versions,
    preflight: row.preflight_json === null ? null : JSON.parse(row.preflight_json),
    hasText: row.has_text === 1,
  })
}

/** @throws ArchiveError 'ROW_NOT_FOUND' */
export function requireDocument(db: ReadableDb, documentId: DocumentId): CaseDocument {
  const document = readDocument(db, documentId)
  if (document === undefined) throw new ArchiveError('ROW_NOT_FOUND', 'No such document')
  return document
}

/** Where a version's bytes lie. @throws ArchiveError 'ROW_NOT_FOUND' (no such version, or disposed of) */
export function fileOfVersion(
  db: ReadableDb,
  versionId: VersionId,
): { readonly fileId: FileId; readonly sha256: Sha256Hex } {
  const row = db.first(
    query.selectFrom('document_versions').select(['file_id', 'sha256']).where('id', '=', versionId),
  )
  if (row === undefined || row.file_id === null) throw new ArchiveError('ROW_NOT_FOUND', 'No such version')
  return { fileId: row.file_id as FileId, sha256: Sha256Hex.parse(row.sha256) }
}

/** Versions with exactly these bytes that the archive still keeps: not deleted, not taken out, not disposed of. */
export function findVersionsBySha256(
  db: ReadableDb,
  sha256: Sha256Hex,
): { readonly caseId: CaseId; readonly documentId: DocumentId; readonly versionId: VersionId }[] {
  return db
    .all(
      query
        .selectFrom('document_versions')
        .innerJoin('documents', 'documents.id', 'document_versions.document_id')
        .innerJoin('cases', 'cases.id', 'documents.case_id')
        .select(['document_versions.id as version_id', 'document_id', 'case_id'])
        .where('sha256', '=', sha256)
        .where('document_versions.destroyed_at', 'is', null)
        .where('documents.removed_at', 'is', null)
        .where('cases.state', '<>', 'deleted'),
    )
    .map((row) => ({
      caseId: CaseId.parse(row.case_id),
      documentId: DocumentId.parse(row.document_id),
      versionId: VersionId.parse(row.version_id),
    }))
}

export function listVersions(db: ReadableDb, documentId: DocumentId): DocumentVersion[] {
  return db
    .all(selectVersions().where('document_id', '=', documentId).orderBy('number'))
    .map((row) => parseVersion(row))
}

function requireVersion(db: ReadableDb, id: VersionId): DocumentVersion {
  const row = db.first(selectVersions().where('id', '=', id))
  if (row === undefined) throw new ArchiveError('ROW_NOT_FOUND', 'No such version')
  return parseVersion(row)
}

function selectVersions() {
  return query
    .selectFrom('document_versions')
    .select(['id', 'number', 'reason', 'sha256', 'size_bytes', 'created_at', 'created_by'])
}

function parseVersion(row: {
  id: string
  number: number
  reason: string
  sha256: string
  size_bytes: number
  created_at: number
  created_by: string
}): DocumentVersion {
  return DocumentVersion.parse({
    id: row.id,
    number: row.number,
    reason: row.reason,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    createdAt: EpochMs.parse(row.created_at),
    createdBy: row.created_by,
  })
}

function ownerOf(db: ReadableDb, documentId: DocumentId): { readonly id: CaseId; readonly title: string } {
  const row = db.first(query.selectFrom('documents').select('case_id').where('id', '=', documentId))
  if (row === undefined) throw new ArchiveError('ROW_NOT_FOUND', 'No such document')
  return requireCase(db, CaseId.parse(row.case_id))
}

function subjectOf(
  documentId: DocumentId,
  owner: { readonly id: CaseId; readonly title: string },
): ChangedEntity {
  return { entity: 'document', entityId: documentId, caseId: owner.id, caseTitle: owner.title }
}
