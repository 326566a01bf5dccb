/** 復旧の練習: the newest (or a chosen) generation is restored into scratch, checked to the last byte, and the result printed. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { DrillReport } from '../../../shared/bridge/outcomes.ts'
import { fail, ok } from '../../../shared/result.ts'
import { formatEvidenceTime, formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { loginLabel, type OpeningKey } from '../../core/archive/keyslots.ts'
import { parseRecoveryCode } from '../../core/archive/recovery-code.ts'
import { newId } from '../../core/kit/ids.ts'
import type { Report } from '../../core/pages/report-model.ts'
import { keepingWorkOf, takeKeepingLock } from '../archive/keeping-lock.ts'
import type { Outcome } from '../archive/outcome.ts'
import { startWork } from '../archive/outcomes.ts'
import { actorOf, type Context } from '../context.ts'
import { CodedFailure, outcomeOfError } from '../jobs/failure-codes.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import type { TaskControl } from '../tasks.ts'
import { TaskError } from '../work/thread-pool.ts'
import { workDone } from '../work/work-done.ts'
import { openWorkPool } from '../work/work-pool.ts'
import { generationsOf } from './backup.ts'
import { readBackupSettings } from './backup-settings.ts'
import { readSettings } from './read-settings.ts'

type Input = InputOf<typeof bridge.backup.drill>

export async function startDrill(office: Office, input: Input, context: Context) {
  const { folder } = readBackupSettings(office.archive.db)
  if (folder === '') return fail('BACKUP_NOT_SET', {})
  const known = (await generationsOf(folder)) ?? []
  const generation =
    input.generation === undefined ? known[0] : known.find(({ name }) => name === input.generation)
  if (generation === undefined) return fail('BACKUP_NOT_FOUND', {})
  const key = keyOf(input.secret, actorOf(context).loginName)
  if (key === undefined) return fail('RECOVERY_CODE_WRONG', {})
  if (keepingWorkOf(office.archive) !== undefined) return fail('KEEPING_BUSY', {})
  const about = `${formatJapaneseDateTime(generation.createdAt)}の世代`
  const source = { target: folder, generation: generation.name, key }
  const taskId = startWork(office, context, { kind: 'restore-drill', about }, async (control, outcome) => {
    const release = takeKeepingLock(office.archive, 'drill')
    if (release === undefined) throw new CodedFailure('KEEPING_BUSY')
    await drill(office, { source, control, outcome, context }).finally(release)
  })
  return ok({ taskId })
}

function keyOf(secret: Input['secret'], loginName: string): OpeningKey | undefined {
  if (secret.kind === 'password')
    return { label: loginLabel(loginName), secret: { kind: 'password', password: secret.password } }
  try {
    return { label: null, secret: { kind: 'recovery', code: parseRecoveryCode(secret.code) } }
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'RECOVERY_CODE_MISTYPED') return undefined
    throw error
  }
}

type Drill = {
  readonly source: { readonly target: string; readonly generation: string; readonly key: OpeningKey }
  readonly control: TaskControl
  readonly outcome: Outcome
  readonly context: Context
}

const SCRATCH = 'restore-drill-'

/** However it ends, it is in the 操作ログ. */
async function drill(office: Office, run: Drill): Promise<void> {
  const { source, control, outcome, context } = run
  let code: string | null = null
  try {
    outcome.drill = await restoreAndCheck(office, run)
    outcome.file = await printDrill(office, run, outcome.drill)
  } catch (error) {
    code = control.signal.aborted ? 'TASK_CANCELLED' : outcomeOfError(error).code
    throw error
  } finally {
    const problems = outcome.drill?.problems.length ?? null
    office.archive.transaction((db) =>
      record(db, changeBy(context, office.clock), 'backup.drilled', {
        data: { generation: source.generation, code, problems },
      }),
    )
  }
}

async function restoreAndCheck(office: Office, { source, control }: Drill): Promise<DrillReport> {
  const { archive, clock, logger, services } = office
  await removeOldScratch(archive.folder)
  const scratch = join(archive.folder, `${SCRATCH}${newId()}`)
  // A thread of its own: certificates and texts go on meanwhile.
  const pool = openWorkPool(logger, 1)
  try {
    const done = await pool.runTask(
      'restore-drill',
      {
        ...source,
        scratch: { keys: join(scratch, 'keys'), archive: join(scratch, 'archive') },
        anchors: services.anchors(),
        nowEpochMs: clock.now(),
      },
      { signal: control.signal, onProgress: control.progress },
    )
    return workDone(done)
  } catch (error) {
    // What is wrong with the backup is the result of the drill, not a failure of the program.
    throw error instanceof TaskError && error.code !== undefined ? new CodedFailure(error.code) : error
  } finally {
    await pool.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

/** What a process left that died in a drill. */
async function removeOldScratch(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(SCRATCH)) await rm(join(folder, name), { recursive: true, force: true })
}

async function printDrill(
  office: Office,
  { control, context }: Drill,
  report: DrillReport,
): Promise<Outcome['file']> {
  const paper = drillPaper(office, context, report)
  const { signal } = control
  const { fileId } = await office.temporary.put(
    workDone(await office.work.runTask('make-report', paper, { signal })),
  )
  return { fileId, fileName: '復旧訓練の記録.pdf', contentType: 'application/pdf' }
}

const VERDICTS: Readonly<Record<string, string>> = {
  valid: '有効',
  'valid-with-permitted-changes': '有効（許された変更あり）',
  changed: '許されていない変更あり',
  'unknown-signer': '改変なし・署名者は未確認',
  broken: '改変あり',
  unsigned: '署名のないファイル',
  unreadable: '署名を読み取れないファイル',
}

function drillPaper(office: Office, context: Context, report: DrillReport): Report {
  const { townName } = readSettings(office.archive.db).town
  const now = office.clock.now()
  const good = report.problems.length === 0
  return {
    title: '復旧訓練の記録',
    headLines: [`実施日時 ${formatJapaneseDateTime(now)}`, `実施した者 ${actorOf(context).displayName}`],
    footer: `${townName} 復旧訓練の記録`,
    author: townName,
    createdAt: now,
    blocks: [
      {
        type: 'paragraph',
        text: good
          ? 'バックアップから保管庫を復元し、データベース、すべてのファイルの内容と署名、操作ログの連なりを調べました。問題はありませんでした。'
          : 'バックアップから保管庫を復元して調べたところ、次の問題が見つかりました。',
      },
      {
        type: 'facts',
        rows: [
          ['結果', good ? '問題なし' : `問題 ${report.problems.length}件`],
          ['世代', report.generation],
          ['案件', `${report.cases}件`],
          ['ファイル', `${report.files}件（${report.bytes.toLocaleString('ja-JP')}バイト）`],
          ['操作ログ', `${report.logEntries}件（連なりを最初から計算し直しました）`],
          ...Object.entries(report.verdicts).map(
            ([verdict, count]) => [`署名：${VERDICTS[verdict] ?? verdict}`, `${count}件`] as const,
          ),
          ['印刷日時', formatEvidenceTime(now)],
        ],
      },
      ...(good
        ? []
        : [
            {
              type: 'table' as const,
              columns: [
                { label: '問題', share: 40 },
                { label: '場所', share: 60 },
              ],
              rows: report.problems.map(({ text, place }) => [text, place]),
            },
          ]),
    ],
  }
}
