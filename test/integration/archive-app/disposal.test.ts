import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { destroyFiles } from '../../../electron/app/archive/dispose.ts'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { extractText } from '../../../electron/core/pages/extract-text.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { CLERK_KEY } from '../../support/archive/temporary-archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { keepContract } from '../../support/kept-contract.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

let office: ArchiveOffice
let desk: Desk
let second: Desk

beforeEach(async () => {
  office = await startArchiveOffice()
  desk = office.sit('kiroku', ['records'])
  second = office.sit('kiroku2', ['records'])
})
afterEach(async () => {
  await office.close()
  expect(office.incidents).toEqual([])
})

const why = '文書取扱規程'
const keep = (fields: Parameters<typeof keepContract>[1], bytes = plainPdf(3_000, 'kept')) =>
  keepContract(office, fields, { title: '契約書', bytes })

const codeOf = (answer: { ok: boolean; error?: { code: string } }) => (answer.ok ? 'ok' : answer.error?.code)

async function confirmed(caseIds: readonly CaseId[]) {
  const { taskId } = must(await second.client.archive.confirmDisposal({ caseIds: [...caseIds] }))
  await office.ended(taskId)
  return must(await second.client.archive.taskResult({ taskId }))
}

async function wordsOf(bytes: Uint8Array): Promise<string> {
  const read = await extractText(bytes)
  if (!read.ok) throw new Error(read.error.code)
  return read.value.pages.join('').replace(/\s+/g, '')
}

