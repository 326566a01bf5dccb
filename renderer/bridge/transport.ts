import type { BridgeEvent } from '../../shared/bridge/define.ts'

/** How calls and events reach the main side. One per host. */
export type Transport = {
  /** Never rejects: an unreachable main side is `HOST_UNREACHABLE`. */
  readonly call: (channel: string, input: unknown) => Promise<unknown>
  readonly subscribe: (listener: (event: BridgeEvent) => void) => () => void
}
