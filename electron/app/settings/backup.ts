/** 設定 > バックアップ: where it goes, 今すぐバックアップ, 復旧の練習. */
import { constants } from 'node:fs'
import { access, mkdir, realpath } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { BackupRun } from '../../../shared/bridge/keeping.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { listGenerations } from '../../core/archive/generations.ts'
import { listBackupRuns } from '../../core/archive/tables/backups.ts'
import { writeSetting } from '../../core/archive/tables/settings.ts'
import { keepingWorkOf } from '../archive/keeping-lock.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { backupHealth, backupRunOf, runBackup } from './backup-runs.ts'
import { BACKUP_SETTING, nextPlannedAt, readBackupSettings } from './backup-settings.ts'

type Table = typeof bridge.backup

type BackupTask = {
  code: string | null
  run: BackupRun | null
}

const SHOWN_RUNS = 30

export async function readBackup(office: Office) {
  const { db } = office.archive
  const settings = readBackupSettings(db)
  const now = office.clock.now()
  const running = keepingWorkOf(office.archive) === 'backup'
  const { warning, lastSuccessAt } = backupHealth(db, now, running)
  const generations = await generationsOf(settings.folder)
  return ok({
    settings,
    running,
    warning,
    lastSuccessAt,
    nextAt: settings.folder === '' ? null : nextPlannedAt(settings, now),
    runs: listBackupRuns(db, SHOWN_RUNS).map((run, index) => backupRunOf(run, running && index === 0)),
    generations: generations ?? [],
    reachable: generations !== undefined,
  })
}

/** A drive that is off answers after minutes, or never; the page must not wait for it. */
const ANSWERS_WITHIN_MS = 5_000

/** One question at a time: each one holds a thread of the few that read files. */
const asked = new Map<string, Promise<string[]>>()

function askGenerations(folder: string): Promise<string[]> {
  const known = asked.get(folder)
  if (known !== undefined) return known
  const answer = listGenerations(folder).finally(() => asked.delete(folder))
  asked.set(folder, answer)
  return answer
}

/** undefined: the folder cannot be read now (a NAS that is off). */
export async function generationsOf(folder: string) {
  if (folder === '') return []
  try {
    const names = await Promise.race([
      askGenerations(folder),
      delay(ANSWERS_WITHIN_MS, undefined, { ref: false }),
    ])
    return names?.map((name) => ({ name, createdAt: timeOfGeneration(name) }))
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

/** 2026-11-22T03-00-00-000Z, as `backUp` names its folders. */
function timeOfGeneration(name: string): EpochMs {
  const iso = name.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/, 'T$1:$2:$3.$4Z')
  const time = Date.parse(iso)
  return (Number.isNaN(time) ? 0 : time) as EpochMs
}

export async function writeBackup(office: Office, input: InputOf<Table['write']>, context: Context) {
  if (input.folder !== '') {
    const problem = await folderProblem(office.archive.folder, input.folder)
    if (problem !== undefined) return fail(problem, {})
  }
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    writeSetting(db, BACKUP_SETTING, input, change)
    record(db, change, 'settings.changed', { data: { group: BACKUP_SETTING } })
  })
  office.announce({ topic: 'settings-changed' })
  return ok({})
}

/** A copy inside the archive's own folder is lost together with it. */
async function folderProblem(archiveFolder: string, folder: string) {
  try {
    const target = resolve(folder)
    if (target !== folder && !folder.startsWith('\\\\')) return 'BACKUP_FOLDER_UNUSABLE' as const
    await makeFolder(target)
    await makeFolder(join(target, 'generations'))
    await access(target, constants.W_OK)
    const inside = relative(await realpath(archiveFolder), await realpath(target))
    const isInside =
      inside === '' || (!inside.startsWith(`..${sep}`) && inside !== '..' && !/^[A-Za-z]:|^\\\\/.test(inside))
    return isInside ? ('BACKUP_FOLDER_INSIDE_ARCHIVE' as const) : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error) return 'BACKUP_FOLDER_UNUSABLE' as const
    throw error
  }
}

/** The parent must be there: a mistyped path must not grow folders on a disk nobody meant. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

export async function startBackup(office: Office, context: Context) {
  if (readBackupSettings(office.archive.db).folder === '') return fail('BACKUP_NOT_SET', {})
  if (keepingWorkOf(office.archive) !== undefined) return fail('KEEPING_BUSY', {})
  const change = changeBy(context, office.clock)
  const result: BackupTask = { code: null, run: null }
  const taskId = office.tasks.start(context.connection, 'backup', result, async (control) => {
    const run = await runBackup(office, { signal: control.signal, onProgress: control.progress, change })
    result.run = run ?? null
    result.code = run === undefined ? 'KEEPING_BUSY' : run.code
  })
  return ok({ taskId })
}

export async function backupTaskResult(office: Office, input: { readonly taskId: string }, context: Context) {
  const entry = office.tasks.find(context.connection, input.taskId)
  if (entry === undefined) return fail('NOT_FOUND', {})
  const { code, run } = entry.result as BackupTask
  return ok({
    done: entry.state !== 'running',
    code: entry.state === 'failed' ? (code ?? 'INTERNAL') : code,
    run,
  })
}
