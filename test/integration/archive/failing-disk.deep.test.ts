import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CrashMode, inspect, inspectBackups, runAndKill } from '../../support/archive/crash-harness.ts'
import {
  canInjectFaults,
  type Fault,
  type FaultyRun,
  runWithFault,
} from '../../support/archive/fault-injection.ts'

const WORKER = join(import.meta.dirname, '../../support/archive/crash-worker.ts')

let base: string
let folder: string
let target: string
let acknowledged: string[]
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'desk-eio-'))
  folder = join(base, 'archive')
  target = join(base, 'backup')
  acknowledged = await runAndKill(folder, 'import', { afterMs: 200 })
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

/** A disk that answers once with an error, and one that never comes back. */
const FAULTS: readonly Fault[] = ['fsync,fdatasync', 'pwrite64'].flatMap((calls) =>
  ['3', '9', '5+'].map((when): Fault => ({ calls, error: 'EIO', when })),
)
const MODES: readonly CrashMode[] = ['import', 'index', 'backup', 'rotate', 'migrate']

describe.skipIf(!canInjectFaults)('a disk that fails', () => {
  test.each(MODES.flatMap((mode) => FAULTS.map((fault) => ({ mode, fault, ...fault }))))(
    'during $mode ($calls, call $when): one clear code, nothing is written on top, nothing acknowledged is lost',
    async ({ mode, fault }) => {
      const run = await runWithFault(WORKER, [folder, mode, target], fault)
      const name = `${run.output.join(' | ')} ${run.errors}`
      expect(run.injected, name).toBeGreaterThan(0)
      expectClearEnd(run, mode, fault)
      acknowledged.push(...run.output)
      // The next start, on a disk that works again.
      const { check, lost, halfDone } = await inspect(folder, acknowledged)
      expect({ problems: check.problems, lost, halfDone }, name).toEqual({
        problems: [],
        lost: [],
        halfDone: 0,
      })
      expect(await inspectBackups(target, acknowledged), name).toEqual([])
    },
    60_000,
  )
})

/**
 * SQLite makes up for a checkpoint that failed once; then nothing was lost, and work went on. The index, which can be
 * made again, does not wait for the disk at all. Else one code says it.
 */
function expectClearEnd(run: FaultyRun, mode: CrashMode, fault: Fault): void {
  const name = `${run.output.join(' | ')} ${run.errors}`
  const failed = run.output.find((line) => line.startsWith('failed '))
  if (failed === undefined) {
    const mayGoOn = mode === 'index' || !fault.when.endsWith('+')
    expect([run.code, mayGoOn], name).toEqual([undefined, true])
    return
  }
  // A backup's own target keeps the words of the system: the person must know which of the two disks it is.
  expect(failed, name).toMatch(mode === 'backup' ? /^failed (DISK_FAILED|EIO) / : /^failed DISK_FAILED /)
  const next = run.output.find((line) => line.startsWith('next '))
  if (failed.includes('SQLITE_') && next !== undefined) expect(next, name).toMatch(/^next DISK_FAILED/)
}
