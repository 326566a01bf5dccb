import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import type { VaultFile } from '../../core/archive/vault.ts'
import { appendedSource, type ByteSource } from '../../core/kit/byte-source.ts'
import { balancedPages } from '../../core/signing/pdf/balanced-pages.ts'
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
  const open = () => office.archive.vault.open(fileId)
  const ticket = office.tickets.issue(context.connection, {
    fileName: document.fileName,
    contentType: 'application/pdf',
    disposition: input.purpose === 'download' ? 'attachment' : 'inline',
    open: input.purpose === 'view' && isLong(document) ? openForViewer(open) : open,
  })
  return ok({ ticket, fileName: document.fileName, sizeBytes: version.sizeBytes })
}

/** Shorter files are read in no time; in longer ones the list of pages alone takes our reader more than 50 ms. */
const LONG_PAGES = { from: 65, to: 5000 } as const

function isLong({ pages }: CaseDocument): boolean {
  return pages >= LONG_PAGES.from && pages <= LONG_PAGES.to
}

/** The same pages behind a page tree that the viewer finds its way in without reading the whole file. */
function openForViewer(open: () => VaultFile): () => ByteSource & { readonly close: () => void } {
  const probe = open()
  const tail = ((): Uint8Array | undefined => {
    try {
      return balancedPages(probe)
    } finally {
      probe.close()
    }
  })()
  if (tail === undefined) return open
  return () => {
    const file = open()
    return { ...appendedSource(file, file.sizeBytes, tail), close: file.close }
  }
}
