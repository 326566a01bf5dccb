/** `npm run bench -- start`: from `npm start` on a set-up archive to a page that takes the password, in a real browser. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser } from 'playwright-core'
import { ensureBuilt } from '../../electron/build.ts'
import { loginLabel } from '../../electron/core/archive/keyslots.ts'
import { createArchive } from '../../electron/core/archive/open.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { makeSampleContract } from '../../electron/core/pages/sample-contract.ts'
import { launchBrowser, whyNoBrowser } from '../support/browser.ts'
import { eventLoopEnvironment, longestBlocks } from '../support/event-loop-monitor.ts'
import { must, startOfficeProcess } from '../support/office-process.ts'
import { type Measurement, measured, shown } from './measurement.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const RUNS = 5
const LIMIT_SECONDS = 2

export async function* run(): AsyncIterable<Measurement> {
  const missing = await whyNoBrowser()
  if (missing !== undefined) throw new Error(missing)
  await ensureBuilt(['renderer', 'portal'])
  const data = await mkdtemp(join(tmpdir(), 'bench-start-'))
  const browser = await launchBrowser()
  try {
    await setUpArchive(data)
    const bare = await timesOf(() => nodeAlone())
    const starts = await timesOf(() => startOnce(browser, data))
    const median = middle(starts.map(({ usableSeconds }) => usableSeconds))
    yield shown('Node alone (process start to first line)', middle(bare), 's')
    yield shown('npm start to its address', middle(starts.map(({ addressSeconds }) => addressSeconds)), 's')
    yield measured(
      'start to a page that takes the password',
      median,
      's',
      { atMost: LIMIT_SECONDS },
      `median of ${RUNS}`,
    )
    yield* officeWork(join(data, 'work'))
  } finally {
    await browser.close()
    await rm(data, { recursive: true, force: true })
  }
}

const TOWN = {
  townName: '扶桑町',
  loginName: 'bench',
  displayName: '計測',
  department: '行政課',
  password: 'bench password',
}
/** What may take a moment in an office: set-up, a long contract taken in, its preflight, the search index. */
async function* officeWork(data: string): AsyncIterable<Measurement> {
  const report = `${data}-event-loop`
  const office = await startOfficeProcess(data, { environment: eventLoopEnvironment(report) })
  const sinceEpochMs = Date.now() + 500
  try {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    must(await office.client.session.setUp(TOWN))
    const { caseId } = must(
      await office.client.cases.create({ fields: { ...CASE_FIELDS, counterparties: [] } }),
    )
    const contract = await longContract()
    const started = performance.now()
    const uploadId = await office.upload('contract.pdf', contract)
    must(await office.client.documents.preflight({ uploadId }))
    must(await office.client.documents.import({ caseId, uploadId, title: '契約書', role: 'sign' }))
    yield shown('a contract of 150 pages taken in', (performance.now() - started) / 1000, 's')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    const longest = await longestBlocks(report, sinceEpochMs)
    const note = `of which computing: ${longest.longestComputedMs.toFixed(1)} ms`
    yield measured(
      'longest block of the main thread meanwhile',
      longest.longestMs,
      'ms',
      { atMost: 50 },
      note,
    )
  } finally {
    await office.stop()
  }
}

const CASE_FIELDS = {
  title: '橋梁補修工事',
  method: 'open-bid',
  kind: 'construction',
  amount: 12_000_000,
  contractDate: '2026-04-01',
  department: '土木課',
} as const

function longContract(): Promise<Uint8Array> {
  const articles = Array.from({ length: 30 }, (_, index) => [
    `第${index + 1}条`,
    '受注者は、工事を完成し、引き渡す。'.repeat(8),
  ])
  return makeSampleContract({
    fontPath: createRequire(import.meta.url).resolve(
      '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
    ),
    text: {
      title: '工事請負契約書',
      subject: '橋梁補修工事',
      rows: [['工事名', '橋梁補修工事']],
      intro: '次のとおり契約を結ぶ。',
      articles,
    },
    signatureBlocks: [['発注者', '扶桑町長 印']],
    dateText: '令和8年4月1日',
    objectStreams: true,
    repeat: 20,
  })
}

/** The archive exists: a warm start ends at the log-in, not at the first set-up. */
async function setUpArchive(folder: string): Promise<void> {
  const secret = { kind: 'password', password: 'bench password', scryptCost: 2 ** 10 } as const
  const archive = await createArchive({ folder, clock: systemClock }, { label: loginLabel('bench'), secret })
  archive.close()
}

/** One run first that does not count: the disk's cache is warm as on an office PC's second start of the day. */
async function timesOf<T>(once: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let index = 0; index <= RUNS; index += 1) {
    const result = await once()
    if (index > 0) results.push(result)
  }
  return results
}

async function nodeAlone(): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, ['-e', 'console.log(1)'], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  const seconds = (performance.now() - started) / 1000
  await once(child, 'close')
  return seconds
}

async function startOnce(browser: Browser, data: string) {
  const started = performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'electron/start.ts'), '--no-window', '--data', data], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const url = await addressOf(child)
  const addressSeconds = (performance.now() - started) / 1000
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(url)
    await page.locator('input[type=password]').fill('x')
    return { addressSeconds, usableSeconds: (performance.now() - started) / 1000 }
  } finally {
    await context.close()
    child.kill('SIGTERM')
    await once(child, 'close')
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolveAddress, reject) => {
    if (child.stdout === null) throw new Error('No standard output')
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('http')) resolveAddress(line)
    })
    child.once('close', (code) => reject(new Error(`The program ended at its start with code ${code}`)))
  })
}

function middle(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}
