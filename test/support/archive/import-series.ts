/** A real office takes in real PDFs through its bridge, is killed, and goes on where it was: round after round. */
import { cp, rm } from 'node:fs/promises'
import { listImportRows } from '../../../electron/core/archive/tables/imports.ts'
import type { BridgeClient } from '../../../shared/bridge/bridge.ts'
import { makeLogInsQuick } from '../kill-drive.ts'
import { PASSWORD } from '../office.ts'
import { must, type OfficeProcess, startOfficeProcess } from '../office-process.ts'
import { plainPdf } from '../plain-pdf.ts'
import { runRealCheck, withOfficeArchive } from './inspect-office.ts'

const FILES = 10

/** An office with one person who may import; every series starts from a copy of it. */
export async function makeImportTemplate(dataDir: string): Promise<void> {
  const office = await startOfficeProcess(dataDir)
  must(
    await office.client.session.setUp({
      townName: '扶桑町',
      loginName: 'tanaka',
      displayName: '田中 一子',
      department: '行政課',
      password: PASSWORD,
    }),
  )
  await office.stop()
  await makeLogInsQuick(dataDir)
}

export type ImportRound = { readonly killAfterMs: number; readonly realCheck: boolean; readonly name: string }

/** What was told: import → lines that were said to have entered. */
type Told = Map<string, number>

export type ImportSeries = {
  readonly round: (round: ImportRound) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openImportSeries(template: string, dataDir: string): Promise<ImportSeries> {
  await cp(template, dataDir, { recursive: true, filter: (path) => !path.endsWith('desk.sock') })
  const told: Told = new Map()
  return {
    round: async ({ killAfterMs, realCheck, name }) => {
      const office = await startOfficeProcess(dataDir)
      must(await office.client.session.logIn({ loginName: 'tanaka', password: PASSWORD }))
      let isGone = false
      const killed = new Promise((resolve) => setTimeout(resolve, killAfterMs)).then(async () => {
        isGone = true
        await office.kill()
      })
      try {
        await work(office, name, told)
      } catch (error) {
        if (!isGone) {
          await office.kill()
          throw error
        }
      }
      await killed
      await inspect(dataDir, told)
      if (realCheck) await runRealCheck(dataDir)
    },
    close: () => rm(dataDir, { recursive: true, force: true }),
  }
}

/** Goes on with what was cut off, else takes in new files; notes what it was told until the process is gone. */
async function work(office: OfficeProcess, name: string, told: Told): Promise<void> {
  const { client } = office
  const before = must(await client.imports.list({})).rows.find(({ state }) => state === 'interrupted')
  const task =
    before === undefined
      ? await begin(office, name)
      : must(await client.imports.resume({ importId: before.importId }))
  for (;;) {
    const result = must(await client.imports.taskResult(task))
    const running = must(await client.imports.list({})).rows[0]
    if (running !== undefined)
      told.set(running.importId, Math.max(told.get(running.importId) ?? 0, running.made))
    if (!result.done) continue
    if (result.code !== null || result.made !== FILES) throw new Error(`${name}: ${JSON.stringify(result)}`)
    return
  }
}

/** What a kill left gathered but not begun is given up first. */
async function begin(office: OfficeProcess, name: string): Promise<{ readonly taskId: string }> {
  const { client } = office
  const { draft } = must(await client.imports.draft({}))
  if (draft !== null) must(await client.imports.discard({ importId: draft.importId }))
  const lines = Array.from(
    { length: FILES },
    (_, index) => `${name} 工事 ${index},相手 ${index},${index}.pdf`,
  )
  const table = '一覧.csv'
  const csv = Buffer.from(['件名,相手方,ファイル名', ...lines].join('\n'))
  const files = [{ uploadId: await office.upload(table, csv), path: table }]
  for (const index of lines.keys()) {
    const path = `${index}.pdf`
    files.push({ uploadId: await office.upload(path, plainPdf(2000, `${name} ${index}`)), path })
  }
  const { importId } = must(await client.imports.addFiles({ files })).draft
  const { mapping } = must(await client.imports.readTable({ importId, table }))
  return must(await client.imports.run({ importId, table, mapping, options: importOptions(name) }))
}

function importOptions(name: string): Parameters<BridgeClient['imports']['run']>[0]['options'] {
  return { name, department: '土木課' }
}

/** Every line that was said to have entered is a case with its document, log entry and words; none is there twice. */
async function inspect(dataDir: string, told: Told): Promise<void> {
  await withOfficeArchive(dataDir, ({ db }) => {
    for (const [importId, made] of told) {
      const found = listImportRows(db, importId).filter(({ outcome }) => outcome === 'made').length
      if (found < made) throw new Error(`Told ${made} lines, found ${found}: import ${importId}`)
    }
    const counts = db.firstSql<Readonly<Record<string, number>>>(
      `SELECT (SELECT count(*) FROM cases) AS cases, (SELECT count(DISTINCT title) FROM cases) AS titles,
         (SELECT count(*) FROM documents WHERE has_text = 1) AS documents,
         (SELECT count(*) FROM audit_entries WHERE action = 'case.imported') AS logged,
         (SELECT count(*) FROM import_rows WHERE outcome = 'made') AS lines`,
    )
    if (new Set(Object.values(counts ?? {})).size !== 1)
      throw new Error(`Half done or done twice: ${JSON.stringify(counts)}`)
  })
}
