import { BridgeEvent } from '../../shared/bridge/define.ts'
import { fail } from '../../shared/result.ts'
import type { Transport } from './transport.ts'

/** What electron/preload.ts exposes, and nothing more. */
export type PreloadApi = {
  readonly call: (channel: string, input: unknown) => Promise<unknown>
  readonly onEvent: (listener: (event: unknown) => void) => () => void
}

export function electronTransport(preload: PreloadApi): Transport {
  return {
    call: async (channel, input) => {
      try {
        return await preload.call(channel, input)
      } catch (error) {
        // The main process refused the sender or is gone; Electron's message is of no use to a clerk.
        console.warn('bridge call failed', channel, error)
        return fail('HOST_UNREACHABLE', { reason: 'no-answer' })
      }
    },
    subscribe: (listener) =>
      preload.onEvent((value) => {
        const event = BridgeEvent.safeParse(value)
        if (event.success) listener(event.data)
        else console.warn('unknown bridge event')
      }),
  }
}
