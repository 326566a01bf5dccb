import { BridgeEvent } from '../../shared/bridge/define.ts'
import { fail } from '../../shared/result.ts'
import type { Transport } from './transport.ts'

/** The bridge over HTTP on the page's own origin. The session cookie is HttpOnly; the header proves that our page asks. */
export function httpTransport(): Transport {
  return { call: callOverHttp, subscribe: sharedEventSource() }
}

async function callOverHttp(channel: string, input: unknown): Promise<unknown> {
  try {
    const answer = await fetch(`/bridge/${channel}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-keiyaku-request': '1' },
      ...(input === undefined ? {} : { body: JSON.stringify(input) }),
    })
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
    if (isJson) return await answer.json()
    return fail('HOST_UNREACHABLE', { reason: 'refused', status: answer.status })
  } catch (error) {
    console.warn('bridge call failed', channel, error)
    return fail('HOST_UNREACHABLE', { reason: 'no-answer' })
  }
}

/** One EventSource for all listeners of the page, open while there is one. */
function sharedEventSource(): Transport['subscribe'] {
  const listeners = new Set<(event: BridgeEvent) => void>()
  let source: EventSource | undefined
  const announce = (event: BridgeEvent) => {
    for (const listener of [...listeners]) listener(event)
  }
  const connect = () => {
    let wasOpen = false
    source = new EventSource('/events')
    source.onmessage = ({ data }) => {
      const event = BridgeEvent.safeParse(JSON.parse(String(data)))
      if (event.success) announce(event.data)
      else console.warn('unknown bridge event')
    }
    source.onopen = () => {
      // Facts may have been missed while the connection was down: let the page ask again.
      if (wasOpen) announce({ topic: 'session-changed' })
      wasOpen = true
    }
    source.onerror = () => {
      if (source?.readyState === EventSource.CLOSED) announce({ topic: 'session-changed' })
    }
  }
  return (listener) => {
    listeners.add(listener)
    if (source === undefined) connect()
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      source?.close()
      source = undefined
    }
  }
}
