import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type ArchiveCheck, checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { listGenerations, verifyGeneration } from '../../../electron/core/archive/generations.ts'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { searchCases } from '../../../electron/core/archive/search/search-cases.ts'
import { listCases } from '../../../electron/core/archive/tables/case-list.ts'
import { EVERYTHING } from '../../../electron/core/archive/tables/viewer.ts'
import { checkLog } from '../../../electron/core/audit/log.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import { CLERK_KEY } from './temporary-archive.ts'

export type CrashMode = 'import' | 'index' | 'rotate' | 'backup' | 'migrate' | 'hold'

/** Starts the worker and kills it with SIGKILL `afterMs` after its first acknowledgement. Returns what it acknowledged. */
export async function runAndKill(
  folder: string,
  mode: CrashMode,
  options: { readonly afterMs: number; readonly target?: string },
): Promise<string[]> {
  const script = join(import.meta.dirname, 'crash-worker.ts')
  const child = spawn(process.execPath, [script, folder, mode, options.target ?? ''], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      resolve()
    })
    child.on('close', () => reject(new Error(`The worker ended by itself: ${errors}`)))
  })
  await new Promise((resolve) => setTimeout(resolve, options.afterMs))
  child.kill('SIGKILL')
  await ended
  // The last line may be cut off: it was not acknowledged completely.
  return output.split('\n').slice(0, -1)
}

export type Aftermath = {
  readonly check: ArchiveCheck
  /** Acknowledged cases that are gone. */
  readonly lost: readonly string[]
  /** Cases in the archive that search cannot see, or mails without their case: must be none. */
  readonly halfDone: number
}

/** Opens the archive as the next start would, and says what is wrong. */
export async function inspect(folder: string, acknowledged: readonly string[]): Promise<Aftermath> {
  const archive = await openArchive({ folder, clock: systemClock }, CLERK_KEY)
  try {
    const known = new Set(archive.db.allSql<{ id: string }>('SELECT id FROM cases').map((row) => row.id))
    const lost = acknowledged
      .filter((line) => line.startsWith('case '))
      .map((line) => line.slice(5))
      .filter((id) => !known.has(id))
    await archive.indexSettled()
    const found = searchCases(archive, SearchQuery.parse({}), EVERYTHING, { offset: 0, limit: 1 }).total
    const halfDone =
      archive.db.firstSql<{ n: number }>(
        `SELECT (SELECT count(*) FROM cases) * 3 - (SELECT count(*) FROM mails) - (SELECT count(*) FROM audit_entries)
           - ? AS n`,
        found,
      )?.n ?? -1
    listCases(archive, { states: [], text: '取込', mine: false }, EVERYTHING, { offset: 0, limit: 5 })
    return { check: await checkArchive(archive, { checkLog }), lost, halfDone }
  } finally {
    archive.close()
  }
}

/** Every complete generation verifies; the acknowledged newest one is there. */
export async function inspectBackups(target: string, acknowledged: readonly string[]): Promise<string[]> {
  const generations = await listGenerations(target)
  for (const generation of generations) await verifyGeneration(target, generation)
  const newest = acknowledged
    .filter((line) => line.startsWith('backup '))
    .at(-1)
    ?.slice(7)
  return newest === undefined || generations.includes(newest) ? [] : [newest]
}
