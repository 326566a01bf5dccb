import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import { expectWholeJob } from '../../support/expect-whole-job.ts'
import { type Kill, type KillDrive, openKillDrive } from '../../support/kill-drive.ts'

const MOMENTS = 20

let folder: string
let drive: KillDrive
let usualMs = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keiyaku-kill-'))
  drive = await openKillDrive(join(folder, 'data'))
  await drive.runJob('warm-up')
  usualMs = (await drive.runJob('measured')).durationMs
}, 240_000)
afterAll(async () => {
  await drive.close()
  await rm(folder, { recursive: true, force: true })
})

const kills = Array.from({ length: MOMENTS }, (_, index): readonly Kill[] => {
  const at = (index + 0.5) / MOMENTS
  return [
    { what: 'office', at },
    { what: 'portal', at },
  ]
}).flat()

test.each(kills)('kill -9 of the $what at $at of the job', async (kill) => {
  expectWholeJob(await drive.runJob(`${kill.what}-${Math.round(kill.at * 1000)}`, { ...kill, usualMs }))
})
