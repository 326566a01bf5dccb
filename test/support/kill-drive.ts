/**
 * One main job after the other over real processes, while the office or its portal is killed at chosen moments. The driver
 * does what people would: it looks where the case stands, does the next thing, and starts the program again when it is gone.
 */
import { readFile } from 'node:fs/promises'
import {
  changeKeyslot,
  listKeyslots,
  loginLabel,
  openKeyslots,
} from '../../electron/core/archive/keyslots.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { type ReceivedMail, startMailSink } from '../../electron/core/mail/mail-sink.ts'
import type { BridgeClient } from '../../shared/bridge/bridge.ts'
import type { CaseId } from '../../shared/model/brand.ts'
import { SignerFields } from '../../shared/model/signer.ts'
import { openLink, PortalSaysNo } from './contractor-robot.ts'
import { PASSWORD } from './office.ts'
import { must, type OfficeProcess, startOfficeProcess } from './office-process.ts'
import { plainPdf } from './plain-pdf.ts'
import { type CaseView, caseFields, contractor, town } from './test-case.ts'

/** `at`: part of the job's usual time, 0 to 1. */
export type Kill = { readonly what: 'office' | 'portal'; readonly at: number }

export type JobOutcome = {
  readonly view: CaseView
  /** Names of the signers inside each file to be signed. */
  readonly signerNames: readonly (readonly string[])[]
  readonly verdicts: readonly string[]
  readonly mails: readonly ReceivedMail[]
  readonly durationMs: number
  readonly kills: number
}

export type KillPlan = { readonly kills: readonly Kill[]; readonly usualMs: number }

export type KillDrive = {
  readonly runJob: (name: string, plan?: KillPlan) => Promise<JobOutcome>
  readonly close: () => Promise<void>
}

/** What the office had told somebody: this case exists, and has come so far. */
export type ToldCase = { readonly caseId: string; readonly state: string }

export type KillDriveOptions = {
  /** Looks at the archive while no process has it, after each kill of the office. */
  readonly afterKill?: (dataDir: string, told: readonly ToldCase[]) => Promise<void>
}

type Who = 'tanaka' | 'suzuki'
const JOB_TIMEOUT_MS = 120_000

export async function openKillDrive(dataDir: string, options: KillDriveOptions = {}): Promise<KillDrive> {
  const received: ReceivedMail[] = []
  const sink = await startMailSink({ port: 0, onMail: (mail) => void received.push(mail) })
  let office = await startOfficeProcess(dataDir)
  await setUp(office.client, sink.port)
  await office.stop()
  await makeLogInsQuick(dataDir)
  office = await startOfficeProcess(dataDir)
  let loggedIn: Who | undefined
  const told = new Map<string, string>()
  const as = async (who: Who): Promise<BridgeClient> => {
    if (loggedIn !== who) {
      must(await office.client.session.logIn({ loginName: who, password: PASSWORD }))
      loggedIn = who
    }
    return office.client
  }
  const restart = async () => {
    await office.kill()
    await options.afterKill?.(
      dataDir,
      [...told].map(([caseId, state]) => ({ caseId, state })),
    )
    office = await startOfficeProcess(dataDir)
    loggedIn = undefined
  }
  return {
    runJob: async (name, plan = { kills: [], usualMs: 0 }) => {
      const began = Date.now()
      let kills = 0
      const timers = plan.kills.map((kill) =>
        setTimeout(() => {
          kills += 1
          void (kill.what === 'office' ? office.kill() : killPortalOf(office))
        }, kill.at * plan.usualMs),
      )
      const upload = (bytes: Uint8Array) => office.upload('契約書.pdf', bytes)
      const job: Job = { name, as, upload, received, told }
      try {
        for (;;) {
          if (Date.now() - began > JOB_TIMEOUT_MS)
            throw new Error(`${name} did not end: ${await whereIs(job)}`)
          try {
            // The kills belong to this job: it does not end before they have happened.
            if ((await step(job)) === 'done' && kills === plan.kills.length) break
          } catch (error) {
            if (!isGone(error)) throw error
            await restart()
          }
          await new Promise((resolve) => setTimeout(resolve, 40))
        }
        return { ...(await outcomeOf(job)), durationMs: Date.now() - began, kills }
      } finally {
        for (const timer of timers) clearTimeout(timer)
      }
    },
    close: async () => {
      await office.stop()
      await sink.close()
    },
  }
}

async function setUp(client: BridgeClient, mailPort: number): Promise<void> {
  must(
    await client.session.setUp({
      townName: '扶桑町',
      loginName: 'tanaka',
      displayName: '田中 一子',
      department: '行政課',
      password: PASSWORD,
    }),
  )
  must(
    await client.users.create({
      loginName: 'suzuki',
      displayName: '鈴木 部長',
      department: '行政課',
      roles: ['approver'],
      password: PASSWORD,
    }),
  )
  const server = { mode: 'server', host: '127.0.0.1', port: mailPort, security: 'none' } as const
  must(await client.settings.writeSmtp({ ...server, fromAddress: 'keiyaku@example.jp' }))
}

/** The passwords stay; only finding out whether one is right costs less, as every restart asks for it. */
export async function makeLogInsQuick(dataDir: string): Promise<void> {
  for (const who of ['tanaka', 'suzuki'] as const) {
    const key = { label: loginLabel(who), secret: { kind: 'password', password: PASSWORD } } as const
    if (!(await listKeyslots(dataDir)).some(({ label }) => label === key.label)) continue
    const master = await openKeyslots(dataDir, key, systemClock)
    const quick = { ...key, secret: { ...key.secret, scryptCost: 2 ** 10 } }
    await changeKeyslot(dataDir, master, quick, systemClock)
    master.wipe()
  }
}

