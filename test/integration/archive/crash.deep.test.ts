import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { checkLog } from '../../../electron/core/audit/log.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { seededRandom } from '../../bench/archive-data.ts'
import { type CrashMode, inspect, inspectBackups, runAndKill } from '../../support/archive/crash-harness.ts'
import {
  type ImportSeries,
  makeImportTemplate,
  openImportSeries,
} from '../../support/archive/import-series.ts'
import { inspectCases, runRealCheck } from '../../support/archive/inspect-office.ts'
import { CLERK_KEY } from '../../support/archive/temporary-archive.ts'
import { expectWholeJob } from '../../support/expect-whole-job.ts'
import { type Kill, openKillDrive } from '../../support/kill-drive.ts'

/** How many kills of each kind; together 500. `CRASH_SHARE=0.1` does a tenth of them. */
const SHARE = Number(process.env.CRASH_SHARE ?? 1)
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
const WORKER_KILLS = Math.ceil(310 * SHARE)
const IMPORT_KILLS = Math.ceil(110 * SHARE)
const SIGNING_KILLS = Math.ceil(80 * SHARE)
/** So many rounds share an archive, so that it stays small and its creation is killed, too. */
const SERIES_ROUNDS = 25
const KILLS_PER_JOB = 2
const MODES: readonly CrashMode[] = ['import', 'index', 'backup', 'rotate', 'migrate']

/** Every so many rounds `desk archive check` itself is run, as a process. */
const REAL_CHECK_EVERY = 10

const counted = new Map<string, number>()
const count = (what: string) => counted.set(what, (counted.get(what) ?? 0) + 1)

test(`${WORKER_KILLS + IMPORT_KILLS + SIGNING_KILLS} × kill -9 at random moments of real processes (seed ${SEED}): the check is clean and nothing acknowledged is gone`, async () => {
  const base = mkdtempSync(join(tmpdir(), 'desk-crash-'))
  const began = Date.now()
  try {
    // Two lanes, one a processor: signing waits for mails and portals much of its time.
    await Promise.all([killWhileSigning(base), killWhileImporting(base).then(() => killWorkers(base))])
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
  const minutes = ((Date.now() - began) / 60_000).toFixed(1)
  console.info(`kill -9, seed ${SEED}: ${JSON.stringify(Object.fromEntries(counted))} in ${minutes} minutes`)
})

/** Import, index, backup, rotation and migration of the archive alone, as fast as they go. */
async function killWorkers(base: string): Promise<void> {
  const random = seededRandom(SEED)
  let [folder, target, acknowledged] = ['', '', [] as string[]]
  for (let round = 0; round < WORKER_KILLS; round += 1) {
    const isFirst = round % SERIES_ROUNDS === 0
    if (isFirst) {
      rmSync(folder, { recursive: true, force: true })
      rmSync(target, { recursive: true, force: true })
      acknowledged = []
      folder = join(base, `archive-${round}`)
      target = join(base, `backup-${round}`)
    }
    const mode = isFirst ? 'import' : (MODES[Math.floor(random() * MODES.length)] ?? 'import')
    const afterMs = Math.floor(random() * 600)
    const name = `seed ${SEED}, round ${round}: ${mode} after ${afterMs} ms`
    acknowledged.push(...(await runAndKill(folder, mode, { afterMs, target })))
    count(mode)
    const { check, lost, halfDone } = await inspect(folder, acknowledged)
    expect({ problems: check.problems, lost, halfDone }, name).toEqual({
      problems: [],
      lost: [],
      halfDone: 0,
    })
    expect(await inspectBackups(target, acknowledged), name).toEqual([])
  }
}

async function killWhileImporting(base: string): Promise<void> {
  const random = seededRandom(SEED + 1)
  const template = join(base, 'import-template')
  await makeImportTemplate(template)
  let series: ImportSeries | undefined
  for (let round = 0; round < IMPORT_KILLS; round += 1) {
    if (round % SERIES_ROUNDS === 0) {
      await series?.close()
      series = await openImportSeries(template, join(base, `import-${round}`))
    }
    const killAfterMs = Math.floor(random() * 2_000)
    try {
      const realCheck = round % REAL_CHECK_EVERY === 0
      await series?.round({ killAfterMs, realCheck, name: `R${round}` })
    } catch (error) {
      throw new Error(`seed ${SEED}, import round ${round}, killed after ${killAfterMs} ms`, { cause: error })
    }
    count('office: import')
  }
  await series?.close()
}

/** Jobs from registering to 締結済, with the office and its portal killed in the middle. */
async function killWhileSigning(base: string): Promise<void> {
  const random = seededRandom(SEED + 2)
  let inspected = 0
  const drive = await openKillDrive(join(base, 'signing'), {
    afterKill: async (dataDir, told) => {
      await inspectCases(dataDir, told)
      inspected += 1
      if (inspected % REAL_CHECK_EVERY === 0) await runRealCheck(dataDir)
    },
  })
  try {
    await drive.runJob('warm-up')
    const { durationMs: usualMs } = await drive.runJob('measured')
    for (let done = 0; done < SIGNING_KILLS; done += KILLS_PER_JOB) {
      const kills = Array.from({ length: KILLS_PER_JOB }, (_, index): Kill => {
        return { what: random() < 0.5 ? 'office' : 'portal', at: index + random() * 0.95 }
      })
      const name = `job-${done}`
      try {
        expectWholeJob(await drive.runJob(name, { kills, usualMs }))
      } catch (error) {
        throw new Error(`seed ${SEED}, ${name}, kills ${JSON.stringify(kills)}`, { cause: error })
      }
      for (const { what } of kills) count(`signing: ${what}`)
    }
  } finally {
    await drive.close()
  }
}

test('one flipped bit in any page of the database is found', async () => {
  const base = mkdtempSync(join(tmpdir(), 'desk-crash-'))
  const folder = join(base, 'archive')
  await runAndKill(folder, 'import', { afterMs: 1500 })
  const clean = await openArchive({ folder, clock: systemClock }, CLERK_KEY)
  clean.close()
  const path = join(folder, 'archive.db')
  const good = readFileSync(path)
  const random = seededRandom(8)
  for (let page = 0; page < good.length / 16_384; page += 1) {
    const bad = Buffer.from(good)
    const place = page * 16_384 + Math.floor(random() * 16_384)
    bad[place] = (bad[place] ?? 0) ^ (1 << Math.floor(random() * 8))
    writeFileSync(path, bad)
    expect(await outcomeOf(folder), `page ${page + 1}, byte ${place}`).toBe('DATABASE_DAMAGED')
  }
  writeFileSync(path, good)
  expect(await outcomeOf(folder)).toBe('whole')
  rmSync(base, { recursive: true, force: true })
})

async function outcomeOf(folder: string): Promise<string> {
  try {
    const archive = await openArchive({ folder, clock: systemClock }, CLERK_KEY)
    try {
      return (await checkArchive(archive, { checkLog })).problems[0]?.code ?? 'whole'
    } finally {
      archive.close()
    }
  } catch (error) {
    return (error as { code: string }).code
  }
}
