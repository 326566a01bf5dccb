/** The opened archive with everything a use case may need. Built once per unlock by `open-office.ts`. */
import type { BridgeEvent } from '../../shared/bridge/define.ts'
import type { CaseId } from '../../shared/model/brand.ts'
import type { Archive } from '../core/archive/open.ts'
import type { Clock } from '../core/kit/clock.ts'
import type { Logger } from '../core/kit/logger.ts'
import type { Outcomes } from './archive/outcome.ts'
import type { Connections } from './connections.ts'
import type { CaseLocks } from './seal/case-locks.ts'
import type { Services } from './services/services.ts'
import type { TaskRegistry } from './tasks.ts'
import type { TemporaryFiles } from './temporary-files.ts'
import type { Tickets } from './tickets.ts'
import type { Uploads } from './uploads.ts'
import type { WorkPool } from './work/work-pool.ts'

export type Office = {
  readonly archive: Archive
  readonly clock: Clock
  readonly logger: Logger
  /** As in `RuntimeOptions`. */
  readonly quickKeys: boolean | undefined
  /** Ports in force now (keys, TSA, SMTP, portal), by the settings. */
  readonly services: Services
  readonly connections: Connections
  readonly tickets: Tickets
  readonly uploads: Uploads
  /** Made for somebody to fetch, and gone with this process. */
  readonly temporary: TemporaryFiles
  readonly tasks: TaskRegistry
  /** What came of exports, bulk verifications, prints, drills; by task. */
  readonly outcomes: Outcomes
  /** Heavy work off the main thread. */
  readonly work: WorkPool
  readonly caseLocks: CaseLocks
  readonly announce: (event: BridgeEvent) => void
  /** Something was queued: look at the jobs and the outbox now. */
  readonly wake: () => void
}

/** Announces after the change is durable, never before. */
export function announceCase(office: Pick<Office, 'announce'>, caseId: CaseId): void {
  office.announce({ topic: 'case-changed', caseId })
}
