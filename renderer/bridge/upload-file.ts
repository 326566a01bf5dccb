import { z } from 'zod'
import { fail } from '../../shared/result.ts'
import type { OfficeBridge } from './office-bridge.ts'

const UploadAnswer = z.union([
  z.object({ ok: z.literal(true), value: z.object({ uploadId: z.string() }) }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), data: z.unknown() }) }),
])

/** Told to the window after each file: who sends ten thousand of them is there, though no key is pressed (idle lock). */
export const TRANSFERRED = 'keiyaku-transferred'

/** Streams a file from disk to the host. XMLHttpRequest because `fetch` reports no progress of what it sends. */
export const uploadFile: OfficeBridge['upload'] = (file, options = {}) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/uploads')
    request.setRequestHeader('x-keiyaku-request', '1')
    request.setRequestHeader('x-file-name', encodeURIComponent(file.name))
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded }) => options.onProgress?.(loaded, file.size)
    request.onload = () => {
      window.dispatchEvent(new Event(TRANSFERRED))
      resolve(readAnswer(request))
    }
    request.onerror = () => resolve(fail('HOST_UNREACHABLE', { reason: 'no-answer' }))
    request.onabort = () => resolve(fail('UPLOAD_CANCELLED', {}))
    if (options.signal?.aborted) {
      resolve(fail('UPLOAD_CANCELLED', {}))
      return
    }
    options.signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })

function readAnswer(request: XMLHttpRequest): Awaited<ReturnType<OfficeBridge['upload']>> {
  const isJson = request.getResponseHeader('content-type')?.startsWith('application/json') === true
  const answer = UploadAnswer.safeParse(isJson ? JSON.parse(request.responseText) : undefined)
  if (!answer.success) return fail('HOST_UNREACHABLE', { reason: 'refused', status: request.status })
  return answer.data
}
