import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { type CrashMode, inspect, inspectBackups, runAndKill } from '../../support/archive/crash-harness.ts'
import { CLERK_KEY } from '../../support/archive/temporary-archive.ts'

/** A few kills in every run; `crash.deep.test.ts` does hundreds. */
let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'desk-crash-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

test.each<CrashMode>(['import', 'index', 'backup', 'rotate', 'migrate'])(
  'kill -9 during %s loses nothing that was acknowledged',
  async (mode) => {
    const folder = join(base, 'archive')
    const target = join(base, 'backup')
    const acknowledged = await runAndKill(folder, 'import', { afterMs: 400 })
    expect(acknowledged.filter((line) => line.startsWith('case ')).length).toBeGreaterThan(0)
    for (const afterMs of [30, 130]) {
      acknowledged.push(...(await runAndKill(folder, mode, { afterMs, target })))
      const { check, lost, halfDone } = await inspect(folder, acknowledged)
      expect({ problems: check.problems, lost, halfDone }).toEqual({ problems: [], lost: [], halfDone: 0 })
    }
    expect(await inspectBackups(target, acknowledged)).toEqual([])
  },
  120_000,
)

test('a second process is refused while the first lives, and let in when it was killed', async () => {
  const folder = join(base, 'archive')
  await runAndKill(folder, 'import', { afterMs: 50 })
  const script = join(import.meta.dirname, '../../support/archive/crash-worker.ts')
  const holder = spawn(process.execPath, [script, folder, 'hold'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => holder.on('close', () => resolve()))
  await new Promise<void>((resolve) => holder.stdout.once('data', () => resolve()))
  const open = () => openArchive({ folder, clock: systemClock }, CLERK_KEY)
  await expect(open()).rejects.toMatchObject({ code: 'ARCHIVE_IN_USE', data: { pid: holder.pid } })
  holder.kill('SIGKILL')
  await ended
  const archive = await open()
  archive.close()
}, 60_000)
