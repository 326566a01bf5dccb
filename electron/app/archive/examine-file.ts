/**
 * One kept file as it lies there now: every byte is read and compared with its SHA-256, then its signatures are judged.
 * A stored report of the day may answer for the signatures, because the bytes were just found to be the same.
 */
import { createHash } from 'node:crypto'
import type { FileVerdict } from '../../../shared/bridge/outcomes.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { fileOfVersion, listDocuments } from '../../core/archive/tables/documents.ts'
import type { Office } from '../office.ts'
import { contentOf } from '../temporary-files.ts'
import { type Verified, verifyVersion } from '../verification/verify-version.ts'

export type Examined =
  | ({ readonly isReadable: true; readonly verdict: FileVerdict } & Verified)
  | { readonly isReadable: false; readonly verdict: FileVerdict; readonly report: null }

/** What a case is kept for: the contract, what was shown with it, its certificate, and what was taken in with it. */
export function keptDocuments(office: Office, caseId: CaseId): CaseDocument[] {
  return listDocuments(office.archive.db, caseId).filter(({ role }) =>
    ['sign', 'view', 'certificate', 'attachment'].includes(role),
  )
}

/** What a 写し for a payment or an audit consists of; drawings that were only shown are in the export. */
export function copiedDocuments(office: Office, caseId: CaseId): CaseDocument[] {
  return keptDocuments(office, caseId).filter(({ role }) => role !== 'view')
}

/** Damage is a finding, not an error. @throws AbortError */
export async function examineFile(
  office: Office,
  document: CaseDocument,
  signal: AbortSignal,
): Promise<Examined> {
  const { db, vault } = office.archive
  try {
    const { fileId, sha256 } = fileOfVersion(db, document.current.id)
    const hash = createHash('sha256')
    for await (const piece of contentOf(vault.open(fileId))) {
      signal.throwIfAborted()
      hash.update(piece)
    }
    if (hash.digest('hex') !== sha256) return unreadable('damaged')
    const version = { documentId: document.id, versionId: document.current.id }
    const verified = await verifyVersion(office, version, signal)
    return { isReadable: true, verdict: verified.report.verdict, ...verified }
  } catch (error) {
    const verdict = findingOf(error)
    if (verdict === undefined) throw error
    return unreadable(verdict)
  }
}

function unreadable(verdict: FileVerdict): Examined {
  return { isReadable: false, verdict, report: null }
}

/** What a failure to read says about the file; undefined: it says nothing about it. */
export function findingOf(error: unknown): FileVerdict | undefined {
  if (!(error instanceof ArchiveError)) return undefined
  if (error.code === 'FILE_DAMAGED') return 'damaged'
  if (error.code === 'FILE_NOT_FOUND') return 'missing'
  // The version has no file any more: it was disposed of meanwhile.
  return error.code === 'ROW_NOT_FOUND' ? 'disposed' : undefined
}
