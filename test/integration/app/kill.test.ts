import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectWholeJob } from '../../support/expect-whole-job.ts'
import { type Kill, type KillDrive, openKillDrive } from '../../support/kill-drive.ts'

let folder: string
let drive: KillDrive
let usualMs = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keiyaku-kill-'))
  drive = await openKillDrive(join(folder, 'data'))
}, 120_000)
afterAll(async () => {
  await drive.close()
  await rm(folder, { recursive: true, force: true })
})

test('a main job over real processes ends with everything in place', async () => {
  const outcome = await drive.runJob('undisturbed')
  usualMs = outcome.durationMs
  expectWholeJob(outcome)
  expect(outcome.mails).toHaveLength(2)
}, 120_000)

const KILLS: readonly Kill[] = [
  { what: 'office', at: 0.35 },
  { what: 'portal', at: 0.45 },
  { what: 'office', at: 0.6 },
  { what: 'office', at: 0.8 },
]
test.skipIf(!existsSync('/proc/self/task')).each(KILLS)(
  'kill -9 of the $what at $at of the job loses nothing and repeats nothing',
  async (kill) => {
    expectWholeJob(await drive.runJob(`${kill.what}-${kill.at * 100}`, { kills: [kill], usualMs }))
  },
  150_000,
)
