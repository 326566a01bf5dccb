/** 取り込み over files in memory: the table, its lines and the ZIP are read by the real (pure) parts; nothing is stored. */
import { readImportLine } from '../../../electron/app/archive/import-line.ts'
import { createFileIndex } from '../../../electron/app/archive/import-match.ts'
import { lineOf, readImportTable, recogniseColumns } from '../../../electron/app/archive/import-table.ts'
import { problemSentence, UNLISTED_SENTENCE } from '../../../electron/app/archive/import-words.ts'
import { openZip } from '../../../electron/app/archive/import-zip.ts'
import type { ImportFile } from '../../../electron/core/archive/tables/import-files.ts'
import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { sha256Hex } from '../../../electron/core/kit/bytes.ts'
import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import type {
  ImportLine,
  ImportMapping,
  ImportOptions,
  ImportResult,
} from '../../../shared/bridge/imports.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { fakeId } from './fake-records.ts'
import { FAKE_NOW } from './fake-state.ts'

type Handlers = BridgeHandlers<FakeContext>['imports']
type State = 'open' | 'running' | 'cancelled' | 'discarded' | 'done'
type Held = ImportFile & { readonly bytes: Uint8Array }
type FakeImport = {
  readonly importId: string
  name: string
  state: State
  files: Held[]
  taskId: string | null
  result: ImportResult | undefined
}

const EMPTY: ImportResult = {
  ...{ lines: 0, made: 0, duplicate: 0, refused: 0, unlisted: 0, unstamped: 0 },
  ...{ done: false, code: null, detail: '', problems: [], unused: [], dry: false },
}
const WORK_MS = 300
/** An import takes long enough for a test to go away, come back and stop it. */
const IMPORT_MS = 5_000

export function importHandlers(office: FakeOffice): Handlers {
  const all: FakeImport[] = []
  const tasks = new Map<string, ImportResult>()
  const byId = (importId: string) => all.find((each) => each.importId === importId)
  const open = () => all.find(({ state }) => state === 'open')
  const start = (
    found: FakeImport | undefined,
    label: string,
    end: () => Promise<ImportResult>,
    ms = WORK_MS,
  ) => {
    const taskId = fakeId('task')
    tasks.set(taskId, EMPTY)
    if (found !== undefined) found.taskId = taskId
    office.announce({ topic: 'settings-changed' })
    office.announce({ topic: 'progress', taskId, label, done: 1, total: 3, state: 'running' })
    setTimeout(() => {
      void end().then((result) => {
        if (found?.state === 'cancelled') return
        tasks.set(taskId, { ...result, done: true })
        if (found !== undefined) found.taskId = null
        const state = result.code === null ? 'done' : 'failed'
        office.announce({ topic: 'progress', taskId, label, done: 3, total: 3, state })
        office.announce({ topic: 'settings-changed' })
      })
    }, ms)
    return ok({ taskId })
  }
  return {
    draft: async () => ok({ draft: draftOf(open()) }),
    addFiles: async ({ files }) => {
      const found = open() ?? newImport()
      if (!all.includes(found)) all.unshift(found)
      let replaced = 0
      for (const { uploadId, path, part, parts } of files) {
        const upload = office.state.files.get(uploadId)
        if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
        const before = found.files.length
        found.files = found.files.filter((file) => file.path !== path || file.part !== part)
        replaced += before - found.files.length
        found.files.push(heldFile({ path, part, parts, source: '' }, upload.bytes))
      }
      return ok({ draft: required(draftOf(found)), replaced, unused: [] })
    },
    unpack: async ({ importId }) => {
      const found = byId(importId)
      if (found === undefined) return fail('NOT_FOUND', {})
      return start(found, 'import-unpack', () => unpack(found))
    },
    discard: async ({ importId }) => {
      const found = byId(importId)
      if (found === undefined) return fail('NOT_FOUND', {})
      found.state = 'discarded'
      found.files = []
      office.announce({ topic: 'settings-changed' })
      return ok({})
    },
    tableForm: async () => ok({ ticket: office.ticketFor(Buffer.from('ファイル名\r\n'), '一覧表.csv') }),
    readTable: async ({ importId, table }) => {
      const read = tableOf(byId(importId), table)
      if (!read.ok) return read
      const { encoding, columns, lines } = read.value
      return ok({
        ...{ encoding, columns: [...columns], lines, service: null },
        sample: [[...lineOf(read.value, 0).cells]],
        mapping: recogniseColumns(columns),
        mappingFrom: 'recognised' as const,
      })
    },
    dryRun: async ({ importId, table, mapping, options }) => {
      const found = byId(importId)
      if (found === undefined) return fail('NOT_FOUND', {})
      return start(found, 'import-check', async () => {
        found.result = { ...resultOf(found, table, mapping, options, 'make'), dry: true, done: true }
        return found.result
      })
    },
    run: async ({ importId, table, mapping, options }) => {
      const found = byId(importId)
      if (found === undefined) return fail('NOT_FOUND', {})
      Object.assign(found, { name: options.name, state: 'running' })
      return start(
        found,
        'import',
        async () => {
          if (found.state === 'cancelled') return EMPTY
          found.result = { ...resultOf(found, table, mapping, options, 'made'), done: true }
          found.state = 'done'
          return found.result
        },
        IMPORT_MS,
      )
    },
    resume: async ({ importId }) => {
      const found = byId(importId)
      if (found === undefined) return fail('NOT_FOUND', {})
      found.state = 'running'
      return start(found, 'import', async () => {
        found.result = { ...EMPTY, done: true, lines: 1, made: 1 }
        found.state = 'done'
        return found.result
      })
    },
    cancel: async ({ importId }) => {
      const found = byId(importId)
      if (found?.state === 'running' && found.taskId !== null) {
        const progress = {
          topic: 'progress',
          taskId: found.taskId,
          label: 'import',
          done: 1,
          total: 3,
        } as const
        office.announce({ ...progress, state: 'cancelled' })
        found.state = 'cancelled'
        found.result = { ...EMPTY, done: true, code: 'TASK_CANCELLED' }
        found.taskId = null
      }
      office.announce({ topic: 'settings-changed' })
      return ok({})
    },
    list: async () =>
      ok({
        rows: all.map(({ importId, name, state, taskId, result = EMPTY }) => ({
          ...{ importId, name, state, taskId, createdAt: FAKE_NOW, createdBy: '渡邉 典子', finishedAt: null },
          ...{ lines: result.lines, made: result.made, duplicate: result.duplicate },
          ...{ refused: result.refused, unlisted: result.unlisted },
        })),
      }),
    result: async ({ importId }) => {
      const result = byId(importId)?.result
      return result === undefined ? fail('NOT_FOUND', {}) : ok(result)
    },
    report: async () => ok({ ticket: office.ticketFor(Buffer.from('行\r\n'), '取り込みの結果.csv') }),
    taskResult: async ({ taskId }) => {
      const result = tasks.get(taskId)
      return result === undefined ? fail('NOT_FOUND', {}) : ok(result)
    },
    stampReceived: async () => start(undefined, 'stamp-received', async () => ({ ...EMPTY, made: 2 })),
  }
}

