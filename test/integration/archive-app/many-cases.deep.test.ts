/** Volumes: what is done with very many cases at once holds neither the memory nor the main thread. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { extractText } from '../../../electron/core/pages/extract-text.ts'
import { SearchQuery } from '../../../shared/bridge/archive.ts'
import { type ArchiveOffice, type Desk, startArchiveOffice } from '../../support/archive-office.ts'
import { watchEventLoop } from '../../support/event-loop-monitor.ts'
import { keepMany } from '../../support/kept-contract.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

let office: ArchiveOffice
let desk: Desk

beforeEach(async () => {
  office = await startArchiveOffice()
  desk = office.sit('kiroku', ['records'])
})
afterEach(async () => {
  await office.close()
  expect(office.incidents).toEqual([])
})

test('L14: 500 cases stream: neither memory nor the event loop is held by the files', async () => {
  await keepMany(office, 500, { contractDate: '2025-09-01' }, plainPdf(400_000))
  global.gc?.()
  const before = process.memoryUsage()
  let peak = 0
  const watch = setInterval(() => {
    const { heapUsed, external } = process.memoryUsage()
    peak = Math.max(peak, heapUsed + external)
  }, 20)
  const loop = watchEventLoop()
  const { taskId } = must(await desk.client.archive.export({ query: SearchQuery.parse({}) }))
  await office.ended(taskId)
  const result = must(await desk.client.archive.taskResult({ taskId }))
  const { longestComputedMs } = loop.stop()
  clearInterval(watch)
  expect(result.total).toBe(500)
  expect(result.code).toBeNull()
  expect((await desk.download(result.ticket)).length).toBeGreaterThan(1_000_000)
  // 200 MB of files went through; held whole they would all be in `peak`.
  expect((peak - before.heapUsed - before.external) / 1e6).toBeLessThan(150)
  expect(longestComputedMs).toBeLessThan(50)
  // Pages of the outcome.
  const page = must(await desk.client.archive.taskResult({ taskId, offset: 450, limit: 200 }))
  expect(page.rows).toHaveLength(50)
})

test('L23: a thousand cases are proposed and disposed of while the program goes on answering', async () => {
  const second = office.sit('kiroku2', ['records'])
  const caseIds = await keepMany(office, 1_000, { completedOn: '2020-03-31' }, plainPdf(1_000))
  expect(must(await desk.client.archive.disposalList({ offset: 150, limit: 100 }))).toMatchObject({
    total: 1_000,
  })
  const loop = watchEventLoop()
  must(await desk.client.archive.proposeDisposal({ caseIds, why: '文書取扱規程' }))
  const { taskId } = must(await second.client.archive.confirmDisposal({ caseIds: [...caseIds] }))
  await office.ended(taskId)
  const outcome = must(await second.client.archive.taskResult({ taskId }))
  const { longestComputedMs } = loop.stop()
  expect(outcome.counts).toEqual({ disposed: 1_000 })
  expect(longestComputedMs).toBeLessThan(50)
  expect(office.archive.vault.list()).toEqual([])
  const paper = await extractText(await second.download(outcome.ticket))
  const words = paper.ok ? paper.value.pages.join('').replace(/\s+/g, '') : ''
  for (const title of ['契約0', '契約999']) expect(words).toContain(title)
})
