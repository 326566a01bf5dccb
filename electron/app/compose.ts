/** Builds every object of the program once. The only place that knows all of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bridge } from '../../shared/bridge/bridge.ts'
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import { fail } from '../../shared/result.ts'
import type { Archive } from '../core/archive/open.ts'
import { type Clock, systemClock } from '../core/kit/clock.ts'
import type { ReceivedMail } from '../core/mail/mail-sink.ts'
import { createConnections } from './connections.ts'
import type { Actor } from './context.ts'
import { createDispatch } from './dispatch.ts'
import { createHandlers } from './handlers.ts'
import type { Application } from './host-port.ts'
import type { HostServices } from './host-services.ts'
import { type OpenedOffice, openOffice, openQuietOffice, type RunningOffice } from './open-office.ts'
import { programPaths } from './program-paths.ts'
import type { Runtime, RuntimeOptions } from './runtime.ts'
import { outboundFetch } from './services/outbound-fetch.ts'
import { readSettings } from './settings/read-settings.ts'
import { createTickets } from './tickets.ts'
import { portalLauncher } from './work/launch-portal.ts'

export type ComposeOptions = Pick<RuntimeOptions, 'dataDir' | 'logger' | 'quickKeys' | 'work'> & {
  readonly services: HostServices
  readonly clock?: Clock
  /**
   * `none`: nothing is done that no call asked for (command line): no mails, no portal, no jobs, no chores, no backup.
   * @default 'all'
   */
  readonly background?: 'all' | 'none'
  /** Every mail the built-in sink takes, raw (demo and tests). */
  readonly onTestMail?: (mail: ReceivedMail) => void
  /** The office once its archive is open: tests run its chores and look at its tables. */
  readonly onOffice?: (running: RunningOffice) => void
}

/** The application a host drives. Nothing runs before the first log-in opens the archive. */
export async function composeApplication(options: ComposeOptions): Promise<Application> {
  const clock = options.clock ?? systemClock
  const listeners = new Set<(event: BridgeEvent) => void>()
  let opened: OpenedOffice | undefined
  let running: RunningOffice | undefined
  let opening: Promise<OpenedOffice> | undefined
  const open = async (archive: Archive): Promise<OpenedOffice> => {
    if (options.background === 'none') return openQuietOffice(runtime, archive)
    running = await openOffice(runtime, archive)
    options.onOffice?.(running)
    return running
  }
  const connections = createConnections(clock, () =>
    opened === undefined
      ? 15 * 60_000
      : readSettings(opened.office.archive.db).town.lockAfterMinutes * 60_000,
  )
  const runtime: Runtime = {
    ...options,
    clock,
    launchPortal: portalLauncher(options.services.startProgram),
    startProgram: options.services.startProgram,
    fetch: outboundFetch,
    resourcesDir: programPaths.resources,
    appVersion: appVersion(),
    connections,
    tickets: createTickets(clock),
    office: () => opened?.office,
    openOffice: async (archive) => {
      opening ??= open(archive)
      try {
        opened = await opening
        return opened.office
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
      if (opened === undefined || connections.actorOf(connection) === undefined)
        return fail('NOT_SIGNED_IN', {})
      // Ten thousand files take longer than the idle time: who sends files is there.
      connections.touch(connection)
      return opened.office.uploads.receive(connection, fileName, body)
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
      await opened?.close()
      opened = undefined
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
