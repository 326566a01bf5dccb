/** Text of a document for search and preview; a file without text is marked 「本文検索不可」. */
import { fileOfVersion, readDocument, writeDocumentText } from '../../core/archive/tables/documents.ts'
import { readWholeFile } from '../documents/read-whole-file.ts'
import { announceCase } from '../office.ts'
import { workDone } from '../work/work-done.ts'
import { extractTextJob } from './job-kinds.ts'
import { jobHandler } from './runner.ts'

export const extractTextHandler = jobHandler(extractTextJob, async (office, { documentId }) => {
  const document = readDocument(office.archive.db, documentId)
  if (document === undefined) return 'done'
  const { fileId } = fileOfVersion(office.archive.db, document.current.id)
  const bytes = await readWholeFile(office.archive.vault, fileId)
  const extracted = workDone(await office.work.runTask('extract-text', { bytes }))
  const pages = extracted.ok && extracted.value.searchable ? extracted.value.pages : []
  office.archive.transaction((db) => writeDocumentText(db, documentId, pages))
  announceCase(office, document.caseId)
  return 'done'
})
