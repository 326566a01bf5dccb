import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backUp, listGenerations } from '../../core/archive/backup.ts'
import {
  type ArchiveCheck,
  type ArchiveCheckOptions,
  type ArchiveProblem,
  checkArchive,
} from '../../core/archive/check-archive.ts'
import { listKeyslots, loginLabel, openKeyslots, type SlotKey } from '../../core/archive/keyslots.ts'
import { openArchive } from '../../core/archive/open.ts'
import { parseRecoveryCode } from '../../core/archive/recovery-code.ts'
import { restoreGeneration } from '../../core/archive/restore.ts'
import { checkLog } from '../../core/audit/log.ts'
import { systemClock } from '../../core/kit/clock.ts'
import { verifyPdf } from '../../core/signing/verify/verify-pdf.ts'
import { isTokenOver } from '../audit/log-token.ts'
import { ask } from './ask-secret.ts'
import {
  type Command,
  type CommandIo,
  type ExitCode,
  parseCommand,
  Refusal,
  required,
  UsageError,
} from './command.ts'

const USAGE = `使い方: desk archive check   --data フォルダー [--json]
        desk archive backup  --data フォルダー --to 保存先 [--json]
        desk archive restore --from 保存先 --data 空のフォルダー [--generation 世代] [--json]
        desk archive restore --from 保存先 --drill [--generation 世代] [--json]

check    データベース、保管ファイル、署名、操作ログの連なりを調べます。問題があれば終了コードは1です。
backup   控えを1世代作り、書いたものをすべて読み直して確かめます。
restore  控えを空のフォルダーに戻して調べます。--drill は練習で、調べたあと消します。

保管庫を開くには、利用者のログイン名とパスワードを入力します（環境変数 KEIYAKU_USER と KEIYAKU_PASSWORD でも可）。
  --recovery  パスワードの代わりに復旧シートの番号を使う（環境変数 KEIYAKU_RECOVERY_CODE でも可）`

const OPTIONS = {
  data: { type: 'string' },
  to: { type: 'string' },
  from: { type: 'string' },
  generation: { type: 'string' },
  drill: { type: 'boolean', default: false },
  recovery: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parseArchive>['values']

function parseArchive(args: readonly string[]) {
  return parseCommand(args, { options: OPTIONS, files: [1, 1] })
}

export const archiveCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseArchive(args)
    const [action] = positionals
    if (action === 'check') return check(values, io)
    if (action === 'backup') return backup(values, io)
    if (action === 'restore') return restore(values, io)
    throw new UsageError('archive に続けて check、backup、restore のいずれかを指定してください。')
  },
}

async function check(values: Values, io: CommandIo): Promise<ExitCode> {
  const folder = required('data', values.data)
  const archive = await openArchive({ folder, clock: systemClock }, await secretFor(folder, values))
  try {
    return printCheck(await checkArchive(archive, checkOptions(io)), values, io)
  } finally {
    archive.close()
  }
}

async function backup(values: Values, io: CommandIo): Promise<ExitCode> {
  const folder = required('data', values.data)
  const target = required('to', values.to)
  const archive = await openArchive({ folder, clock: systemClock }, await secretFor(folder, values))
  try {
    const report = await backUp(archive, { target, now: systemClock.now(), signal: io.ended })
    io.print(
      values.json
        ? JSON.stringify(report)
        : `控えを作りました: ${report.generation}（${report.files} ファイル、うち新しく ${report.copiedFiles} ファイル）`,
    )
    return 0
  } finally {
    archive.close()
  }
}

