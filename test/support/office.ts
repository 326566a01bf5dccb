/**
 * A whole office in this process: the real application over a temporary archive, the portal in process, mails over real
 * SMTP into memory, the built-in TSA over HTTP. Time runs and can be moved on.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeApplication } from '../../electron/app/compose.ts'
import type { Application, Connection } from '../../electron/app/host-port.ts'
import type { StartProgram } from '../../electron/app/host-services.ts'
import type { RunningOffice } from '../../electron/app/open-office.ts'
import { programPaths } from '../../electron/app/program-paths.ts'
import { nodePrograms } from '../../electron/app/work/node-program.ts'
import type { Clock } from '../../electron/core/kit/clock.ts'
import { newId } from '../../electron/core/kit/ids.ts'
import type { Logger } from '../../electron/core/kit/logger.ts'
import { type ReceivedMail, startMailSink } from '../../electron/core/mail/mail-sink.ts'
import { type PortalServer, startPortalServer } from '../../electron/core/portal/server.ts'
import { type BridgeClient, bridge } from '../../shared/bridge/bridge.ts'
import { createClient } from '../../shared/bridge/client.ts'
import type { EpochMs } from '../../shared/model/brand.ts'
import type { Role } from '../../shared/model/user.ts'
import type { Result } from '../../shared/result.ts'
import { must } from './office-process.ts'
import { workThreads } from './work-threads.ts'

export const PASSWORD = 'long-enough-password'

/** Somebody at a window of their own. */
export type Person = {
  readonly loginName: string
  readonly client: BridgeClient
  readonly connection: Connection
  readonly logIn: () => Promise<void>
  readonly upload: (fileName: string, bytes: Uint8Array) => Promise<string>
  readonly tryUpload: (
    fileName: string,
    body: AsyncIterable<Uint8Array>,
  ) => ReturnType<Application['receiveUpload']>
  readonly download: (ticket: string) => Promise<Buffer>
}

export type TestOffice = {
  readonly dataDir: string
  readonly clock: MovableClock
  readonly app: () => Application
  /** Ports, tables and background work of the open archive. */
  readonly running: () => RunningOffice
  /** 管理者, 契約担当 and 記録担当 in one: who set the office up. */
  readonly clerk: Person
  readonly approver: Person
  readonly logLines: readonly string[]
  readonly portal: PortalInProcess
  readonly post: TestPost
  /** A further account with these roles, logged in. */
  readonly addPerson: (loginName: string, roles: readonly Role[], department?: string) => Promise<Person>
  /** Moves the clock on with everybody staying logged in, and runs the daily chores. */
  readonly passTime: (ms: number) => Promise<void>
  /** Ends the program and starts it again on the same folder. */
  readonly restart: () => Promise<void>
  readonly close: () => Promise<void>
}

export type MovableClock = Clock & { readonly advance: (ms: number) => void }
export type PortalInProcess = {
  /** Takes the portal off the net; `start` brings it back on the same port and folder. */
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
}
export type TestPost = {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** Mails to a person, oldest first. */
  readonly to: (mailAddress: string) => readonly ReceivedMail[]
  /** The link of the n-th mail with a link to a person; waits for it. */
  readonly linkFor: (mailAddress: string, index?: number) => Promise<string>
}

export type OfficeOptions = {
  /** Where mails go. @default 'server': the office is set to an SMTP server of the test. */
  readonly mail?: 'server' | 'built-in'
  /** The disk its data lies on. @default that of temporary files */
  readonly disk?: string
}

