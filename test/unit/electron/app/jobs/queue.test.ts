import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeLinkJob } from '../../../../../electron/app/jobs/job-kinds.ts'
import { leaseJob, listJobs, markJobRetry } from '../../../../../electron/core/archive/tables/jobs.ts'
import type { EpochMs } from '../../../../../shared/model/brand.ts'
import { type TemporaryArchive, temporaryArchive } from '../../../../support/archive/temporary-archive.ts'

let made: TemporaryArchive

beforeEach(async () => {
  made = await temporaryArchive()
})
afterEach(() => made.remove())

const HOUR_MS = 3_600_000

function queue(): void {
  const { archive, clock } = made
  archive.transaction((db) =>
    closeLinkJob.queue(db, { linkId: 'link', reason: 'revoked' }, { at: clock.now() }),
  )
}

test('the same work is queued once, and what waits for a late retry is due when it is wanted again', () => {
  const { archive, clock } = made
  queue()
  queue()
  const [job, ...others] = listJobs(archive.db, {})
  expect(others).toEqual([])
  archive.transaction((db) =>
    leaseJob(db, [closeLinkJob.kind], { owner: 'me', leaseMs: HOUR_MS }, clock.now()),
  )
  archive.transaction((db) =>
    markJobRetry(db, job?.id ?? '', (clock.now() + HOUR_MS) as EpochMs, 'PORTAL_UNREACHABLE'),
  )
  clock.advance(60_000)
  queue()
  expect(listJobs(archive.db, {})).toMatchObject([{ id: job?.id, nextAttemptAt: clock.now() }])
})