async function restore(values: Values, io: CommandIo): Promise<ExitCode> {
  const target = required('from', values.from)
  const generation = values.generation ?? listGenerations(target)[0]
  if (generation === undefined) throw new Refusal('BACKUP_NOT_FOUND', '控えが見つかりません。')
  if (!values.drill) return restoreAndCheck({ target, generation }, required('data', values.data), values, io)
  const scratch = await mkdtemp(join(tmpdir(), 'keiyaku-restore-'))
  try {
    return await restoreAndCheck({ target, generation }, join(scratch, 'archive'), values, io)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function restoreAndCheck(
  source: { readonly target: string; readonly generation: string },
  folder: string,
  values: Values,
  io: CommandIo,
): Promise<ExitCode> {
  await restoreGeneration(source, folder)
  io.tell(`控え ${source.generation} を戻しました。続けて内容を調べます。`)
  const archive = await openArchive({ folder, clock: systemClock }, await secretFor(folder, values))
  try {
    return printCheck(await checkArchive(archive, checkOptions(io)), values, io)
  } finally {
    archive.close()
  }
}

async function secretFor(folder: string, values: Values): Promise<SlotKey> {
  if (!values.recovery) {
    const loginName = await ask({ variable: 'KEIYAKU_USER', prompt: 'ログイン名', hidden: false })
    const password = await ask({ variable: 'KEIYAKU_PASSWORD', prompt: 'パスワード', hidden: true })
    return { label: loginLabel(loginName), secret: { kind: 'password', password } }
  }
  const typed = await ask({ variable: 'KEIYAKU_RECOVERY_CODE', prompt: '復旧シートの番号', hidden: false })
  const code = parseRecoveryCode(typed)
  return recoverySheet(folder, code)
}

/** A person has the sheet's code, not its number: the sheet that opens is the one. */
async function recoverySheet(folder: string, code: string): Promise<SlotKey> {
  const sheets = (await listKeyslots(folder)).filter((slot) => slot.kind === 'recovery')
  const keys = sheets.map(({ label }): SlotKey => ({ label, secret: { kind: 'recovery', code } }))
  const [last] = keys.slice(-1)
  if (last === undefined) throw new Refusal('SLOT_NOT_FOUND', '復旧シートが登録されていません。')
  for (const key of keys.slice(0, -1)) {
    try {
      const master = await openKeyslots(folder, key, systemClock)
      master.wipe()
      return key
    } catch (error) {
      const isOtherSheet = error instanceof Error && 'code' in error && error.code === 'WRONG_SECRET'
      if (!isOtherSheet) throw error
    }
  }
  return last
}

function checkOptions(io: CommandIo): ArchiveCheckOptions {
  return {
    checkLog: (db) => checkLog(db, isTokenOver),
    signal: io.ended,
    // Who signed is not asked here: that the bytes are what was signed is.
    checkFile: async ({ source }) => {
      const { verdict } = await verifyPdf(source, { anchors: [] })
      return verdict === 'broken' || verdict === 'changed' ? [`SIGNATURE_${verdict.toUpperCase()}`] : []
    },
  }
}

const PROBLEMS: Readonly<Record<ArchiveProblem['code'], string>> = {
  DATABASE_DAMAGED: 'データベースが壊れています',
  FOREIGN_KEY_BROKEN: 'データベースのつながりが切れています',
  FILE_MISSING: '保管ファイルがありません',
  FILE_DAMAGED: '保管ファイルが壊れています',
  DIGEST_DIFFERS: '保管ファイルの内容が記録と違います',
  LOG_BROKEN: '操作ログの連なりが切れています',
  INDEX_INCOMPLETE: '検索の索引が足りません（次に起動したとき作り直されます）',
  CONTENT: '文書の署名に問題があります',
}

function printCheck(report: ArchiveCheck, values: Values, io: CommandIo): ExitCode {
  const { cases, files, bytes, logEntries, orphans, ms } = report
  const problems = report.problems.map((problem) => ({ ...problem, text: PROBLEMS[problem.code] }))
  if (values.json) io.print(JSON.stringify({ ...report, ok: problems.length === 0, problems }))
  else {
    io.print(
      `案件 ${cases}、保管ファイル ${files}（${bytes} バイト）、操作ログ ${logEntries} 件を ${ms} ミリ秒で調べました。`,
    )
    if (orphans.length > 0)
      io.print(`どこからも使われていないファイルが ${orphans.length} 件あります（害はありません）。`)
    for (const { text, detail, versionId } of problems)
      io.print(`× ${text}: ${[versionId, detail].filter(Boolean).join(' ')}`)
    io.print(
      problems.length === 0 ? '問題は見つかりませんでした。' : `問題が ${problems.length} 件あります。`,
    )
  }
  return problems.length === 0 ? 0 : 1
}