export async function openTestOffice(options: OfficeOptions = {}): Promise<TestOffice> {
  const dataDir = await mkdtemp(join(options.disk ?? tmpdir(), 'keiyaku-office-'))
  const clock = movableClock()
  const logLines: string[] = []
  const portal = portalInProcess(clock)
  const post = await openPost()
  let running: RunningOffice | undefined
  const compose = () =>
    composeApplication({
      dataDir: join(dataDir, 'archive'),
      logger: lineLogger(logLines),
      clock,
      quickKeys: true,
      work: workThreads(),
      services: { keychain: undefined, startProgram: portal.startProgram },
      onTestMail: (mail) => post.received.push(mail),
      onOffice: (office) => {
        running = office
      },
    })
  let app = await compose()
  const people: Person[] = []
  const person = (loginName: string): Person => {
    const made = personAt(() => app, loginName)
    people.push(made)
    return made
  }
  const clerk = person('tanaka')
  must(
    await clerk.client.session.setUp({
      townName: '扶桑町',
      loginName: clerk.loginName,
      displayName: '田中 一子',
      department: '行政課',
      password: PASSWORD,
    }),
  )
  const addPerson: TestOffice['addPerson'] = async (loginName, roles, department = '行政課') => {
    const input = { loginName, displayName: `職員 ${loginName}`, department, roles: [...roles] }
    must(await clerk.client.users.create({ ...input, password: PASSWORD }))
    const made = person(loginName)
    await made.logIn()
    return made
  }
  const approver = await addPerson('suzuki', ['approver'])
  if (options.mail !== 'built-in') await setMailServer(clerk, post.port)
  // Who sends before the portal is up is told so: no test means that by chance.
  const portalUp = () =>
    until(
      () => portal.isUp() || undefined,
      () => 'the portal does not start',
    )
  await portalUp()
  const logInEverybody = async () => {
    for (const one of people) await one.logIn()
  }
  return {
    dataDir,
    clock,
    app: () => app,
    running: () => {
      if (running === undefined) throw new Error('The archive is not open')
      return running
    },
    clerk,
    approver,
    logLines,
    portal,
    post,
    addPerson,
    passTime: async (ms) => {
      clock.advance(ms)
      for (const { connection } of people) running?.office.connections.touch(connection)
      await running?.chores.runNow()
      running?.office.wake()
    },
    restart: async () => {
      await app.close()
      app = await compose()
      await logInEverybody()
      await portalUp()
    },
    close: async () => {
      await app.close()
      await portal.stop()
      await post.close()
      // The portal may just be ending a last write into its folder.
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

export async function setMailServer(clerk: Person, port: number): Promise<void> {
  must(
    await clerk.client.settings.writeSmtp({
      mode: 'server',
      host: '127.0.0.1',
      port,
      security: 'none',
      user: '',
      fromAddress: 'keiyaku@town.fuso.example.jp',
      fromName: '扶桑町 電子契約',
    }),
  )
}

/** Looks until something is there; `describe` says what was seen instead. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  describe: () => unknown,
  waitMs = 40_000,
): Promise<T> {
  const end = Date.now() + waitMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`Did not come: ${JSON.stringify(await describe())}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

/** Nothing is under way or due any more: what changes from now on is the test's own doing. */
export function untilIdle(office: Pick<TestOffice, 'running'>): Promise<true> {
  const { archive, clock } = office.running().office
  const busy = () =>
    archive.db.firstSql<{ n: number }>(
      `SELECT (SELECT count(*) FROM jobs WHERE state = 'running' OR (state = 'queued' AND next_attempt_at <= ?))
            + (SELECT count(*) FROM mails WHERE state = 'sending' OR (state = 'queued' AND next_attempt_at <= ?)) AS n`,
      clock.now(),
      clock.now(),
    )?.n
  return until(() => (busy() === 0 ? true : undefined), busy)
}

function personAt(app: () => Application, loginName: string): Person {
  const connection: Connection = { id: newId(), from: '127.0.0.1' }
  const client = createClient(bridge, (channel, input) => app().call(channel, input, connection))
  const tryUpload: Person['tryUpload'] = (fileName, body) => app().receiveUpload(fileName, body, connection)
  return {
    loginName,
    client,
    connection,
    logIn: async () => {
      must(await client.session.logIn({ loginName, password: PASSWORD }))
    },
    tryUpload,
    upload: async (fileName, bytes) => {
      const answer: Result<{ uploadId: string }, unknown> = await tryUpload(fileName, onePiece(bytes))
      return must(answer).uploadId
    },
    download: async (ticket) => {
      const file = await app().openFile(ticket, connection)
      if (file === undefined) throw new Error('No such ticket')
      const parts: Uint8Array[] = []
      for await (const part of file.read(0, file.sizeBytes)) parts.push(part)
      return Buffer.concat(parts)
    },
  }
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function movableClock(): MovableClock {
  let aheadMs = 0
  return {
    now: () => (Date.now() + aheadMs) as EpochMs,
    advance: (ms) => {
      aheadMs += ms
    },
  }
}

/** Everything the technical log would say, to be searched for what it must not say. */
function lineLogger(lines: string[]): Logger {
  return {
    info: (event, fields) => lines.push(`info ${event} ${JSON.stringify(fields ?? {})}`),
    warn: (event, fields) => lines.push(`warn ${event} ${JSON.stringify(fields ?? {})}`),
    error: (event, error, fields) =>
      lines.push(`error ${event} ${String(error)} ${JSON.stringify(fields ?? {})}`),
  }
}

type Post = TestPost & { readonly received: ReceivedMail[]; readonly close: () => Promise<void> }

async function openPost(): Promise<Post> {
  const received: ReceivedMail[] = []
  const sink = await startMailSink({ port: 0, onMail: (mail) => void received.push(mail) })
  const to = (mailAddress: string) => received.filter((mail) => mail.envelopeTo.includes(mailAddress))
  return {
    port: sink.port,
    received,
    to,
    linkFor: (mailAddress, index = 0) =>
      until(
        () => to(mailAddress).filter((mail) => mail.links.length > 0)[index]?.links[0],
        () => ({ mailAddress, index, received: received.map((mail) => [mail.envelopeTo, mail.subject]) }),
      ),
    close: () => sink.close(),
  }
}

/** Answers `desk portal …` by a portal in this process; every other program is refused. */
function portalInProcess(
  clock: Clock,
): PortalInProcess & { readonly isUp: () => boolean; readonly startProgram: StartProgram } {
  let isSaid = false
  let server: PortalServer | undefined
  let startServer: (() => Promise<PortalServer>) | undefined
  const stop = async () => {
    const current = server
    server = undefined
    await current?.close()
  }
  const start = async () => {
    if (startServer !== undefined && server === undefined) server = await startServer()
  }
  const startProgram: StartProgram = (args) => {
    const value = (name: string) => args[args.indexOf(`--${name}`) + 1] ?? ''
    // A token is held by a process of its own here too: its driver must not share the test's memory.
    if (args[0] === 'pkcs11') return nodePrograms(programPaths.commandLine)(args)
    if (args[0] !== 'portal') throw new Error(`Not in tests: ${args[0]}`)
    startServer = () =>
      startPortalServer({
        dataDir: value('data'),
        port: Number(value('port')),
        officeToken: { sha256: value('office-token-sha256') },
        clock,
      })
    let end: (code: number) => void = () => undefined
    const exited = new Promise<number>((resolve) => {
      end = resolve
    })
    return {
      processId: undefined,
      onLine: (listener) => {
        start().then(
          () => {
            listener(JSON.stringify({ url: `http://127.0.0.1:${value('port')}` }))
            isSaid = true
          },
          () => end(1),
        )
      },
      send: () => undefined,
      exited,
      stop: async () => {
        isSaid = false
        await stop()
        end(0)
      },
    }
  }
  return { stop, start, isUp: () => isSaid, startProgram }
}
