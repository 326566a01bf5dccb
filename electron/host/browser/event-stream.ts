import type { BridgeEvent } from '../../../shared/bridge/define.ts'
import { COMMON_HEADERS, INERT_POLICY } from '../../app/serve/page-policy.ts'

/** Proxies and sleeping laptops drop silent connections; a comment line keeps one alive and finds dead ones. */
const HEARTBEAT_MS = 15_000

/** More unread than this and the page is not reading: it reconnects and re-reads what it shows. */
const UNREAD_MAX = 1_000

/** Server-sent events for one page. `subscribe` is ended when the page goes or stops reading. */
export function eventStream(
  subscribe: (listener: (event: BridgeEvent) => void) => () => void,
  onEnd: () => void,
): Response {
  const encoder = new TextEncoder()
  let end: () => void = () => undefined
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const send = (text: string) => {
          if ((controller.desiredSize ?? 0) <= -UNREAD_MAX) {
            end()
            controller.close()
            return
          }
          controller.enqueue(encoder.encode(text))
        }
        send('retry: 500\n: hello\n\n')
        const unsubscribe = subscribe((event) => send(`data: ${JSON.stringify(event)}\n\n`))
        const heartbeat = setInterval(() => send(': beat\n\n'), HEARTBEAT_MS)
        heartbeat.unref()
        let ended = false
        end = () => {
          if (ended) return
          ended = true
          clearInterval(heartbeat)
          unsubscribe()
          onEnd()
        }
      },
      cancel: () => end(),
    },
    { highWaterMark: 1 },
  )
  return new Response(body, {
    headers: {
      ...COMMON_HEADERS,
      'content-security-policy': INERT_POLICY,
      'content-type': 'text/event-stream; charset=utf-8',
    },
  })
}
