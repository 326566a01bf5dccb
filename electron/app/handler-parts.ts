import type { BridgeHandlers } from '../../shared/bridge/bridge.ts'
import type { Context } from './context.ts'
import type { Office } from './office.ts'
import type { RunningOffice } from './open-office.ts'
import type { Runtime } from './runtime.ts'

export type Handlers = BridgeHandlers<Context>
export type Parts = {
  readonly runtime: Runtime
  readonly running: () => RunningOffice | undefined
  readonly inOffice: <Input, Answer>(
    useCase: (office: Office, input: Input, context: Context) => Answer,
  ) => (input: Input, context: Context) => Answer
}