function newImport(): FakeImport {
  return { importId: fakeId('import'), name: '', state: 'open', files: [], taskId: null, result: undefined }
}

function heldFile(place: Pick<Held, 'path' | 'part' | 'parts' | 'source'>, bytes: Uint8Array): Held {
  const kind = /\.pdf$/i.test(place.path) ? 'pdf' : /\.zip$/i.test(place.path) ? 'zip' : 'table'
  const file = { fileId: fakeId('file') as never, sha256: sha256Hex(bytes), sizeBytes: bytes.length }
  return { ...place, kind, file, bytes }
}

function draftOf(found: FakeImport | undefined) {
  if (found === undefined) return null
  const pdfs = found.files.filter(({ kind }) => kind === 'pdf')
  return {
    importId: found.importId,
    pdfs: { count: pdfs.length, sizeBytes: pdfs.reduce((sum, { bytes }) => sum + bytes.length, 0) },
    tables: found.files
      .filter(({ kind }) => kind === 'table')
      .map(({ path, bytes }) => ({ path, sizeBytes: bytes.length })),
    zips: found.files
      .filter(({ kind, part }) => kind === 'zip' && part === 0)
      .map(({ path, parts }) => ({ path, parts, received: parts })),
    taskId: found.taskId,
  }
}

function required<T>(value: T | null): T {
  if (value === null) throw new Error('No draft')
  return value
}

function tableOf(found: FakeImport | undefined, path: string) {
  const table = found?.files.find((file) => file.path === path)
  return table === undefined ? fail('NOT_FOUND', {}) : readImportTable(table.bytes)
}

async function unpack(found: FakeImport): Promise<ImportResult> {
  const result = { ...EMPTY }
  for (const zip of found.files.filter(({ kind }) => kind === 'zip')) {
    const opened = await openZip(memorySource(zip.bytes))
    found.files = found.files.filter((file) => file !== zip)
    if (!opened.ok) return { ...result, code: opened.error.code, detail: zip.path }
    for (const entry of opened.value.entries) {
      const pieces: Uint8Array[] = []
      for await (const piece of entry.content()) pieces.push(piece)
      const path = `${zip.path.replace(/\.zip$/i, '')}/${entry.path}`
      found.files.push(heldFile({ path, part: 0, parts: 1, source: zip.path }, Buffer.concat(pieces)))
    }
  }
  return result
}

function resultOf(
  found: FakeImport,
  path: string,
  mapping: ImportMapping,
  options: ImportOptions,
  good: 'make' | 'made',
): ImportResult {
  const table = tableOf(found, path)
  if (!table.ok) return { ...EMPTY, code: table.error.code }
  const index = createFileIndex()
  const pdfs = found.files.filter(({ kind }) => kind === 'pdf')
  index.add(pdfs)
  const listed = new Set<string>()
  const lines = Array.from({ length: table.value.lines }, (_, at): ImportLine => {
    const { number, cells } = lineOf(table.value, at)
    const { columns } = table.value
    const title = cells[columns.indexOf(mapping.title ?? '')] ?? ''
    const file = cells[columns.indexOf(mapping.file ?? '')] ?? ''
    const match = index.find(file)
    if (typeof match !== 'string') listed.add(match.path)
    const read = readImportLine(columns, cells, mapping, options)
    const problem = read.ok
      ? typeof match === 'string'
        ? match
        : null
      : `${read.error.code}:${read.error.data.field}`
    const reason = problem === null ? '' : problemSentence(problem, read.ok ? null : read.error.data.cell)
    return {
      line: number,
      outcome: problem === null ? good : 'refused',
      problem,
      reason,
      title,
      file,
      caseId: null,
    }
  })
  const unlisted = pdfs
    .filter(({ path: place }) => !listed.has(place))
    .map(({ path: file }): ImportLine => {
      return {
        line: null,
        outcome: 'unlisted',
        problem: null,
        reason: UNLISTED_SENTENCE,
        title: '',
        file,
        caseId: null,
      }
    })
  const refused = lines.filter(({ outcome }) => outcome === 'refused')
  return {
    ...EMPTY,
    lines: lines.length,
    made: lines.length - refused.length,
    refused: refused.length,
    unlisted: unlisted.length,
    problems: [...refused, ...unlisted],
  }
}
