/** The program from start to end: closed archive, then one opened office shared by everybody who logs in. */
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import type { Archive } from '../core/archive/open.ts'
import type { Clock } from '../core/kit/clock.ts'
import type { Logger } from '../core/kit/logger.ts'
import type { ReceivedMail } from '../core/mail/mail-sink.ts'
import type { Connections } from './connections.ts'
import type { StartProgram } from './host-services.ts'
import type { Office } from './office.ts'
import type { OutboundFetch } from './services/outbound-fetch.ts'
import type { PortalLauncher } from './services/portal-process.ts'
import type { Tickets } from './tickets.ts'
import type { WorkPool } from './work/work-pool.ts'

export type RuntimeOptions = {
  /** Where the archive lies. */
  readonly dataDir: string
  readonly clock: Clock
  readonly logger: Logger
  readonly launchPortal: PortalLauncher
  readonly startProgram: StartProgram
  readonly fetch: OutboundFetch
  /** Folder of `resources/`. */
  readonly resourcesDir: string
  readonly appVersion: string
  /** Only for tests: passwords that cost little to try and short keys of the built-in test authority. @default false */
  readonly quickKeys?: boolean | undefined
  /** Threads that outlive the office: whoever opened them closes them. @default the office has its own */
  readonly work?: WorkPool | undefined
  /** Every mail the built-in sink takes, raw (demo and tests). */
  readonly onTestMail?: ((mail: ReceivedMail) => void) | undefined
}

export type Runtime = RuntimeOptions & {
  readonly connections: Connections
  readonly tickets: Tickets
  /** undefined until the first log-in (or set-up) opened the archive. */
  readonly office: () => Office | undefined
  /** Builds the office around an archive that was just opened, and starts its background work. */
  readonly openOffice: (archive: Archive) => Promise<Office>
  readonly announce: (event: BridgeEvent) => void
}
