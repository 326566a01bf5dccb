/** An opened archive becomes an office: ports, background work, and a way to close all of it again. */
import { join } from 'node:path'
import type { Archive } from '../core/archive/open.ts'
import { releaseDeadLeases } from '../core/archive/tables/jobs.ts'
import { startOutboxLoop } from '../core/mail/outbox-loop.ts'
import { destroyFiles } from './archive/dispose.ts'
import { describeError } from './dispatch.ts'
import { completeHandler } from './jobs/complete-case.ts'
import { concludeHandler } from './jobs/conclude-case.ts'
import { type Chores, startChores } from './jobs/daily-chores.ts'
import { extractTextHandler } from './jobs/extract-text.ts'
import { closeLinkHandler, unlockLinkHandler } from './jobs/portal-chores.ts'
import { type PortalPoll, startPortalPoll } from './jobs/portal-poll.ts'
import { preserveHandler } from './jobs/preserve-case.ts'
import { requestSignerHandler } from './jobs/request-signer.ts'
import { startJobRunner } from './jobs/runner.ts'
import { sealConsentHandler } from './jobs/seal-consent.ts'
import { outboxStoreOf } from './mails/outbox-adapter.ts'
import type { Office } from './office.ts'
import { changeBySystem, record } from './record.ts'
import type { Runtime } from './runtime.ts'
import { createCaseLocks } from './seal/case-locks.ts'
import { readAccreditedTsa } from './services/accredited-tsa.ts'
import { createServices } from './services/services.ts'
import { startTestOperation, type TestParts } from './services/test-operation.ts'
import { removeStraySlots } from './session/users.ts'
import { type BackupTimer, startBackupTimer } from './settings/backup-timer.ts'
import { readSettings } from './settings/read-settings.ts'
import { createTasks } from './tasks.ts'
import { openTemporaryFiles } from './temporary-files.ts'
import { createUploads } from './uploads.ts'
import { openWorkPool } from './work/work-pool.ts'

export type OpenedOffice = {
  readonly office: Office
  readonly close: () => Promise<void>
}

/** An office whose background work runs. */
export type RunningOffice = OpenedOffice & {
  readonly poll: PortalPoll
  readonly chores: Chores
  readonly backups: BackupTimer
}

const HANDLERS = [
  requestSignerHandler,
  closeLinkHandler,
  unlockLinkHandler,
  sealConsentHandler,
  concludeHandler,
  completeHandler,
  preserveHandler,
  extractTextHandler,
]
const OUTBOX_POLL_MS = 15_000

export async function openOffice(runtime: Runtime, archive: Archive): Promise<RunningOffice> {
  const { clock, logger } = runtime
  let wakeJobs: () => void = () => undefined
  let wakeMails: () => void = () => undefined
  const opened = await assemble(runtime, archive, {
    parts: 'all',
    wake: () => {
      wakeJobs()
      wakeMails()
    },
  })
  const { office } = opened
  const removed = await removeStraySlots(office)
  if (removed > 0)
    archive.transaction((db) =>
      record(db, changeBySystem(clock.now()), 'user.keys-removed', { data: { count: removed } }),
    )
  const jobs = startJobRunner(office, HANDLERS)
  const outbox = startOutboxLoop(
    {
      store: outboxStoreOf(office),
      // Looked up at every mail, so that changed settings hold at once.
      transport: {
        send: (mail) => office.services.mailTransport().send(mail),
        check: () => office.services.mailTransport().check(),
        close: () => undefined,
      },
      clock,
      logger,
    },
    { pollMs: OUTBOX_POLL_MS, onError: (error) => logger.error('outbox.failed', describeError(error)) },
  )
  wakeJobs = jobs.wake
  wakeMails = outbox.wake
  const poll = startPortalPoll(office)
  const chores = startChores(office)
  const backups = startBackupTimer(office)
  return {
    office,
    poll,
    chores,
    backups,
    close: async () => {
      await office.tasks.cancelAll()
      await Promise.all([poll.stop(), chores.stop(), backups.stop(), jobs.stop(), outbox.stop()])
      await opened.close()
    },
  }
}

/**
 * The same office for one command: nothing runs by itself, so that a search neither sends waiting mails nor starts the
 * portal. What a command queues is done when the office opens the next time.
 */
export function openQuietOffice(runtime: Runtime, archive: Archive): Promise<OpenedOffice> {
  return assemble(runtime, archive, { parts: 'timestamps', wake: () => undefined })
}

async function assemble(
  runtime: Runtime,
  archive: Archive,
  { parts, wake }: { readonly parts: TestParts; readonly wake: () => void },
): Promise<OpenedOffice> {
  const { clock, logger } = runtime
  if (archive.hasLostCommits)
    archive.transaction((db) => record(db, changeBySystem(clock.now()), 'archive.commits-lost'))
  const { town } = readSettings(archive.db)
  const testOperation = await startTestOperation({
    archive,
    clock,
    logger,
    parts,
    quickKeys: runtime.quickKeys,
    townName: town.townName,
    launchPortal: runtime.launchPortal,
    onMail: runtime.onTestMail,
  })
  const services = createServices({
    db: archive.db,
    clock,
    logger,
    testOperation,
    fetch: runtime.fetch,
    startProgram: runtime.startProgram,
    isAccreditedTsa: readAccreditedTsa(runtime.resourcesDir),
  })
  const work = runtime.work ?? openWorkPool(logger)
  const tasks = createTasks(
    runtime.announce,
    logger,
    (connection) => runtime.connections.actorOf(connection)?.userId ?? connection.id,
  )
  const temporary = await openTemporaryFiles(join(archive.folder, 'temporary'))
  const uploads = createUploads(archive.vault, clock)
  const office: Office = {
    archive,
    clock,
    logger,
    quickKeys: runtime.quickKeys,
    services,
    connections: runtime.connections,
    tickets: runtime.tickets,
    uploads,
    temporary,
    tasks,
    outcomes: new Map(),
    work,
    caseLocks: createCaseLocks(),
    announce: runtime.announce,
    wake,
  }
  // Only this process has the archive: whatever an earlier one held is free again.
  archive.transaction((db) => releaseDeadLeases(db, ''))
  await destroyFiles(office)
  return {
    office,
    close: async () => {
      await tasks.cancelAll()
      await services.close()
      if (runtime.work === undefined) await work.close()
      try {
        await temporary.clear()
        await uploads.discardAll()
      } finally {
        archive.close()
      }
    },
  }
}
