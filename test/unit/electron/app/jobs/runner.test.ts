import { afterEach, beforeEach, expect, test } from 'vitest'
import { CodedFailure } from '../../../../../electron/app/jobs/failure-codes.ts'
import { type JobOutcome, startJobRunner } from '../../../../../electron/app/jobs/runner.ts'
import type { Office } from '../../../../../electron/app/office.ts'
import { queueJob, readJob } from '../../../../../electron/core/archive/tables/jobs.ts'
import { silentLogger } from '../../../../../electron/core/kit/logger.ts'
import type { EpochMs } from '../../../../../shared/model/brand.ts'
import { type TemporaryArchive, temporaryArchive } from '../../../../support/archive/temporary-archive.ts'
import { until } from '../../../../support/office.ts'

let current: TemporaryArchive
beforeEach(async () => {
  current = await temporaryArchive()
})
afterEach(() => current.remove())

const HOUR_MS = 60 * 60_000
const bug = () => {
  throw new Error('a bug')
}
const outage = () => {
  throw new CodedFailure('PORTAL_UNREACHABLE')
}
const later = (): JobOutcome => ({ later: (current.clock.now() + HOUR_MS) as EpochMs, code: 'NOT_YET' })

/** Runs one job as told, for as long as it lives, every try an hour after the one before. @returns how often it was tried */
async function triesOf(tellings: readonly (() => JobOutcome)[]): Promise<number> {
  const { archive, clock } = current
  const jobId = archive.transaction((db) => queueJob(db, { kind: 'work', payload: {} }, clock.now()))
  let tries = 0
  const run = async (): Promise<JobOutcome> => {
    tries += 1
    return (tellings[tries - 1] ?? bug)()
  }
  const office = { archive, clock, logger: silentLogger } as unknown as Office
  const runner = startJobRunner(office, [{ kind: 'work', run }])
  await until(
    () => {
      const job = readJob(archive.db, jobId)
      if (job?.state === 'dead') return true
      if (job?.state === 'queued') {
        clock.advance(HOUR_MS)
        runner.wake()
      }
      return undefined
    },
    () => readJob(archive.db, jobId),
  )
  await runner.stop()
  return tries
}

test('a bug kills its job at the fifth try', async () => {
  expect(await triesOf([])).toBe(5)
})

test('a job that waited out an outage, or for its time, has all its tries of a bug', async () => {
  expect(await triesOf([...Array(6).fill(outage), ...Array(3).fill(later)])).toBe(14)
})

test('an outage between the tries of a bug lets them be counted anew', async () => {
  expect(await triesOf([bug, bug, bug, bug, outage])).toBe(10)
})
