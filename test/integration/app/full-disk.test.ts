/** A disk without any room left while a contract is signed: said in words, nothing half done, and the end is reached later. */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CaseId } from '../../../shared/model/brand.ts'
import { withOfficeArchive } from '../../support/archive/inspect-office.ts'
import { consentTo } from '../../support/contractor-robot.ts'
import { openTestOffice, type TestOffice, until } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { canMount, mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { CONTRACTOR, sendCase, signAsTown, untilCase, untilWaitingFor } from '../../support/test-case.ts'

const HOUR_MS = 60 * 60_000

describe.skipIf(!canMount)('a full disk', () => {
  let disk: SmallDisk
  let office: TestOffice
  let isClosed = false
  beforeEach(async () => {
    disk = mountSmallDisk(64)
    office = await openTestOffice({ disk: disk.folder })
    isClosed = false
  })
  afterEach(async () => {
    if (!isClosed) await office.close()
    disk.remove()
  })

  /** What the archive holds, asked past the log, which cannot be written now. */
  const stateOf = (caseId: CaseId) =>
    office.running().office.archive.db.firstSql<{ state: string; waiting_for: string; signed: number }>(
      `SELECT state, waiting_for, (SELECT count(*) FROM document_versions AS version
           JOIN documents ON documents.id = version.document_id
           WHERE case_id = cases.id AND reason = 'signature') AS signed FROM cases WHERE id = ?`,
      caseId,
    )

  test('stops both signatures, loses no consent, and lets both be made when there is room again', async () => {
    const caseId = await sendCase(office)
    const link = await office.post.linkFor(CONTRACTOR)
    const { trust } = office.running().office.services.testOperation
    disk.fill()
    // The portal of this office lies on the same disk: the contractor is told, and answers later.
    await expect(consentTo(link)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    disk.clear()
    trust().misbehave({ tsa: 'http-500' })
    await consentTo(link)
    await untilCase(office, caseId, ({ signers }) => signers[0]?.problem === 'TSA_HTTP_ERROR', 30_000)
    // The consent is stored, the signature still to be made.
    disk.fill()
    trust().misbehave({})
    await office.passTime(HOUR_MS)
    await until(
      () =>
        office.logLines.some((line) => line.includes('job.failed') && line.includes('DISK_FULL')) ||
        undefined,
      () => office.logLines,
    )
    expect(stateOf(caseId)).toEqual({ state: 'signing', waiting_for: 'sealing', signed: 0 })
    disk.clear()
    await office.passTime(HOUR_MS)
    await untilWaitingFor(office, caseId, 'town-signature')

    disk.fill()
    const [refused] = await signAsTown(office, caseId)
    expect(refused).toMatchObject({ state: 'failed', code: 'DISK_FULL' })
    expect(stateOf(caseId)).toEqual({ state: 'signing', waiting_for: 'town-signature', signed: 1 })
    disk.clear()
    expect(await signAsTown(office, caseId)).toMatchObject([{ state: 'signed', code: null }])
    await untilCase(office, caseId, (view) => view.detail.state === 'concluded', 30_000)
    expect(stateOf(caseId)?.signed).toBe(2)
    const folder = join(office.dataDir, 'archive')
    const told = must(await office.clerk.client.cases.events({ caseId })).events.map(({ action }) => action)
    expect(told.filter((action) => action === 'document.signed')).toHaveLength(2)
    await office.app().close()
    isClosed = true
    await withOfficeArchive(folder, ({ db }) => expect(db.allSql('SELECT id FROM cases')).toHaveLength(1))
  }, 90_000)
})