type Job = {
  readonly name: string
  readonly as: (who: Who) => Promise<BridgeClient>
  readonly upload: (bytes: Uint8Array) => Promise<string>
  readonly received: readonly ReceivedMail[]
  /** Newest state of each case as it was answered. */
  readonly told: Map<string, string>
}

const addressOf = (job: Job) => `${job.name}@example.jp`

/** fetch says so when nobody listens or the connection broke. */
function isGone(error: unknown): boolean {
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message)
}

async function findCase(job: Job): Promise<CaseView | undefined> {
  const client = await job.as('tanaka')
  const found = must(await client.cases.list({ text: job.name })).rows[0]
  if (found === undefined) return undefined
  const view = must(await client.cases.read({ caseId: found.id }))
  job.told.set(view.detail.id, view.detail.state)
  return view
}

async function whereIs(job: Job): Promise<string> {
  const view = await findCase(job)
  return JSON.stringify([
    view?.detail.state,
    view?.detail.waitingFor,
    view?.signers.map(({ state, problem }) => [state, problem]),
  ])
}

/** The next thing a person would do. */
async function step(job: Job): Promise<'done' | 'going'> {
  const view = await findCase(job)
  const client = await job.as('tanaka')
  if (view === undefined) {
    must(await client.cases.create({ fields: caseFields({ title: `工事 ${job.name}` }) }))
    return 'going'
  }
  const caseId = view.detail.id
  switch (view.detail.state) {
    case 'draft':
      await prepare(job, client, view)
      return 'going'
    case 'approval':
      must(await (await job.as('suzuki')).approval.decide({ caseId, decision: 'approve' }))
      return 'going'
    case 'approved':
      await client.sending.send({ caseId }) // PORTAL_UNREACHABLE while the portal restarts: pressed again
      return 'going'
    case 'signing':
      if (view.detail.waitingFor === 'town-signature') await sealFor(job, caseId)
      if (view.detail.waitingFor === 'counterparty') await answer(job)
      return 'going'
    default:
      return isComplete(job, view) ? 'done' : 'going'
  }
}

async function prepare(job: Job, client: BridgeClient, view: CaseView): Promise<void> {
  const caseId = view.detail.id
  if (view.documents.length === 0) {
    const uploadId = await job.upload(plainPdf(3000))
    must(await client.documents.import({ caseId, uploadId, title: '契約書', role: 'sign' }))
  } else if (view.signers.length === 0) {
    const signers = [contractor({ mailAddress: addressOf(job) }), town()]
    must(
      await client.documents.saveSigners({
        caseId,
        signers: signers.map((signer) => SignerFields.parse(signer)),
      }),
    )
  } else {
    // Asked twice when the answer to the first got lost: then the case is there already.
    const asked = await client.approval.request({ caseId })
    if (!asked.ok && asked.error.code !== 'STATE_FORBIDS') must(asked)
  }
}

async function answer(job: Job): Promise<void> {
  const link = job.received
    .filter((mail) => mail.envelopeTo.includes(addressOf(job)))
    .flatMap(({ links }) => links)
    .findLast((url) => url.includes('/s/'))
  if (link === undefined) return
  try {
    const robot = await openLink(link)
    await robot.read()
    await robot.consent()
  } catch (error) {
    // A dead portal comes back by itself; an answered link waits for the office to fetch the answer.
    if (!(error instanceof PortalSaysNo) && !isGone(error)) throw error
  }
}

async function sealFor(job: Job, caseId: CaseId): Promise<void> {
  const client = await job.as('suzuki')
  const started = await client.seal.sign({ caseIds: [caseId] })
  if (!started.ok) return
  for (;;) {
    const outcome = await client.seal.outcome(started.value)
    if (!outcome.ok || outcome.value.done) return
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}

function isComplete(job: Job, view: CaseView): boolean {
  return view.detail.waitingFor === 'nothing' && mailsOf(job).some(({ subject }) => subject.includes('完了'))
}

function mailsOf(job: Job): readonly ReceivedMail[] {
  return job.received.filter((mail) => mail.envelopeTo.includes(addressOf(job)))
}

async function outcomeOf(job: Job) {
  const view = await findCase(job)
  if (view === undefined) throw new Error('The case is gone')
  const client = await job.as('tanaka')
  const signerNames: string[][] = []
  const verdicts: string[] = []
  for (const document of view.documents.filter(({ role }) => role === 'sign')) {
    const { report } = must(await client.verification.document({ documentId: document.id }))
    verdicts.push(report.verdict)
    const signatures = report.signatures.filter(({ kind }) => kind === 'signature')
    signerNames.push(signatures.map(({ claims }) => claims.name ?? ''))
  }
  return { view, signerNames, verdicts, mails: mailsOf(job) }
}

/** The portal is the office's only child process. */
async function killPortalOf(office: OfficeProcess): Promise<void> {
  const { processId } = office
  try {
    const children = await readFile(`/proc/${processId}/task/${processId}/children`, 'utf8')
    for (const child of children.split(' ').filter((text) => text.trim() !== ''))
      process.kill(Number(child), 'SIGKILL')
  } catch (error) {
    // The office has ended meanwhile, and its portal with it.
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error
  }
}
