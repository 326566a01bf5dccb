/**
 * ダウンロードの求め (L14): one ZIP with PDFs and 締結証明書, index in two encodings, digests of every entry, log extract,
 * verification of every file. It is a stream from the vault to the vault: files are read as they are written, nothing
 * readable touches the disk, and memory does not grow with their number or size.
 */
import { createHash } from 'node:crypto'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { type CaseRecord, requireCase } from '../../core/archive/tables/cases.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import type { Viewer } from '../../core/archive/tables/viewer.ts'
import { writeZip, type ZipEntry } from '../../core/kit/write-zip.ts'
import { reportHtml } from '../../core/pages/report-html.ts'
import { verificationReport } from '../../core/pages/verification-report.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { type AuditData, changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import type { TaskControl } from '../tasks.ts'
import { contentOf } from '../temporary-files.ts'
import { type Examined, examineFile, keptDocuments } from './examine-file.ts'
import { type ExportNotes, historyLines, logLines, openNotes } from './export-lists.ts'
import { createFileNames, type FileNames } from './export-names.ts'
import type { Outcome } from './outcome.ts'
import { addFinding, startWork } from './outcomes.ts'
import { queryWords } from './query-words.ts'
import { collectCases, spanObstacle } from './span-tasks.ts'

export async function exportSpan(
  office: Office,
  { query }: InputOf<typeof bridge.archive.export>,
  context: Context,
) {
  const obstacle = spanObstacle(office, query, context)
  if (obstacle !== undefined) return fail(obstacle, {})
  const about = queryWords(office.archive.db, query)
  const taskId = startWork(office, context, { kind: 'export', about }, async (control, outcome) => {
    const caseIds = await collectCases(office, query, context, control.signal)
    const log = (action: string, data: AuditData) =>
      office.archive.transaction((db) => record(db, changeBy(context, office.clock), action, { data }))
    log('archive.exported', { cases: caseIds.length, about })
    const run: ExportRun = {
      ...{ office, control, outcome, caseIds, about },
      exportedBy: actorOf(context).displayName,
      viewer: viewerFor(actorOf(context)),
      names: createFileNames(),
      notes: openNotes(office, about),
    }
    const directory = office.temporary.spool()
    try {
      const zip = writeZip(stamped(run, entriesOf(run)), directory)
      const stored = await office.temporary.put(unlessAborted(zip, control.signal))
      const day = japaneseDay(office.clock.now()).replaceAll('-', '')
      outcome.file = {
        fileId: stored.fileId,
        fileName: `電子契約データ_${day}.zip`,
        contentType: 'application/zip',
      }
      log('archive.export-finished', {
        ...{ files: run.notes.count('file'), problems: run.notes.count('problem') },
        ...{ sizeBytes: stored.sizeBytes, sha256: stored.sha256 },
      })
    } finally {
      await directory.drop()
      await run.notes.drop()
    }
  })
  return ok({ taskId })
}

type ExportRun = {
  readonly office: Office
  readonly control: TaskControl
  readonly outcome: Outcome
  readonly caseIds: readonly CaseId[]
  readonly about: string
  readonly exportedBy: string
  readonly viewer: Viewer
  readonly names: FileNames
  readonly notes: ExportNotes
}

/** What goes into the ZIP; `note` false for the lists of digests, which cannot name themselves. */
type Entry = { readonly name: string; readonly content: ZipEntry['content'] } & {
  readonly level?: 1
  readonly isHuge?: boolean
  readonly note?: false
}

async function* unlessAborted(
  zip: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of zip) {
    signal.throwIfAborted()
    yield piece
  }
}

/** Every entry with its time; its digest is noted when it has been written. */
async function* stamped(run: ExportRun, entries: AsyncIterable<Entry>): AsyncGenerator<ZipEntry> {
  for await (const { note = true, ...entry } of entries) {
    const digest = { hash: createHash('sha256'), sizeBytes: 0 }
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of entry.content) {
        digest.hash.update(piece)
        digest.sizeBytes += piece.length
        yield piece
      }
    }
    yield { ...entry, content: counted(), modifiedAt: run.office.clock.now() }
    if (note)
      await run.notes.addEntry({
        name: entry.name,
        sizeBytes: digest.sizeBytes,
        sha256: digest.hash.digest('hex'),
      })
  }
}

/** Lists of so many cases may pass 4 GB (a case leaves some 10 kB of log). */
const MANY_CASES = 100_000

async function* entriesOf(run: ExportRun): AsyncGenerator<Entry> {
  for (const [index, caseId] of run.caseIds.entries()) {
    run.control.signal.throwIfAborted()
    yield* caseEntries(run, requireCase(run.office.archive.db, caseId))
    run.control.progress(index, run.caseIds.length)
  }
  const { notes, office, caseIds } = run
  const isHuge = caseIds.length > MANY_CASES
  yield { name: '索引.csv', content: notes.index(), isHuge }
  yield { name: '索引_ShiftJIS.csv', content: notes.indexShiftJis(), isHuge }
  const missing = notes.missingLetters()
  if (missing !== undefined) yield { name: '索引_ShiftJISの注意.txt', content: [missing] }
  yield { name: '操作ログ.csv', content: logLines(office, caseIds), isHuge }
  yield { name: '訂正削除履歴.csv', content: historyLines(office, run.viewer, caseIds), isHuge }
  const about = { townName: townOf(office), exportedBy: run.exportedBy, cases: caseIds.length }
  yield { name: '00_はじめにお読みください.txt', content: [notes.readMe(about)] }
  yield { name: 'SHA256SUMS.txt', content: notes.sums(), isHuge, note: false }
  yield { name: 'manifest.json', content: notes.manifest(about), isHuge, note: false }
  run.control.progress(caseIds.length, caseIds.length)
}

function townOf(office: Office): string {
  return readSettings(office.archive.db).town.townName
}

async function* caseEntries(run: ExportRun, found: CaseRecord): AsyncGenerator<Entry> {
  const documents = keptDocuments(run.office, found.id)
  if (documents.length === 0) await run.notes.addFile({ found, document: null, name: '', examined: null })
  for (const document of documents) {
    const examined = await examineFile(run.office, document, run.control.signal)
    const name = run.names.take(found, document, documents)
    await run.notes.addFile({ found, document, name, examined })
    addFinding(run.outcome, {
      caseId: found.id,
      documentId: document.id,
      title: `${found.title} ${document.title}`,
      verdict: examined.verdict,
    })
    if (examined.isReadable) yield* fileEntries(run, document, name, examined)
  }
}

function* fileEntries(
  run: ExportRun,
  document: CaseDocument,
  name: string,
  { report, verifiedAt }: Extract<Examined, { isReadable: true }>,
): Generator<Entry> {
  const { office } = run
  const { fileId, sha256 } = fileOfVersion(office.archive.db, document.current.id)
  yield { name, content: contentOf(office.archive.vault.open(fileId)), level: 1 }
  const paper = verificationReport({
    townName: townOf(office),
    verifiedAt,
    verifiedBy: run.exportedBy,
    files: [{ fileName: name, sha256, report }],
  })
  yield { name: `verification/${name}.html`, content: [Buffer.from(reportHtml(paper))] }
  yield { name: `verification/${name}.json`, content: [Buffer.from(`${JSON.stringify(report, null, 2)}\n`)] }
}
