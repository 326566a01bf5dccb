/** A whole office in this process over a temporary archive: real bridge, use cases, jobs and chores; a clock the test moves. */
import { join, resolve } from 'node:path'
import { createConnections } from '../../electron/app/connections.ts'
import type { Actor } from '../../electron/app/context.ts'
import { createDispatch } from '../../electron/app/dispatch.ts'
import { createHandlers } from '../../electron/app/handlers.ts'
import type { Connection } from '../../electron/app/host-port.ts'
import type { Office } from '../../electron/app/office.ts'
import { openOffice, type RunningOffice } from '../../electron/app/open-office.ts'
import type { Runtime } from '../../electron/app/runtime.ts'
import { createTickets } from '../../electron/app/tickets.ts'
import { insertUser } from '../../electron/core/archive/tables/users.ts'
import { silentLogger } from '../../electron/core/kit/logger.ts'
import { type Bridge, type BridgeClient, bridge } from '../../shared/bridge/bridge.ts'
import { createClient } from '../../shared/bridge/client.ts'
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import type { Role } from '../../shared/model/user.ts'
import { type TemporaryArchive, temporaryArchive } from './archive/temporary-archive.ts'
import { workThreads } from './work-threads.ts'

export type Desk = {
  readonly client: BridgeClient
  readonly connection: Connection
  readonly actor: Actor
  readonly upload: (fileName: string, bytes: Uint8Array) => Promise<string>
  readonly download: (ticket: string | null) => Promise<Buffer>
}

export type ArchiveOffice = TemporaryArchive & {
  readonly office: Office
  readonly running: RunningOffice
  readonly events: readonly BridgeEvent[]
  /** Bugs that calls ran into; a test that ends with any has failed. */
  readonly incidents: readonly string[]
  /** A person at a desk of their own. */
  readonly sit: (loginName: string, roles: readonly Role[], department?: string) => Desk
  /** Resolves when the long work is over. */
  readonly ended: (taskId: string) => Promise<void>
  readonly close: () => Promise<void>
}

const noPortal: Runtime['launchPortal'] = async () => {
  let end: () => void = () => undefined
  const ended = new Promise<void>((done) => {
    end = done
  })
  return { url: 'http://127.0.0.1:9', stop: async () => end(), ended }
}

export async function startArchiveOffice(given?: TemporaryArchive): Promise<ArchiveOffice> {
  const temporary = given ?? (await temporaryArchive())
  const { archive, clock, folder } = temporary
  const events: BridgeEvent[] = []
  const incidents: string[] = []
  let running: RunningOffice | undefined
  const runtime: Runtime = {
    dataDir: folder,
    clock,
    logger: silentLogger,
    launchPortal: noPortal,
    startProgram: () => {
      throw new Error('No program in this test')
    },
    fetch: () => fetch,
    quickKeys: true,
    work: workThreads(),
    resourcesDir: resolve(import.meta.dirname, '../../resources'),
    appVersion: '0',
    connections: createConnections(clock, () => Number.MAX_SAFE_INTEGER),
    tickets: createTickets(clock),
    office: () => running?.office,
    openOffice: async () => {
      throw new Error('The office is open')
    },
    announce: (event) => events.push(event),
  }
  const opened = await openOffice(runtime, archive)
  running = opened
  const actors = new Map<string, Actor>()
  const call = createDispatch<Bridge, Actor>(
    bridge,
    createHandlers(runtime, () => running),
    {
      actorOf: (connection) => actors.get(connection.id),
      reportIncident: ({ channel, kind, detail }) => incidents.push(`${channel} ${kind} ${detail}`),
    },
  )
  return {
    ...temporary,
    office: opened.office,
    running: opened,
    events,
    incidents,
    sit: (loginName, roles, department = '行政課') => {
      const user = archive.transaction((db) =>
        insertUser(
          db,
          { loginName, displayName: `${loginName} さん`, department, roles: [...roles] },
          temporary.change(),
        ),
      )
      const connection: Connection = { id: loginName, from: '127.0.0.1' }
      const actor: Actor = { ...user, userId: user.id }
      actors.set(connection.id, actor)
      return {
        client: createClient(bridge, (channel, input) => call(channel, input ?? {}, connection)),
        connection,
        actor,
        upload: async (fileName, bytes) => {
          const answer = await opened.office.uploads.receive(connection, fileName, pieces(bytes))
          if (!answer.ok) throw new Error(answer.error.code)
          return answer.value.uploadId
        },
        download: async (ticket) => {
          const file = ticket === null ? undefined : runtime.tickets.open(ticket, connection)
          if (file === undefined) throw new Error('No such ticket')
          const parts: Uint8Array[] = []
          for await (const part of file.read(0, file.sizeBytes)) parts.push(part)
          return Buffer.concat(parts)
        },
      }
    },
    ended: async (taskId) => {
      const isOver = () =>
        events.some(
          (event) => event.topic === 'progress' && event.taskId === taskId && event.state !== 'running',
        )
      while (!isOver()) await new Promise((done) => setTimeout(done, 10))
    },
    close: async () => {
      await opened.close()
      temporary.remove()
    },
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

export function beside(folder: string, name: string): string {
  return join(folder, '..', `${name}-${Math.random().toString(36).slice(2)}`)
}
