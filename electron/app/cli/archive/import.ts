import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { InputOf, OutputOf } from '../../../../shared/bridge/define.ts'
import {
  IMPORT_PART_BYTES,
  type ImportDraft,
  ImportField,
  ImportMapping,
} from '../../../../shared/bridge/imports.ts'
import { ContractKind, ContractMethod } from '../../../../shared/model/case.ts'
import { contractKindNames, contractMethodNames, importFieldNames } from '../../../../shared/model/names.ts'
import { type Command, type ExitCode, parseCommand, Refusal, required, UsageError } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must, stopIfEnded } from './desk.ts'
import { unfinished } from './long-work.ts'
import { refuseExisting } from './new-file.ts'
import { folderIdsOf, readOne } from './query-options.ts'
import { refusalOf } from './refusals.ts'
import { count, timeText } from './words.ts'

const USAGE = `使い方: desk archive import --csv 一覧.csv --files フォルダーかZIP [--dry-run] [オプション]
        desk archive import --resume 番号
        desk archive import --list

紙をスキャンした契約、古い契約、ほかのサービスから書き出した契約を、まとめて取り込みます。署名のあるPDFは検証し、
壊れているものは取り込みません。すでにあるPDF（SHA-256が同じもの）は重ねて取り込みません。
取り込めない行があれば、終了コードは1です（ほかの行は取り込みます）。

  --csv 一覧.csv       1行目が見出しの一覧表（UTF-8かShift_JIS）
                      （--files のZIPに一覧表が1つだけ入っているときは、指定しなくてよい）
  --files 場所         PDFのあるフォルダー（下のフォルダーも含む）か、PDFの入ったZIP
  --dry-run           試しに調べるだけで、何も変えない（PDFも1件ずつ開いて調べます）
  --mapping 対応.json  列の対応。例: {"file":"PDF名","title":"契約件名","counterparty":"業者名"}
                      指定しなければ、前回の対応か、見出しから読み取った対応を使います
                      項目: ${ImportField.options.join('、')}
  --name 名前          この取り込みの名前（訂正削除履歴に残ります。指定しなければ一覧のファイル名）
  --department 所管課 --method 契約方法 --kind 契約種別   一覧に書かれていないときの値
  --folder フォルダ     入れるフォルダ
  --timestamp         1件ずつタイムスタンプを付ける
  --report 結果.csv    全部の行の結果を書き出す
  --resume 番号        途中で止まった取り込みの続きを行う（番号は --list で）
  --discard-draft     画面などで預けたままの、まだ取り込んでいないファイルを捨ててから始める
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  csv: { type: 'string' },
  files: { type: 'string' },
  mapping: { type: 'string' },
  name: { type: 'string' },
  department: { type: 'string', default: '' },
  method: { type: 'string', default: 'other' },
  kind: { type: 'string', default: 'other' },
  folder: { type: 'string' },
  timestamp: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  resume: { type: 'string' },
  list: { type: 'boolean', default: false },
  report: { type: 'string' },
  'discard-draft': { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parseImport>['values']
type Request = InputOf<Bridge['imports']['run']>
type Outcome = OutputOf<Bridge['imports']['result']>

function parseImport(args: readonly string[]) {
  return parseCommand(args, { options: OPTIONS, files: [0, 0] })
}

export const importCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseImport(args)
    if (values.list) return atDesk(values.data, io, (desk) => list(desk, values.json))
    if (values.report !== undefined) await refuseExisting(values.report)
    if (values.resume !== undefined) {
      const importId = values.resume
      return atDesk(values.data, io, async (desk) =>
        finish(desk, importId, must(await desk.client.imports.resume({ importId })).taskId, values),
      )
    }
    const from = required('files', values.files)
    const sources = await sourcesIn(from, values.csv)
    const mapping = values.mapping === undefined ? undefined : await readMapping(values.mapping)
    const options = {
      name: values.name ?? basename(values.csv ?? from).replace(/\.(csv|zip)$/i, ''),
      department: values.department,
      method: readOne('method', values.method, ContractMethod.options, contractMethodNames),
      kind: readOne('kind', values.kind, ContractKind.options, contractKindNames),
      timestamp: values.timestamp,
    }
    return atDesk(values.data, io, async (desk) => {
      await requireNoDraft(desk, values['discard-draft'])
      try {
        const request = await stage(desk, {
          sources,
          csv: values.csv,
          mapping,
          options,
          folder: values.folder,
        })
        const { imports } = desk.client
        const started = values['dry-run']
          ? await imports.dryRun({ ...request, openFiles: true })
          : await imports.run(request)
        return await finish(desk, request.importId, must(started).taskId, values)
      } finally {
        // What became no import (a dry run, a refusal) is not left behind for the next one.
        await discardDraft(desk)
      }
    })
  },
}

type Source = { readonly path: string; readonly place: string; readonly sizeBytes: number }

/** Every PDF below a folder with its folders, or a ZIP, in the order of their names; then the table. */
async function sourcesIn(from: string, csv: string | undefined): Promise<Source[]> {
  const found = await stat(from)
  const isZip = found.isFile() && /\.zip$/i.test(from)
  if (!isZip && !found.isDirectory())
    throw new UsageError('--files にはPDFのあるフォルダーか、ZIPを指定してください。')
  if (!isZip && csv === undefined) throw new UsageError('--csv を指定してください。')
  const files = isZip ? [await sourceOf(from, basename(from))] : await pdfsIn(from)
  if (files.length === 0) throw new Refusal('NOTHING_FOUND', `フォルダーにPDFがありません: ${from}`)
  return csv === undefined ? files : [...files, await sourceOf(csv, tableNameOf(csv))]
}

async function pdfsIn(folder: string): Promise<Source[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = found
    .filter((entry) => entry.isFile() && /\.pdf$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Promise.all(paths.map((path) => sourceOf(path, relative(folder, path).split(sep).join('/'))))
}

async function sourceOf(path: string, place: string): Promise<Source> {
  return { path, place, sizeBytes: (await stat(path)).size }
}

/** A table of another ending is a table all the same. */
function tableNameOf(csv: string): string {
  return /\.(csv|tsv|txt)$/i.test(csv) ? basename(csv) : `${basename(csv)}.csv`
}

async function readMapping(path: string): Promise<ImportMapping> {
  const parsed = ImportMapping.safeParse(parseJson(await readFile(path, 'utf8')))
  if (parsed.success) return parsed.data
  throw new Refusal(
    'MAPPING_UNREADABLE',
    `列の対応を読み取れません: ${path}。例: {"file":"PDF名","title":"契約件名"}（項目: ${ImportField.options.join('、')}）`,
  )
}

/** undefined when the text is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Files that wait on the screen belong to another piece of work: they are not mixed into this one. */
async function requireNoDraft(desk: ArchiveDesk, isDiscarded: boolean): Promise<void> {
  const { draft } = must(await desk.client.imports.draft({}))
  if (draft === null) return
  if (!isDiscarded)
    throw new Refusal(
      'IMPORT_DRAFT_WAITING',
      `まだ取り込んでいない預かりがあります（PDF ${count(draft.pdfs.count)}件）。画面の「保全」の「取り込み」で済ませるか、--discard-draft を付けてください。`,
    )
  await discardDraft(desk)
}

async function discardDraft({ client, longWork }: ArchiveDesk): Promise<void> {
  const { draft } = must(await client.imports.draft({}))
  if (draft === null) return
  if (draft.taskId !== null) await longWork.ended(draft.taskId)
  must(await client.imports.discard({ importId: draft.importId }))
  const { rows } = must(await client.imports.list({}))
  const clearing = rows.find(({ importId }) => importId === draft.importId)?.taskId ?? null
  if (clearing !== null) await longWork.ended(clearing)
}

type Staging = {
  readonly sources: readonly Source[]
  readonly csv: string | undefined
  readonly mapping: ImportMapping | undefined
  readonly options: Omit<Request['options'], 'folderId'>
  readonly folder: string | undefined
}

/** Everything into the import's encrypted files; a ZIP is unpacked there. */
async function stage(desk: ArchiveDesk, staging: Staging): Promise<Request> {
  const { sources, csv, options, folder } = staging
  const folders = folder === undefined ? [] : await folderIdsOf(desk, [folder])
  const draft = await send(desk, sources)
  const { importId } = draft
  const table = csv === undefined ? onlyTable(draft) : tableNameOf(csv)
  const head = must(await desk.client.imports.readTable({ importId, table }))
  const mapping = staging.mapping ?? head.mapping
  desk.io.tell(`一覧: ${count(head.lines)}行（${head.encoding}）、PDF: ${count(draft.pdfs.count)}件`)
  desk.io.tell(`列の対応: ${mappingText(mapping)}`)
  if (mapping.file === undefined || mapping.title === undefined)
    throw refusalOf({ code: 'IMPORT_COLUMN_MISSING', data: {} })
  return { importId, table, mapping, options: { ...options, folderId: folders[0] ?? null } }
}

function onlyTable({ tables }: ImportDraft): string {
  const [table, second] = tables
  if (table !== undefined && second === undefined) return table.path
  throw new UsageError(
    table === undefined
      ? 'ZIPに一覧表（CSV）がありません。--csv を指定してください。'
      : `ZIPに一覧表がいくつもあります（${tables.map(({ path }) => path).join('、')}）。取り出して --csv で指定してください。`,
  )
}

const A_CALL = 50
type Sent = InputOf<Bridge['imports']['addFiles']>['files'][number]

async function send(desk: ArchiveDesk, sources: readonly Source[]): Promise<ImportDraft> {
  const { imports } = desk.client
  const tell = desk.longWork.counter('受け取り', sources.length)
  let sent: Sent[] = []
  const add = async () => {
    if (sent.length > 0) must(await imports.addFiles({ files: sent }))
    sent = []
  }
  for (const [index, { path, place, sizeBytes }] of sources.entries()) {
    const isZip = /\.zip$/i.test(place)
    const parts = isZip ? Math.max(1, Math.ceil(sizeBytes / IMPORT_PART_BYTES)) : 1
    for (let part = 0; part < parts; part += 1) {
      stopIfEnded(desk.io)
      const start = part * IMPORT_PART_BYTES
      const end = Math.min(sizeBytes, start + IMPORT_PART_BYTES)
      const uploadId = await desk.upload(path, parts === 1 ? undefined : { start, end })
      sent.push({ uploadId, path: place, part, parts })
      if (sent.length >= A_CALL) await add()
    }
    tell(index + 1)
  }
  await add()
  const { draft } = must(await imports.draft({}))
  if (draft === null) throw new Error('Nothing was gathered')
  return draft.zips.length === 0 ? draft : unpack(desk, draft)
}

async function unpack(
  { client, io, longWork }: ArchiveDesk,
  { importId }: ImportDraft,
): Promise<ImportDraft> {
  const { taskId } = must(await client.imports.unpack({ importId }))
  await longWork.ended(taskId)
  const { code, detail } = must(await client.imports.taskResult({ taskId }))
  if (code === 'TASK_CANCELLED') throw unfinished(io, code, '何も変えていません。')
  if (code !== null) {
    const { message } = refusalOf({ code, data: {} })
    throw new Refusal(code, detail === '' ? message : `${message}（${detail}）`)
  }
  const { draft } = must(await client.imports.draft({}))
  if (draft === null) throw new Error('The draft is gone')
  return draft
}

function mappingText(mapping: ImportMapping): string {
  const pairs = ImportField.options.flatMap((field) =>
    mapping[field] === undefined ? [] : [`${importFieldNames[field]}＝「${mapping[field]}」`],
  )
  return pairs.length === 0 ? '（見出しから読み取れません）' : pairs.join('、')
}

async function finish(
  desk: ArchiveDesk,
  importId: string,
  taskId: string,
  values: Values,
): Promise<ExitCode> {
  const { client, io, longWork } = desk
  await longWork.ended(taskId)
  const isDry = values['dry-run']
  const task = must(await client.imports.taskResult({ taskId }))
  if (task.code !== null)
    throw unfinished(io, task.code, isDry ? '何も変えていません。' : keptText(task.made, importId))
  const outcome = must(await client.imports.result({ importId }))
  if (values.report !== undefined)
    await desk.save(must(await client.imports.report({ importId })).ticket, values.report)
  if (values.json) {
    const { lines, made, duplicate, refused, unlisted, unstamped, problems } = outcome
    io.print(
      JSON.stringify({ dryRun: isDry, lines, made, duplicate, refused, unlisted, unstamped, problems }),
    )
  } else io.print(describe(outcome, isDry).join('\n'))
  return outcome.refused === 0 ? 0 : 1
}

function keptText(made: number, importId: string): string {
  return `それまでに取り込んだ${count(made)}件はそのままです。続きは --resume ${importId} で取り込めます。`
}

/** The bridge lists so many lines that need a look; the report has all. */
function describe(outcome: Outcome, isDry: boolean): string[] {
  const { lines, made, duplicate, refused, unlisted, unstamped, problems } = outcome
  const sum = isDry
    ? `${count(lines)}行を調べました（何も変えていません）。取り込めるもの ${count(made)}件、すでにあるもの ${count(duplicate)}件、取り込めないもの ${count(refused)}件`
    : `${count(lines)}行を終えました。取り込んだもの ${count(made)}件、すでにあったもの ${count(duplicate)}件、取り込めなかったもの ${count(refused)}件`
  return [
    sum,
    ...(unlisted === 0 ? [] : [`一覧表にないPDF ${count(unlisted)}件は取り込みません。`]),
    ...(unstamped === 0 ? [] : [`タイムスタンプを付けられなかったもの ${count(unstamped)}件`]),
    ...problems.map(
      ({ line, title, file, reason }) =>
        `  ${line === null ? '－' : `${line}行目`}  ${title}  ${file}: ${reason}`,
    ),
  ]
}

type Listed = OutputOf<Bridge['imports']['list']>['rows'][number]

const STATES: Readonly<Record<Listed['state'], string>> = {
  open: '準備中',
  discarded: '途中でやめました',
  running: '実行中',
  interrupted: '途中で止まっています',
  done: '完了',
  cancelled: '中止（続きから取り込めます）',
}

async function list({ client, io }: ArchiveDesk, json: boolean): Promise<ExitCode> {
  const { rows } = must(await client.imports.list({}))
  if (json) io.print(JSON.stringify({ rows }))
  else if (rows.length === 0) io.print('まだ取り込んでいません。')
  else
    for (const { importId, name, state, createdAt, lines, made, duplicate, refused } of rows)
      io.print(
        `${timeText(createdAt)}  ${name}  ${STATES[state]}  ${count(lines)}行: 取り込み ${count(made)}、重複 ${count(duplicate)}、不可 ${count(refused)}\n  番号 ${importId}`,
      )
  return 0
}
