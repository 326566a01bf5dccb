import { createHash } from 'node:crypto'
import type { ServedFile } from '../host-port.ts'
import { parseByteRange } from './byte-range.ts'
import { COMMON_HEADERS, INERT_POLICY } from './page-policy.ts'

/**
 * Answers a GET or HEAD for one file, whole or in part (206, 416, If-Range; RFC 9110 §14).
 * A ticket names bytes that never change, so a digest of it is a strong validator.
 */
export function serveFile(request: Request, ticket: string, file: ServedFile): Response {
  const etag = `"${createHash('sha256').update(ticket).digest('hex').slice(0, 32)}"`
  const ifRange = request.headers.get('if-range')
  const wanted = ifRange === null || ifRange === etag ? request.headers.get('range') : null
  const range = parseByteRange(wanted, file.sizeBytes)
  const headers: Record<string, string> = {
    ...COMMON_HEADERS,
    'content-security-policy': INERT_POLICY,
    'content-type': file.contentType,
    'content-disposition': dispositionOf(file),
    'accept-ranges': 'bytes',
    etag,
  }
  if (range === 'unsatisfiable') {
    const refused = { ...headers, 'content-range': `bytes */${file.sizeBytes}`, 'content-length': '0' }
    return new Response(null, { status: 416, headers: refused })
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.sizeBytes } : range
  headers['content-length'] = String(end - start)
  if (range !== 'whole') headers['content-range'] = `bytes ${start}-${end - 1}/${file.sizeBytes}`
  const body = request.method === 'HEAD' || start === end ? null : streamOf(file.read(start, end))
  return new Response(body, { status: range === 'whole' ? 200 : 206, headers })
}

/** RFC 6266: the name in UTF-8, and an ASCII one for programs that do not know the first form. */
function dispositionOf(file: ServedFile): string {
  const plain = file.fileName.replace(/[^\w.-]+/g, '_')
  const encoded = encodeURIComponent(file.fileName).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${file.disposition}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/** Reads ahead nothing: a chunk is decrypted when the page has taken the one before. */
function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream(
    {
      pull: async (controller) => {
        const next = await iterator.next()
        if (next.done === true) controller.close()
        else controller.enqueue(next.value)
      },
      cancel: async () => {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
