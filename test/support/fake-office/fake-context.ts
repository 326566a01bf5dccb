import type { CallContext } from '../../../electron/app/dispatch.ts'
import type { Application } from '../../../electron/app/host-port.ts'
import type { BridgeEvent } from '../../../shared/bridge/define.ts'
import type { User } from '../../../shared/model/user.ts'
import type { FakeState } from './fake-state.ts'

export type FakeContext = CallContext<User>
export type FakeOffice = {
  readonly state: FakeState
  readonly actors: Map<string, User>
  lockAfterMs: number
  readonly announce: (event: BridgeEvent) => void
  readonly ticketFor: (bytes: Uint8Array, fileName: string) => string
  readonly anyPdf: () => Promise<Uint8Array>
  readonly application: Application
  /** Incidents: calls whose fake answer does not fit the table. Tests demand that there are none. */
  readonly incidents: string[]
}
