/** Long work over many cases: ダウンロードの求め (L14) and 一括検証 (L15). */
import { Readable } from 'node:stream'
import iconv from 'iconv-lite'
import { ZipFile } from 'yazl'
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId, DocumentId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import { contractFileName } from '../../../shared/rules/contract-file-name.ts'
import { formatEvidenceTime } from '../../../shared/rules/japanese-date.ts'
import { searchCases } from '../../core/archive/search/search-cases.ts'
import { type CaseRecord, requireCase } from '../../core/archive/tables/cases.ts'
import { fileOfVersion, listDocuments } from '../../core/archive/tables/documents.ts'
import type { StoredFile } from '../../core/archive/vault.ts'
import { listCaseEntries } from '../../core/audit/log.ts'
import { csvCell } from '../audit/read-log.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import type { TaskControl } from '../tasks.ts'
import { verifyVersion } from '../verification/verify-version.ts'

export type SpanResult = {
  rows: { caseId: CaseId; documentId: DocumentId | null; title: string; verdict: string }[]
  ticket: string | null
  code: string | null
}

const PAGE = 200

/** All cases a query finds, page by page: never only the first screen of them. */
function* walkSearch(office: Office, query: SearchQuery, context: Context): Generator<CaseId> {
  const viewer = viewerFor(actorOf(context))
  for (let offset = 0; ; offset += PAGE) {
    const { caseIds } = searchCases(office.archive.db, query, viewer, { offset, limit: PAGE })
    yield* caseIds
    if (caseIds.length < PAGE) return
  }
}

export async function verifySpan(
  office: Office,
  input: InputOf<typeof bridge.archive.verifySpan>,
  context: Context,
) {
  const query = SearchQuery.parse({ dateFrom: input.dateFrom, dateTo: input.dateTo })
  const caseIds = [...walkSearch(office, query, context)]
  if (caseIds.length === 0) return fail('NOTHING_FOUND', {})
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) =>
    record(db, change, 'archive.span-verified', { data: { cases: caseIds.length } }),
  )
  const result: SpanResult = { rows: [], ticket: null, code: null }
  const taskId = office.tasks.start(context.connection, 'verify-span', result, async (control) => {
    for (const [index, caseId] of caseIds.entries()) {
      if (control.signal.aborted) return
      for (const document of signedDocuments(office, caseId)) {
        const { report } = await verifyVersion(
          office,
          { documentId: document.id, versionId: document.current.id },
          control.signal,
        )
        result.rows.push({ caseId, documentId: document.id, title: document.title, verdict: report.verdict })
      }
      control.progress(index + 1, caseIds.length)
    }
  })
  return ok({ taskId })
}

function signedDocuments(office: Office, caseId: CaseId): CaseDocument[] {
  return listDocuments(office.archive.db, caseId).filter(
    (document) => document.role === 'sign' || document.role === 'certificate',
  )
}

/** One ZIP: PDFs and 締結証明書, index in two encodings, digests, log extract, verification of every file. */
export async function exportSpan(
  office: Office,
  input: InputOf<typeof bridge.archive.export>,
  context: Context,
) {
  const caseIds = [...walkSearch(office, input.query, context)]
  if (caseIds.length === 0) return fail('NOTHING_FOUND', {})
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'archive.exported', { data: { cases: caseIds.length } }),
  )
  const result: SpanResult = { rows: [], ticket: null, code: null }
  const taskId = office.tasks.start(context.connection, 'export', result, async (control) => {
    const stored = await writeZip(office, caseIds, control, result)
    if (stored === undefined) return
    result.ticket = office.tickets.issue(context.connection, {
      fileName: '電子契約データ.zip',
      contentType: 'application/zip',
      disposition: 'attachment',
      open: () => office.archive.vault.open(stored.fileId),
    })
  })
  return ok({ taskId })
}

export async function taskResult(office: Office, input: { readonly taskId: string }, context: Context) {
  const entry = office.tasks.find(context.connection, input.taskId)
  if (entry === undefined) return fail('NOT_FOUND', {})
  const { rows, ticket, code } = entry.result as SpanResult
  return ok({
    done: entry.state !== 'running',
    rows: [...rows],
    ticket,
    code: entry.state === 'failed' ? 'INTERNAL' : code,
  })
}

