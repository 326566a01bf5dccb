/** Builds every object of the program once. The only place that knows all of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bridge } from '../../shared/bridge/bridge.ts'
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import { fail } from '../../shared/result.ts'
import { type Clock, systemClock } from '../core/kit/clock.ts'
import type { Logger } from '../core/kit/logger.ts'
import type { ReceivedMail } from '../core/mail/mail-sink.ts'
import { createConnections } from './connections.ts'
import type { Actor } from './context.ts'
import { createDispatch } from './dispatch.ts'
import { createHandlers } from './handlers.ts'
import type { Application } from './host-port.ts'
import type { HostServices } from './host-services.ts'
import { openOffice, type RunningOffice } from './open-office.ts'
import { programPaths } from './program-paths.ts'
import type { Runtime } from './runtime.ts'
import { outboundFetch } from './services/outbound-fetch.ts'
import { readSettings } from './settings/read-settings.ts'
import { createTickets } from './tickets.ts'
import { portalLauncher } from './work/launch-portal.ts'

export type ComposeOptions = {
  readonly dataDir: string
  readonly logger: Logger
  readonly services: HostServices
  readonly clock?: Clock
  /** Every mail the built-in sink takes, raw (demo and tests). */
  readonly onTestMail?: (mail: ReceivedMail) => void
  /** The office once its archive is open: tests run its chores and look at its tables. */
  readonly onOffice?: (running: RunningOffice) => void
}

/** The application a host drives. Nothing runs before the first log-in opens the archive. */
export async function composeApplication(options: ComposeOptions): Promise<Application> {
  const clock = options.clock ?? systemClock
  const listeners = new Set<(event: BridgeEvent) => void>()
  let running: RunningOffice | undefined
  let opening: Promise<RunningOffice> | undefined
  const connections = createConnections(clock, () =>
    running === undefined
      ? 15 * 60_000
      : readSettings(running.office.archive.db).town.lockAfterMinutes * 60_000,
  )
  const runtime: Runtime = {
    dataDir: options.dataDir,
    clock,
    logger: options.logger,
    launchPortal: portalLauncher(options.services.startProgram),
    fetch: outboundFetch,
    resourcesDir: programPaths.resources,
    appVersion: appVersion(),
    onTestMail: options.onTestMail,
    connections,
    tickets: createTickets(clock),
    office: () => running?.office,
    openOffice: async (archive) => {
      opening ??= openOffice(runtime, archive)
      try {
        running = await opening
        options.onOffice?.(running)
        return running.office
      } finally {
        opening = undefined
      }
    },
    announce: (event) => {
      for (const listener of listeners) listener(event)
    },
  }
  const call = createDispatch<typeof bridge, Actor>(
    bridge,
    createHandlers(runtime, () => running),
    {
      actorOf: (connection) => connections.actorOf(connection),
      reportIncident: ({ id, channel, kind, detail }) =>
        options.logger.error('incident', detail, { id, channel, kind }),
    },
  )
  return {
    call,
    openFile: async (ticket, connection) =>
      connections.actorOf(connection) === undefined ? undefined : runtime.tickets.open(ticket, connection),
    receiveUpload: async (fileName, body, connection) => {
      if (running === undefined || connections.actorOf(connection) === undefined)
        return fail('NOT_SIGNED_IN', {})
      return running.office.uploads.receive(connection, fileName, body)
    },
    subscribe: (connection, listener) => {
      const forSignedIn = (event: BridgeEvent) => {
        if (connections.actorOf(connection) !== undefined) listener(event)
      }
      listeners.add(forSignedIn)
      return () => listeners.delete(forSignedIn)
    },
    endConnection: (connection) => {
      connections.logOut(connection)
      runtime.tickets.endConnection(connection)
    },
    close: async () => {
      await running?.close()
      running = undefined
    },
  }
}

function appVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(programPaths.resources, '../package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : ''
}
