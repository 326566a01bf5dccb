import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { InputOf, OutputOf } from '../../../../shared/bridge/define.ts'
import { ImportField, ImportMapping } from '../../../../shared/bridge/keeping.ts'
import { ContractKind, ContractMethod } from '../../../../shared/model/case.ts'
import { contractKindName, contractMethodName } from '../../../../shared/model/case-names.ts'
import { fieldWord } from '../../../../shared/model/history-words.ts'
import { type Command, type ExitCode, parseCommand, Refusal, required, UsageError } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must, stopIfEnded } from './desk.ts'
import { unfinished } from './long-work.ts'
import { refuseExisting } from './new-file.ts'
import { problemText } from './problem-text.ts'
import { folderIdsOf, readOne } from './query-options.ts'
import { refusalOf } from './refusals.ts'
import { count, timeText } from './words.ts'

const USAGE = `使い方: desk archive import --csv 一覧.csv --files フォルダー [--dry-run] [オプション]
        desk archive import --resume 番号
        desk archive import --list

紙をスキャンした契約、古い契約、ほかのサービスから書き出した契約を、まとめて取り込みます。署名のあるPDFは検証し、
壊れているものは取り込みません。すでにあるPDF（SHA-256が同じもの）は重ねて取り込みません。
取り込めない行があれば、終了コードは1です（ほかの行は取り込みます）。

  --csv 一覧.csv       1行目が見出しの一覧表（UTF-8かShift_JIS）
  --files フォルダー    PDFのあるフォルダー（下のフォルダーも含む）
  --dry-run           試しに調べるだけで、何も変えない
  --mapping 対応.json  列の対応。例: {"file":"PDF名","title":"契約件名","counterparty":"業者名"}
                      指定しなければ、前回の対応か、見出しから読み取った対応を使います
                      項目: ${ImportField.options.join('、')}
  --name 名前          この取り込みの名前（訂正削除履歴に残ります。指定しなければ一覧のファイル名）
  --department 所管課 --method 契約方法 --kind 契約種別   一覧に書かれていないときの値
  --folder フォルダ     入れるフォルダ
  --timestamp         1件ずつタイムスタンプを付ける
  --report 結果.csv    全部の行の結果を書き出す
  --resume 番号        途中で止まった取り込みの続きを行う（番号は --list で）
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
} as const

type Values = ReturnType<typeof parseImport>['values']
type Request = InputOf<Bridge['imports']['run']>
type Outcome = OutputOf<Bridge['imports']['taskResult']>

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
        finish(desk, must(await desk.client.imports.resume({ importId })).taskId, values),
      )
    }
    const csv = required('csv', values.csv)
    const files = await pdfsIn(required('files', values.files))
    const mapping = values.mapping === undefined ? undefined : await readMapping(values.mapping)
    const options = {
      name: values.name ?? basename(csv).replace(/\.csv$/i, ''),
      department: values.department,
      method: readOne('method', values.method, ContractMethod.options, contractMethodName),
      kind: readOne('kind', values.kind, ContractKind.options, contractKindName),
      timestamp: values.timestamp,
    }
    return atDesk(values.data, io, async (desk) => {
      const request = await stage(desk, { csv, files, mapping, options, folder: values.folder })
      const { imports } = desk.client
      const started = values['dry-run'] ? await imports.dryRun(request) : await imports.run(request)
      return finish(desk, must(started).taskId, values)
    })
  },
}

/** Every PDF below a folder, in the order of their names. */
async function pdfsIn(folder: string): Promise<string[]> {
  if (!(await stat(folder)).isDirectory())
    throw new UsageError('--files にはPDFのあるフォルダーを指定してください。')
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = found
    .filter((entry) => entry.isFile() && /\.pdf$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (paths.length === 0) throw new Refusal('NOTHING_FOUND', `フォルダーにPDFがありません: ${folder}`)
  return paths
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

type Staging = {
  readonly csv: string
  readonly files: readonly string[]
  readonly mapping: ImportMapping | undefined
  readonly options: Omit<Request['options'], 'folderId'>
  readonly folder: string | undefined
}

/** Everything into the encrypted upload area; what no import takes over is destroyed when the command ends. */
async function stage(desk: ArchiveDesk, { csv, files, mapping, options, folder }: Staging): Promise<Request> {
  const folders = folder === undefined ? [] : await folderIdsOf(desk, [folder])
  const csvUploadId = await desk.upload(csv)
  const table = must(await desk.client.imports.readTable({ csvUploadId }))
  const used = mapping ?? table.mapping
  desk.io.tell(`一覧: ${count(table.lines)}行（${table.encoding}）、PDF: ${count(files.length)}件`)
  desk.io.tell(`列の対応: ${mappingText(used)}`)
  // Said before ten thousand files are taken in for nothing.
  if (used.file === undefined || used.title === undefined)
    throw refusalOf({ code: 'IMPORT_COLUMN_MISSING', data: {} })
  const fileUploadIds: string[] = []
  const tell = desk.longWork.counter('受け取り', files.length)
  for (const path of files) {
    stopIfEnded(desk.io)
    fileUploadIds.push(await desk.upload(path))
    tell(fileUploadIds.length)
  }
  return { csvUploadId, fileUploadIds, mapping: used, options: { ...options, folderId: folders[0] ?? null } }
}

function mappingText(mapping: ImportMapping): string {
  const pairs = ImportField.options.flatMap((field) =>
    mapping[field] === undefined ? [] : [`${importFieldWord(field)}＝「${mapping[field]}」`],
  )
  return pairs.length === 0 ? '（見出しから読み取れません）' : pairs.join('、')
}

function importFieldWord(field: ImportField): string {
  if (field === 'file') return 'ファイル名'
  if (field === 'counterparty') return '取引先'
  return field === 'corporateNumber' ? '法人番号' : fieldWord(field)
}

async function finish(desk: ArchiveDesk, taskId: string, values: Values): Promise<ExitCode> {
  const { client, io, longWork } = desk
  await longWork.ended(taskId)
  const outcome = must(await client.imports.taskResult({ taskId }))
  const isDry = values['dry-run']
  if (outcome.code !== null)
    throw unfinished(io, outcome.code, isDry ? '何も変えていません。' : keptText(outcome.made))
  if (values.report !== undefined && outcome.ticket !== null) await desk.save(outcome.ticket, values.report)
  if (values.json) {
    const { lines, made, duplicate, refused, problems } = outcome
    io.print(JSON.stringify({ dryRun: isDry, lines, made, duplicate, refused, problems }))
  } else io.print(describe(outcome, isDry).join('\n'))
  return outcome.refused === 0 ? 0 : 1
}

function keptText(made: number): string {
  return `それまでに取り込んだ${count(made)}件はそのままです。もう一度実行すると、すでにあるものは飛ばして残りを取り込みます。`
}

/** The bridge lists so many lines that need a look; the report has all. */
function describe({ lines, made, duplicate, refused, problems }: Outcome, isDry: boolean): string[] {
  const sum = isDry
    ? `${count(lines)}行を調べました（何も変えていません）。取り込めるもの ${count(made)}件、すでにあるもの ${count(duplicate)}件、取り込めないもの ${count(refused)}件`
    : `${count(lines)}行を終えました。取り込んだもの ${count(made)}件、すでにあったもの ${count(duplicate)}件、取り込めなかったもの ${count(refused)}件`
  return [
    sum,
    ...problems.map(({ line, outcome, problem, title, file }) => {
      const what = outcome === 'duplicate' ? 'すでにあります' : problemText(problem)
      return `  ${line}行目  ${title}  ${file}: ${what}`
    }),
  ]
}

type Listed = OutputOf<Bridge['imports']['list']>['rows'][number]

const STATES: Readonly<Record<Listed['state'], string>> = {
  running: '実行中',
  interrupted: '途中で止まっています',
  done: '完了',
  cancelled: '中止',
}

async function list({ client, io }: ArchiveDesk, json: boolean): Promise<ExitCode> {
  const { rows } = must(await client.imports.list({}))
  if (json) io.print(JSON.stringify({ rows }))
  else if (rows.length === 0) io.print('まだ取り込んでいません。')
  else
    for (const { id, name, state, createdAt, lines, made, duplicate, refused } of rows)
      io.print(
        `${timeText(createdAt)}  ${name}  ${STATES[state]}  ${count(lines)}行: 取り込み ${count(made)}、重複 ${count(duplicate)}、不可 ${count(refused)}\n  番号 ${id}`,
      )
  return 0
}
