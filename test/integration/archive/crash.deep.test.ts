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
import { CLERK_KEY } from '../../support/archive/temporary-archive.ts'

/** `CRASH_ROUNDS=500 npm run test:deep -- crash` for the whole harness. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 100)
const MODES: readonly CrashMode[] = ['import', 'import', 'index', 'backup', 'rotate', 'migrate']

test(`${ROUNDS} × kill -9 at random moments: the check is clean and nothing acknowledged is gone`, async () => {
  const random = seededRandom(Number(process.env.CRASH_SEED ?? 4))
  let base = mkdtempSync(join(tmpdir(), 'desk-crash-'))
  let acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    // A fresh folder now and then, so that creation itself is killed, too, and the archive stays small.
    if (round % 25 === 0) {
      rmSync(base, { recursive: true, force: true })
      base = mkdtempSync(join(tmpdir(), 'desk-crash-'))
      acknowledged = []
    }
    const [folder, target] = [join(base, 'archive'), join(base, 'backup')]
    const mode = round % 25 === 0 ? 'import' : (MODES[Math.floor(random() * MODES.length)] ?? 'import')
    const afterMs = Math.floor(random() * 600)
    acknowledged.push(...(await runAndKill(folder, mode, { afterMs, target })))
    const { check, lost, halfDone } = await inspect(folder, acknowledged)
    expect(
      { problems: check.problems, lost, halfDone },
      `round ${round}: ${mode} after ${afterMs} ms`,
    ).toEqual({
      problems: [],
      lost: [],
      halfDone: 0,
    })
    expect(await inspectBackups(target, acknowledged)).toEqual([])
  }
  rmSync(base, { recursive: true, force: true })
})

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