/**
 * The archive leaves through a stream: yazl reads each file from the vault as it writes, the ZIP itself goes back into
 * the vault encrypted. Nothing readable touches the disk.
 */
async function writeZip(
  office: Office,
  caseIds: readonly CaseId[],
  control: TaskControl,
  result: SpanResult,
): Promise<StoredFile | undefined> {
  const zip = new ZipFile()
  const stored = office.archive.vault.put(zip.outputStream as unknown as AsyncIterable<Uint8Array>)
  const index: string[][] = [
    ['取引年月日', '取引金額', '取引先', '件名', '契約番号', '状態', 'ファイル名', 'SHA-256', '検証結果'],
  ]
  const log: string[][] = [['日時', '操作した人', '操作', '件名', '内容']]
  const names = new Set<string>()
  for (const [done, caseId] of caseIds.entries()) {
    if (control.signal.aborted) break
    const found = requireCase(office.archive.db, caseId)
    for (const document of signedDocuments(office, caseId)) {
      const { report } = await verifyVersion(office, {
        documentId: document.id,
        versionId: document.current.id,
      })
      const name = uniqueName(names, found, document)
      addFile(office, zip, name, document)
      result.rows.push({ caseId, documentId: document.id, title: document.title, verdict: report.verdict })
      index.push([...factsOf(found), name, document.current.sha256, report.verdict])
      zip.addBuffer(Buffer.from(JSON.stringify(report, null, 2)), `verification/${name}.json`)
    }
    for (const entry of listCaseEntries(office.archive.db, caseId))
      log.push([
        formatEvidenceTime(entry.at),
        entry.actor,
        entry.action,
        entry.caseTitle,
        JSON.stringify(entry.data),
      ])
    control.progress(done + 1, caseIds.length)
  }
  const csv = csvOf(index)
  zip.addBuffer(Buffer.from(`\uFEFF${csv}`), '索引.csv')
  zip.addBuffer(iconv.encode(csv, 'cp932'), '索引_ShiftJIS.csv')
  zip.addBuffer(Buffer.from(`\uFEFF${csvOf(log)}`), '操作ログ.csv')
  zip.addBuffer(Buffer.from(manifestOf(index)), 'SHA256SUMS.txt')
  zip.end()
  const file = await stored
  if (!control.signal.aborted) return file
  await office.archive.vault.destroy(file.fileId)
  return undefined
}

function addFile(office: Office, zip: ZipFile, name: string, document: CaseDocument): void {
  const { fileId } = fileOfVersion(office.archive.db, document.current.id)
  zip.addReadStreamLazy(name, { size: document.current.sizeBytes }, (done) =>
    done(null, Readable.from(chunksOf(office, fileId))),
  )
}

async function* chunksOf(office: Office, fileId: StoredFile['fileId']): AsyncGenerator<Uint8Array> {
  const source = office.archive.vault.open(fileId)
  try {
    const piece = 256 * 1024
    for (let offset = 0; offset < source.sizeBytes; offset += piece) {
      yield source.read(offset, Math.min(piece, source.sizeBytes - offset))
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    source.close()
  }
}

function factsOf(found: CaseRecord): string[] {
  const { contractDate, amount, counterparties } = found.fields
  return [
    contractDate ?? '',
    amount === null ? '' : String(amount),
    counterparties.map((party) => party.name).join('、'),
    found.title,
    found.contractNumber,
    found.state,
  ]
}

function uniqueName(taken: Set<string>, found: CaseRecord, document: CaseDocument): string {
  const base = contractFileName({
    date: found.fields.contractDate,
    amountYen: found.fields.amount,
    counterparty: found.fields.counterparties[0]?.name ?? '',
    title: document.role === 'certificate' ? `${found.title}_締結証明書` : `${found.title}_${document.title}`,
  })
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : base.replace(/\.pdf$/, `_${number}.pdf`)
    if (taken.has(name)) continue
    taken.add(name)
    return name
  }
}

function csvOf(rows: readonly (readonly string[])[]): string {
  return `${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`
}

function manifestOf(index: readonly (readonly string[])[]): string {
  return index
    .slice(1)
    .map((row) => `${row[7]}  ${row[6]}\n`)
    .join('')
}
