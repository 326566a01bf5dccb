import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { preserveJob } from '../../../electron/app/jobs/job-kinds.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { signPdf } from '../../../electron/core/signing/sign-pdf.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { caseFields } from '../../support/archive/temporary-archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

let office: ArchiveOffice
let desk: Desk
let caseId: CaseId

beforeEach(async () => {
  office = await startArchiveOffice()
  desk = office.sit('kiroku', ['records'])
})
afterEach(async () => {
  await office.close()
  expect(office.incidents).toEqual([])
})

/** A contract signed by the town today and concluded, kept for thirty years. */
async function concluded(): Promise<void> {
  const { services, clock } = office.office
  const source = memorySource(plainPdf(8_000, 'thirty years'))
  const { appended } = await signPdf(source, {
    key: await services.keys.open('town', ''),
    clock,
    timestampAuthority: services.timestampAuthority(),
    options: { name: '扶桑町' },
  })
  const file = await office.archive.vault.put(Buffer.concat([source.read(0, source.sizeBytes), appended]))
  office.archive.transaction((db) => {
    const change = office.change()
    const fields = caseFields({ completedOn: '2026-04-01', retentionYears: 30 })
    caseId = insertCase(db, fields, change, { state: 'concluded' })
    insertDocument(
      db,
      {
        caseId,
        title: '契約書',
        fileName: 'a.pdf',
        role: 'sign',
        pages: 1,
        preflight: null,
        file,
        reason: 'signature',
      },
      change,
    )
    preserveJob.queue(db, { caseId }, { at: change.at, caseId })
  })
}

const document = async () => must(await desk.client.cases.read({ caseId })).documents[0]
const renewals = async () =>
  (await document())?.versions.filter(({ reason }) => reason === 'archive-timestamp').length ?? 0

/** Moves the clock until the case's archive timestamp is there: revocation data must be newer than the signature. */
async function preserved(): Promise<void> {
  for (let tries = 0; tries < 100 && (await renewals()) === 0; tries += 1) {
    office.clock.advance(3_600_000)
    office.office.wake()
    await new Promise((done) => setTimeout(done, 50))
  }
}

async function verdict(): Promise<string> {
  const documentId = (await document())?.id
  if (documentId === undefined) throw new Error('The case has no document')
  return must(await desk.client.verification.document({ documentId })).report.verdict
}

const NOTHING = { done: true, code: null, rows: [], counts: { renewed: 0, later: 0, failed: 0 } }

describe('L24: evidence outlives retention', () => {
  test('signed in 2026, kept thirty years, renewed by the daily chores alone: still valid in 2056', async () => {
    await concluded()
    await preserved()
    expect(await renewals()).toBe(1)
    expect(must(await desk.client.archive.evidence({}))).toMatchObject({ files: 1, lapsing: 0 })
    for (let halfYear = 1; halfYear <= 60; halfYear += 1) {
      office.clock.set(new Date(Date.UTC(2026, 3 + halfYear * 6, 1)))
      await office.running.chores.runNow()
      const { lapsing } = must(await desk.client.archive.evidence({}))
      expect([halfYear, lapsing]).toEqual([halfYear, 0])
    }
    // One document, however often it was renewed.
    expect(must(await desk.client.archive.evidence({})).files).toBe(1)
    // 30 years of certificates that last eleven: at least two renewals after the first.
    expect(await renewals()).toBeGreaterThanOrEqual(3)
    expect(new Date(office.clock.now()).getUTCFullYear()).toBe(2056)
    expect(await verdict()).toBe('valid')
  }, 120_000)

  test('without renewal the report says it before the evidence is gone, and after', async () => {
    await concluded()
    await preserved()
    const lapsing = async () => must(await desk.client.archive.evidence({})).lapsing
    const settings = must(await desk.client.settings.read({}))
    const administrator = office.sit('kanri', ['administrator'])
    must(
      await administrator.client.settings.writeTsa({
        mode: 'server',
        url: 'http://127.0.0.1:9/tsa',
        user: '',
      }),
    )
    must(await administrator.client.settings.writeNetwork({ ...settings.network, timestamp: false }))
    expect(await lapsing()).toBe(1)
    const rows = async (by = desk) => must(await by.client.archive.evidence({})).rows
    expect(await rows()).toMatchObject([
      {
        caseId,
        caseTitle: '橋梁補修工事',
        title: '契約書',
        retentionEndsOn: '2057-03-31',
        reason: 'RENEWAL_OFF',
      },
    ])
    // What one may not see is counted, not named.
    expect(await rows(office.sit('fukushi', ['clerk'], '福祉児童課'))).toEqual([])
    expect(must(await desk.client.cases.overview({})).notices.map(({ code }) => code)).toContain(
      'EVIDENCE_LAPSING',
    )
    must(await administrator.client.settings.writeNetwork({ ...settings.network, timestamp: true }))
    expect(await lapsing()).toBe(0)
    office.clock.set(new Date('2038-01-01T00:00:00Z'))
    expect(await lapsing()).toBe(1)
    expect((await rows())[0]?.reason).toBe('RENEWAL_LATE')
  })

  test('records staff renew on demand what is due, once; what cannot be done now says why and stays due', async () => {
    await concluded()
    await preserved()
    const renew = async ({ client } = desk) => {
      const { taskId } = must(await client.archive.renew({}))
      await office.ended(taskId)
      return must(await client.archive.renewalResult({ taskId }))
    }
    expect(await renew()).toEqual({ ...NOTHING, due: 0 })
    const { until } = must(await desk.client.cases.read({ caseId })).evidence ?? {}
    office.clock.set(new Date((until ?? 0) - 200 * 24 * 3_600_000))
    const administrator = office.sit('kanri', ['administrator'], '情報課')
    const { network } = must(await desk.client.settings.read({}))
    const tsa = { url: 'http://127.0.0.1:9/tsa', user: '' }
    must(await administrator.client.settings.writeTsa({ mode: 'server', ...tsa }))
    must(await administrator.client.settings.writeNetwork({ ...network, timestamp: false }))
    // Counted for everybody, named to those who may see it.
    const counts = { renewed: 0, later: 0, failed: 1 }
    expect(await renew(administrator)).toEqual({ ...NOTHING, due: 1, counts })
    expect(await renew()).toMatchObject({
      due: 1,
      counts,
      rows: [{ caseId, title: '契約書', outcome: 'failed', code: 'NETWORK_SWITCHED_OFF' }],
    })
    must(await administrator.client.settings.writeTsa({ mode: 'built-in', ...tsa }))
    expect(await renew()).toMatchObject({ due: 1, rows: [{ outcome: 'renewed', code: null }] })
    expect(await renewals()).toBe(2)
    expect(await renew()).toMatchObject({ due: 0 })
    expect(await verdict()).toBe('valid')
    const auditor = office.sit('kansa', ['auditor'])
    expect(await auditor.client.archive.renew({})).toMatchObject({ error: { code: 'FORBIDDEN' } })
    const log = must(await auditor.client.audit.list({ action: 'evidence.renewal-started' }))
    expect(log.rows.map(({ actor, data }) => [actor, data.files])).toEqual([
      ['kiroku さん', 0],
      ['kiroku さん', 1],
      ['kiroku さん', 1],
      ['kanri さん', 1],
      ['kiroku さん', 0],
    ])
  })
})
