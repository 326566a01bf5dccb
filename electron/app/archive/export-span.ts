/**
 * ダウンロードの求め (L14): one ZIP with PDFs and 締結証明書, index in two encodings, digests, log extract, verification of
 * every file. It leaves through a stream: each file is read from the vault as it is written, the ZIP itself goes back into
 * the vault encrypted. Nothing readable touches the disk, and memory does not grow with the size of the files.
 */
import { PassThrough, Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import { contractFileName } from '../../../shared/rules/contract-file-name.ts'
import { formatEvidenceTime } from '../../../shared/rules/japanese-date.ts'
import { type CaseRecord, requireCase } from '../../core/archive/tables/cases.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import type { StoredFile } from '../../core/archive/vault.ts'
import { listCaseEntries } from '../../core/audit/log.ts'
import { csvCell } from '../audit/read-log.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import type { TaskControl } from '../tasks.ts'
import { verifyVersion } from '../verification/verify-version.ts'
import { encodeShiftJis } from './shift-jis.ts'
import { keptDocuments, type SpanResult, walkSearch } from './span-tasks.ts'

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

const INDEX_HEAD = [
  ...['取引年月日', '取引金額', '取引先', '件名', '契約番号', '状態', 'ファイル名', 'SHA-256', '検証結果'],
]

async function writeZip(
  office: Office,
  caseIds: readonly CaseId[],
  control: TaskControl,
  result: SpanResult,
): Promise<StoredFile | undefined> {
  const zip = new ZipFile()
  const output = new PassThrough()
  // A file that cannot be read ends the export with its error instead of ending the program.
  zip.on('error', (error: Error) => output.destroy(error))
  zip.outputStream.pipe(output)
  let failure: unknown
  const stored = office.archive.vault.put(piecesOf(output))
  stored.catch((error: unknown) => {
    failure = error
  })
  const index: string[][] = [INDEX_HEAD]
  const names = new Set<string>()
  for (const [done, caseId] of caseIds.entries()) {
    if (control.signal.aborted || failure !== undefined) break
    const found = requireCase(office.archive.db, caseId)
    const documents = keptDocuments(office, caseId)
    for (const document of documents) {
      const { report } = await verifyVersion(office, {
        documentId: document.id,
        versionId: document.current.id,
      })
      const name = uniqueName(names, found, document, documents)
      addFile(office, zip, name, document)
      result.rows.push({ caseId, documentId: document.id, title: document.title, verdict: report.verdict })
      index.push([...factsOf(found), name, document.current.sha256, report.verdict])
      zip.addBuffer(Buffer.from(JSON.stringify(report, null, 2)), `verification/${name}.json`)
    }
    control.progress(done + 1, caseIds.length)
  }
  addIndex(zip, index)
  zip.addReadStreamLazy('操作ログ.csv', (give) => give(null, Readable.from(logLines(office, caseIds))))
  zip.end()
  const file = await stored
  if (!control.signal.aborted) return file
  await office.archive.vault.destroy(file.fileId)
  return undefined
}

/** A stream of Node has a `read` of its own, which the vault would take for random access. */
async function* piecesOf(stream: PassThrough): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) yield piece as Uint8Array
}

function addIndex(zip: ZipFile, index: readonly (readonly string[])[]): void {
  const csv = `${index.map(csvLine).join('\r\n')}\r\n`
  const { bytes, missing } = encodeShiftJis(csv)
  zip.addBuffer(Buffer.from(`\uFEFF${csv}`), '索引.csv')
  zip.addBuffer(bytes, '索引_ShiftJIS.csv')
  if (missing.length > 0) {
    const note = [
      '「索引_ShiftJIS.csv」では、Shift_JISにない次の文字を「〓」で示しています。',
      '正しい文字は「索引.csv」（UTF-8）を見てください。',
      ...missing,
    ]
    zip.addBuffer(Buffer.from(`\uFEFF${note.join('\r\n')}\r\n`), '索引_ShiftJISの注意.txt')
  }
  const sums = index.slice(1).map((row) => `${row[7]}  ${row[6]}\n`)
  zip.addBuffer(Buffer.from(sums.join('')), 'SHA256SUMS.txt')
}

const CASES_A_TURN = 20

/** The log of the exported cases, read case by case while it is written. */
async function* logLines(office: Office, caseIds: readonly CaseId[]): AsyncGenerator<Buffer> {
  yield Buffer.from(`\uFEFF${csvLine(['日時', '操作した人', '操作', '件名', '内容'])}\r\n`)
  for (const [index, caseId] of caseIds.entries()) {
    const lines = listCaseEntries(office.archive.db, caseId).map((entry) =>
      csvLine([
        formatEvidenceTime(entry.at),
        entry.actor,
        entry.action,
        entry.caseTitle,
        JSON.stringify(entry.data),
      ]),
    )
    if (lines.length > 0) yield Buffer.from(`${lines.join('\r\n')}\r\n`)
    if (index % CASES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
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

/** YYYYMMDD_金額_取引先_件名.pdf; the document's own title only where a case has several contracts. */
function uniqueName(
  taken: Set<string>,
  found: CaseRecord,
  document: CaseDocument,
  documents: readonly CaseDocument[],
): string {
  const contracts = documents.filter(({ role }) => role !== 'certificate')
  const base = contractFileName({
    date: found.fields.contractDate,
    amountYen: found.fields.amount,
    counterparty: found.fields.counterparties[0]?.name ?? '',
    title:
      document.role === 'certificate'
        ? `${found.title} 締結証明書`
        : contracts.length === 1
          ? found.title
          : `${found.title} ${document.title}`,
  })
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : base.replace(/\.pdf$/, `_${number}.pdf`)
    if (taken.has(name)) continue
    taken.add(name)
    return name
  }
}

function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',')
}
