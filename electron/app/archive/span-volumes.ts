/** The report of a bulk verification on paper: one PDF, or volumes in a ZIP when there are too many files for one. */
import type { StoredFile } from '../../core/archive/vault.ts'
import { writeZip, type ZipEntry } from '../../core/kit/write-zip.ts'
import type { Report } from '../../core/pages/report-model.ts'
import type { Office } from '../office.ts'
import { contentOf } from '../temporary-files.ts'
import { workDone } from '../work/work-done.ts'
import type { Outcome } from './outcome.ts'
import { fileBlocks, type SpanLine, type SpanSum, spanReport, summaryBlocks } from './span-report.ts'

/** Files in one PDF, some 200 pages. */
const FILES_A_VOLUME = 1_000

export type Volumes = {
  readonly add: (line: SpanLine) => Promise<void>
  /** After the last line: the file to fetch. */
  readonly finish: () => Promise<Outcome['file']>
  readonly drop: () => Promise<void>
}

/** Lines of one volume are in memory; finished volumes lie with the temporary files. */
export function openVolumes(office: Office, sum: SpanSum, signal: AbortSignal): Volumes {
  const { temporary, work } = office
  const done: Volume[] = []
  let lines: SpanLine[] = []
  const print = async (report: Report) => workDone(await work.runTask('make-report', report, { signal }))
  const close = async () => {
    const number = done.length + 1
    const part = `第${number}分冊（番号${lines[0]?.number ?? 0}～${lines.at(-1)?.number ?? 0}）`
    const bytes = await print(spanReport(office, sum, fileBlocks(lines), part))
    const name = `${String(number).padStart(3, '0')}_検証したファイル.pdf`
    done.push({ name, file: await temporary.put(bytes) })
    lines = []
  }
  return {
    add: async (line) => {
      if (lines.length === FILES_A_VOLUME) await close()
      lines.push(line)
    },
    finish: async () => {
      if (done.length === 0) {
        const paper = spanReport(office, sum, [...summaryBlocks(sum), ...fileBlocks(lines)], null)
        const { fileId } = await temporary.put(await print(paper))
        return { fileId, fileName: '一括検証結果.pdf', contentType: 'application/pdf' }
      }
      await close()
      const part = `総括（ファイルの一覧は全${done.length}分冊）`
      const summary = await print(spanReport(office, sum, summaryBlocks(sum), part))
      const directory = temporary.spool()
      try {
        const { fileId } = await temporary.put(writeZip(entriesOf(office, summary, done), directory))
        return { fileId, fileName: '一括検証結果.zip', contentType: 'application/zip' }
      } finally {
        await directory.drop()
      }
    },
    drop: async () => {
      for (const { file } of done) await temporary.destroy(file.fileId)
    },
  }
}

type Volume = { readonly name: string; readonly file: StoredFile }

function* entriesOf(office: Office, summary: Uint8Array, volumes: readonly Volume[]): Generator<ZipEntry> {
  const modifiedAt = office.clock.now()
  yield { name: '000_総括.pdf', modifiedAt, content: [summary], level: 1 }
  for (const { name, file } of volumes)
    yield { name, modifiedAt, content: contentOf(office.temporary.open(file.fileId)), level: 1 }
}
