/** The office of a single command: what no call asked for is not done, and nothing is forgotten over it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { composeApplication } from '../../../electron/app/compose.ts'
import type { Application } from '../../../electron/app/host-port.ts'
import type { StartProgram } from '../../../electron/app/host-services.ts'
import { loginLabel } from '../../../electron/core/archive/keyslots.ts'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { listJobs } from '../../../electron/core/archive/tables/jobs.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { bridge } from '../../../shared/bridge/bridge.ts'
import { createClient } from '../../../shared/bridge/client.ts'
import { PASSWORD, until } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: string
let started: string[][]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quiet-'))
  started = []
})
afterEach(() => rm(folder, { recursive: true }))

/** A portal that never comes up: that it was asked for is what counts. */
const startProgram: StartProgram = (args) => {
  started.push([...args])
  return {
    processId: undefined,
    onLine: () => undefined,
    send: () => undefined,
    exited: Promise.resolve(1),
    stop: async () => undefined,
  }
}

async function open(background: 'all' | 'none') {
  const application = await composeApplication({
    dataDir: folder,
    background,
    logger: silentLogger,
    services: { keychain: undefined, startProgram },
  })
  const connection = { id: 'one', from: '127.0.0.1' }
  const client = createClient(bridge, (channel, input) => application.call(channel, input, connection))
  return { application, connection, client }
}

/** Looks at the tables between two starts. */
async function queuedJobs(): Promise<number> {
  const secret = { kind: 'password' as const, password: PASSWORD }
  const archive = await openArchive({ folder, clock: systemClock }, { label: loginLabel('kanri'), secret })
  try {
    return listJobs(archive.db, { states: ['queued', 'running'] }).length
  } finally {
    archive.close()
  }
}

async function upload({
  application,
  connection,
}: {
  application: Application
  connection: { id: string; from: string }
}) {
  async function* body() {
    yield plainPdf(2_000)
  }
  must(await application.receiveUpload('a.pdf', body(), connection))
}

test('jobs wait, no program is started, and uploads nobody took over are gone when it closes; the next office does the work', async () => {
  const quiet = await open('none')
  must(
    await quiet.client.session.setUp({
      townName: '扶桑町',
      loginName: 'kanri',
      displayName: '管理 太郎',
      department: '行政課',
      password: PASSWORD,
    }),
  )
  must(await quiet.client.settings.loadSamples({}))
  const files = async () =>
    (await readdir(join(folder, 'files'), { recursive: true })).filter((name) => name.endsWith('.kdv')).length
  const kept = await files()
  await upload(quiet)
  expect(await files()).toBe(kept + 1)
  expect(must(await quiet.client.archive.search({})).total).toBeGreaterThan(0)
  await quiet.application.close()
  const waiting = await queuedJobs()
  expect([waiting > 0, started, await files()]).toEqual([true, [], kept])

  const office = await open('all')
  must(await office.client.session.logIn({ loginName: 'kanri', password: PASSWORD }))
  const documentTexts = async () => {
    const { rows } = must(await office.client.cases.list({}))
    const reads = await Promise.all(rows.map(({ id }) => office.client.cases.read({ caseId: id })))
    return reads.every((read) => must(read).documents.every(({ hasText }) => hasText)) || undefined
  }
  await until(documentTexts, () => 'texts')
  await office.application.close()
  expect(started.some(([name]) => name === 'portal')).toBe(true)
  expect(await queuedJobs()).toBe(0)
})
