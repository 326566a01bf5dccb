/** A records officer at the import: gathers files as the page does, runs, waits, reads the result. */
import iconv from 'iconv-lite'
import type { ImportDraft, ImportOptions, ImportResult } from '../../shared/bridge/imports.ts'
import type { ArchiveOffice, Desk } from './archive-office.ts'
import { must } from './office-process.ts'

export type Files = Readonly<Record<string, Uint8Array>>
export type Gathered = { readonly importId: string; readonly table: string }

export type ImportDesk = {
  readonly gather: (files: Files) => Promise<ImportDraft>
  /** With the table as 一覧.csv in Shift_JIS, unless another encoding is named. */
  readonly stage: (csv: string, files: Files, encoding?: string) => Promise<Gathered>
  readonly mappingOf: (gathered: Gathered) => Promise<Record<string, string>>
  readonly finished: (taskId: string) => Promise<ImportResult>
  readonly dryRun: (csv: string, files: Files, openFiles?: boolean) => Promise<ImportResult>
  readonly run: (csv: string, files: Files, more?: Partial<ImportOptions>) => Promise<ImportResult>
  readonly reportOf: (importId: string) => Promise<string[]>
}

const TABLE = '一覧.csv'
export const OPTIONS = { name: '令和5年度 紙の契約', department: '土木課' }
const A_CALL = 50

export function importDesk(office: ArchiveOffice, desk: Desk): ImportDesk {
  const { imports } = desk.client
  const gather: ImportDesk['gather'] = async (files) => {
    const paths = Object.entries(files)
    let draft: ImportDraft | undefined
    for (let start = 0; start < paths.length; start += A_CALL) {
      const sent: { uploadId: string; path: string }[] = []
      for (const [path, bytes] of paths.slice(start, start + A_CALL))
        sent.push({ uploadId: await desk.upload(path.split('/').at(-1) ?? path, bytes), path })
      draft = must(await imports.addFiles({ files: sent })).draft
    }
    if (draft === undefined) throw new Error('Nothing was gathered')
    return draft
  }
  const stage: ImportDesk['stage'] = async (csv, files, encoding = 'cp932') => {
    const { importId } = await gather({ ...files, [TABLE]: iconv.encode(csv, encoding) })
    return { importId, table: TABLE }
  }
  const mappingOf: ImportDesk['mappingOf'] = async (gathered) =>
    must(await imports.readTable(gathered)).mapping
  const finished: ImportDesk['finished'] = async (taskId) => {
    await office.ended(taskId)
    return must(await imports.taskResult({ taskId }))
  }
  return {
    gather,
    stage,
    mappingOf,
    finished,
    dryRun: async (csv, files, openFiles = false) => {
      const gathered = await stage(csv, files)
      const mapping = await mappingOf(gathered)
      const asked = { ...gathered, mapping, options: OPTIONS, openFiles }
      return finished(must(await imports.dryRun(asked)).taskId)
    },
    run: async (csv, files, more = {}) => {
      const gathered = await stage(csv, files)
      const mapping = await mappingOf(gathered)
      const options = { ...OPTIONS, ...more }
      return finished(must(await imports.run({ ...gathered, mapping, options })).taskId)
    },
    reportOf: async (importId) => {
      const { ticket } = must(await imports.report({ importId }))
      return (await desk.download(ticket)).toString('utf8').split('\r\n')
    },
  }
}
