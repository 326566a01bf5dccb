import { fail } from '../../../shared/result.ts'
import { newId } from '../../core/kit/ids.ts'
import type { Logger } from '../../core/kit/logger.ts'
import { describeError } from '../dispatch.ts'
import type { Application, Connection } from '../host-port.ts'
import type { PageFiles } from './page-files.ts'
import { jsonAnswer, textAnswer } from './page-policy.ts'
import { serveFile } from './serve-file.ts'

/**
 * What both hosts serve to a page that they have already admitted:
 * `GET /files/<ticket>`, `POST /uploads`, and the renderer's own files. Never rejects.
 */
export type PageServer = (request: Request, connection: Connection) => Promise<Response>

export type PageServerParts = {
  readonly application: Application
  readonly pageFiles: PageFiles
  readonly logger: Logger
}

const FILE_NAME_MAX_CHARACTERS = 255

export function createPageServer(parts: PageServerParts): PageServer {
  return async (request, connection) => {
    try {
      return await answer(parts, request, connection)
    } catch (error) {
      const incidentId = newId()
      parts.logger.error('page-request-failed', describeError(error), { incidentId })
      return jsonAnswer(500, fail('INTERNAL', { incidentId }))
    }
  }
}

async function answer(parts: PageServerParts, request: Request, connection: Connection): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === '/uploads') return receiveUpload(parts.application, request, connection)
  if (request.method !== 'GET' && request.method !== 'HEAD') return textAnswer(405, 'Method not allowed')
  if (pathname.startsWith('/files/')) {
    const ticket = pathname.slice('/files/'.length)
    const file = await parts.application.openFile(ticket, connection)
    return file === undefined ? textAnswer(404, 'No such file') : serveFile(request, ticket, file)
  }
  return (await parts.pageFiles(pathname)) ?? textAnswer(404, 'No such page')
}

async function receiveUpload(
  application: Application,
  request: Request,
  connection: Connection,
): Promise<Response> {
  if (request.method !== 'POST') return textAnswer(405, 'Method not allowed')
  const fileName = fileNameOf(request.headers.get('x-file-name'))
  if (fileName === undefined) return jsonAnswer(400, fail('INPUT_INVALID', { paths: ['fileName'] }))
  const body = request.body === null ? emptyBody() : request.body
  return jsonAnswer(200, await application.receiveUpload(fileName, body, connection))
}

/** The page sends the name percent-encoded because headers are Latin-1. */
function fileNameOf(header: string | null): string | undefined {
  if (header === null || !/^[\w.!~*'()%-]+$/.test(header)) return undefined
  try {
    const name = decodeURIComponent(header).normalize('NFC')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
    const isPlain = !/[\u0000-\u001f\u007f/\\]/.test(name)
    return isPlain && name.length <= FILE_NAME_MAX_CHARACTERS ? name : undefined
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  // A file of 0 bytes has no body; the application says what it thinks of an empty file.
}
