import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import { NOT_FOUND } from '../cases/guard-case.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { visibleDocument } from './change-document.ts'

/** A ticket for one version's bytes. View, download and print are each logged before the ticket exists (L29). */
export async function openDocument(
  office: Office,
  input: InputOf<typeof bridge.documents.open>,
  context: Context,
) {
  const seen = visibleDocument(office, context, input.documentId)
  if (seen === undefined) return NOT_FOUND
  const { document } = seen
  const version = document.versions.find(
    (candidate) => candidate.id === (input.versionId ?? document.current.id),
  )
  if (version === undefined) return NOT_FOUND
  const { fileId } = fileOfVersion(office.archive.db, version.id)
  try {
    office.archive.vault.open(fileId).close()
  } catch (error) {
    if (error instanceof ArchiveError && ['FILE_DAMAGED', 'FILE_NOT_FOUND'].includes(error.code))
      return fail('FILE_DAMAGED', {})
    throw error
  }
  const action = { view: 'document.viewed', download: 'document.downloaded', print: 'document.printed' }[
    input.purpose
  ]
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), action, {
      caseId: document.caseId,
      data: { document: document.title, version: version.number, sha256: version.sha256 },
    }),
  )
  const ticket = office.tickets.issue(context.connection, {
    fileName: document.fileName,
    contentType: 'application/pdf',
    disposition: input.purpose === 'download' ? 'attachment' : 'inline',
    open: () => office.archive.vault.open(fileId),
  })
  return ok({ ticket, fileName: document.fileName, sizeBytes: version.sizeBytes })
}