describe('L23: disposal by two people', () => {
  test('nothing goes early, under hold or by one person; then rows, keys and file go and a certificate stays', async () => {
    // L22: done 2026-03-31, 5 years: ends 2031-03-31.
    const { caseId, paths } = await keep({ completedOn: '2026-03-31', retentionYears: 5 })
    const [path = ''] = paths
    const caseIds: CaseId[] = [caseId]
    office.clock.set(new Date('2031-03-31T23:59:59+09:00'))
    expect(must(await desk.client.archive.disposalList({})).rows).toEqual([])
    expect(codeOf(await desk.client.archive.proposeDisposal({ caseIds, why }))).toBe('RETENTION_NOT_ENDED')
    office.clock.set(new Date('2031-04-01T00:00:00+09:00'))
    expect(must(await desk.client.archive.disposalList({})).rows).toHaveLength(1)
    must(await desk.client.archive.setHold({ caseId, hold: true, why: '訴訟' }))
    expect(codeOf(await desk.client.archive.proposeDisposal({ caseIds, why }))).toBe('ON_HOLD')
    must(await desk.client.archive.setHold({ caseId, hold: false, why: '終結' }))
    expect(codeOf(await second.client.archive.confirmDisposal({ caseIds }))).toBe('NOT_PROPOSED')
    must(await desk.client.archive.proposeDisposal({ caseIds, why }))
    expect(codeOf(await desk.client.archive.confirmDisposal({ caseIds }))).toBe('SAME_PERSON')
    expect(existsSync(path)).toBe(true)
    const { ticket } = await confirmed(caseIds)
    expect(existsSync(path)).toBe(false)
    expect(must(await desk.client.archive.search({ text: '橋梁' })).total).toBe(0)
    const history = must(await desk.client.archive.changes({ text: '橋梁補修工事' })).rows
    expect(history.some((row) => row.field === 'state' && row.newValue === 'deleted')).toBe(true)
    const words = await wordsOf(await second.download(ticket))
    for (const word of ['廃棄証明書', 'kirokuさん', 'kiroku2さん', '橋梁補修工事', '文書取扱規程'])
      expect(words).toContain(word)
  })

  test('a proposal is withdrawn by either person; then nobody can confirm it', async () => {
    const { caseId } = await keep({ completedOn: '2020-03-31' })
    const caseIds = [caseId]
    for (const person of [desk, second]) {
      must(await desk.client.archive.proposeDisposal({ caseIds, why }))
      expect(must(await second.client.archive.disposalList({ only: 'proposed' })).rows[0]).toMatchObject({
        id: caseId,
        proposedByName: 'kiroku さん',
        why,
      })
      must(await person.client.archive.withdrawDisposal({ caseIds, why: '問い合わせがあった' }))
      expect(must(await second.client.archive.disposalList({ only: 'proposed' })).total).toBe(0)
      expect(codeOf(await second.client.archive.confirmDisposal({ caseIds }))).toBe('NOT_PROPOSED')
    }
    expect(codeOf(await desk.client.archive.withdrawDisposal({ caseIds, why }))).toBe('NOT_PROPOSED')
    const log = must(await desk.client.audit.list({ action: 'disposal.withdrawn' }))
    expect(log.rows.map(({ actor, data }) => [actor, data.why])).toEqual([
      ['kiroku2 さん', '問い合わせがあった'],
      ['kiroku さん', '問い合わせがあった'],
    ])
  })

  test('the certificate says the basis of every case, and is issued again word for word after a restart', async () => {
    const first = await keep({ title: '一番目', completedOn: '2020-03-31', contractDate: '2019-05-01' })
    const other = await keep({ title: '二番目', completedOn: '2019-12-01', retentionYears: 3 })
    must(await desk.client.archive.proposeDisposal({ caseIds: [first.caseId], why: '規程第10条' }))
    const third = office.sit('kiroku3', ['records'])
    must(await third.client.archive.proposeDisposal({ caseIds: [other.caseId], why: '町長決裁' }))
    const outcome = await confirmed([first.caseId, other.caseId])
    expect(outcome.counts).toEqual({ disposed: 2 })
    const [row] = must(await desk.client.archive.disposals({})).rows
    expect(row).toMatchObject({ fiscalYear: 2026, number: 1, cases: 2, confirmedByName: 'kiroku2 さん' })
    const issue = async (by: Desk) => {
      const issued = must(await by.client.archive.disposalCertificate({ id: row?.id ?? '' }))
      return by.download(issued.ticket)
    }
    const bytes = await issue(desk)
    const words = await wordsOf(bytes)
    const facts = [
      '番号令和8年度廃第1号',
      'kirokuさん、kiroku3さん',
      'kiroku2さん',
      ...[
        '一番目',
        '令和元年5月1日（2019年）',
        '5年',
        '完結令和2年3月31日（2020年）',
        '満了令和7年3月31日（2025年）',
      ],
      ...['規程第10条', '二番目', '3年', '町長決裁'],
      '契約書（第1版）',
      plainPdf(3_000, 'kept').length.toLocaleString('ja-JP'),
    ]
    for (const fact of facts) expect(words).toContain(fact)
    // Classes, the town's name and the clock may change: the record does not.
    const administrator = office.sit('kanri', ['administrator'])
    const { town } = must(await administrator.client.settings.read({}))
    must(await administrator.client.settings.writeTown({ ...town, townName: '大口町' }))
    office.clock.set(new Date('2040-01-01T00:00:00Z'))
    const { folder, clock } = office
    await office.running.close()
    const again = await startArchiveOffice({
      ...office,
      archive: await openArchive({ folder, clock }, CLERK_KEY),
    })
    const auditor = again.sit('kansa', ['auditor'])
    const issued = must(await auditor.client.archive.disposalCertificate({ id: row?.id ?? '' }))
    expect(issued.fileName).toBe('廃棄証明書_令和8年度_廃第1号.pdf')
    expect((await auditor.download(issued.ticket)).equals(bytes)).toBe(true)
    const log = must(await auditor.client.audit.list({ action: 'disposal.certificate-printed' }))
    expect(log.rows.map(({ actor }) => actor)).toEqual(['kansa さん', 'kiroku さん'])
    await again.running.close()
    office = await startArchiveOffice()
  })

  test('what is held at the last moment is kept, said so, and not in the certificate', async () => {
    const caseIds: CaseId[] = []
    for (let index = 0; index < 60; index += 1)
      caseIds.push((await keep({ title: '廃棄する契約', completedOn: '2020-03-31' })).caseId)
    const stays = await keep({ title: '止めた契約', completedOn: '2020-03-31' })
    caseIds.push(stays.caseId)
    must(await desk.client.archive.proposeDisposal({ caseIds, why }))
    const confirming = must(await second.client.archive.confirmDisposal({ caseIds }))
    // The first cases are being disposed of; the hold comes between the first look at the last one and its own turn.
    must(await desk.client.archive.setHold({ caseId: stays.caseId, hold: true, why: '住民監査請求' }))
    await office.ended(confirming.taskId)
    const outcome = must(await second.client.archive.taskResult(confirming))
    expect(outcome.counts).toEqual({ disposed: 60, kept: 1 })
    expect(outcome.rows[0]).toMatchObject({ title: '止めた契約', verdict: 'kept' })
    expect(stays.paths.every((path) => existsSync(path))).toBe(true)
    const words = await wordsOf(await second.download(outcome.ticket))
    expect(words).toContain('廃棄する契約')
    expect(words).not.toContain('止めた契約')
  })

  test('no certificate while a file still lies in the vault', async () => {
    const { caseId } = await keep({ completedOn: '2020-03-31' })
    must(await desk.client.archive.proposeDisposal({ caseIds: [caseId], why }))
    const { vault } = office.archive
    const destroy = vault.destroy
    Object.assign(vault, { destroy: () => Promise.reject(new Error('EIO')) })
    const outcome = await confirmed([caseId])
    Object.assign(vault, { destroy })
    expect(outcome).toMatchObject({ code: 'INTERNAL', ticket: null })
    const [row] = must(await desk.client.archive.disposals({})).rows
    const id = row?.id ?? ''
    expect(codeOf(await desk.client.archive.disposalCertificate({ id }))).toBe('DISPOSAL_UNFINISHED')
    await destroyFiles(office.office)
    expect(codeOf(await desk.client.archive.disposalCertificate({ id }))).toBe('ok')
  })

  test('only those who keep the archive propose; only those who read the log see the records', async () => {
    const { caseId } = await keep({ completedOn: '2020-03-31', department: '土木課' })
    const clerk = office.sit('doboku', ['clerk'], '土木課')
    expect(codeOf(await clerk.client.archive.proposeDisposal({ caseIds: [caseId], why }))).toBe('FORBIDDEN')
    expect(codeOf(await clerk.client.archive.disposals({}))).toBe('FORBIDDEN')
    expect(codeOf(await clerk.client.archive.disposalCertificate({ id: 'x' }))).toBe('FORBIDDEN')
    // An administrator manages, but a case they may not see does not exist for them.
    const administrator = office.sit('kanri', ['administrator'])
    expect(must(await administrator.client.archive.disposalList({}))).toMatchObject({ rows: [], total: 0 })
    expect(codeOf(await administrator.client.archive.proposeDisposal({ caseIds: [caseId], why }))).toBe(
      'NOT_FOUND',
    )
  })
})

test('L22: the vectors decide when a case may go, to the second', async () => {
  const vectors = [
    ['2026-03-31', 5, '2031-03-31'],
    ['2026-04-01', 5, '2032-03-31'],
  ] as const
  for (const [completedOn, retentionYears, endsOn] of vectors) {
    const { caseId } = await keep({ completedOn, retentionYears })
    const end = Date.parse(`${endsOn}T23:59:59.999+09:00`)
    office.clock.set(new Date(end))
    expect(codeOf(await desk.client.archive.proposeDisposal({ caseIds: [caseId], why }))).toBe(
      'RETENTION_NOT_ENDED',
    )
    office.clock.set(new Date(end + 1))
    expect(codeOf(await desk.client.archive.proposeDisposal({ caseIds: [caseId], why }))).toBe('ok')
  }
  // 永年 and 常用 (not completed) never come up.
  await keep({ completedOn: '1990-03-31', retentionYears: 0 })
  await keep({ completedOn: null, retentionYears: 1 })
  office.clock.set(new Date('2099-01-01T00:00:00Z'))
  expect(must(await desk.client.archive.disposalList({})).total).toBe(2)
})
