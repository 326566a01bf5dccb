/**
 * The built pages (dist/portal), listed once at the start: a request can only name a file of that list.
 * Every link address serves the same index.html; opening it changes nothing.
 */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { Hono } from 'hono'
import { PortalStartError } from './errors.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
}
const COMPRESSED = new Set([
  '.html',
  '.js',
  '.mjs',
  '.css',
  '.ttf',
  '.wasm',
  '.svg',
  '.bcmap',
  '.icc',
  '.pfb',
])

type Encoding = 'br' | 'gzip' | 'identity'

export async function pagesRoutes(pagesDir: string): Promise<Hono> {
  const files = await listFiles(pagesDir)
  if (!files.has('/index.html')) throw new PortalStartError('PAGES_MISSING', pagesDir)
  const cache = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  const bodyOf = (path: string, file: string, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> => {
    const key = `${encoding} ${path}`
    const body = cache.get(key) ?? readEncoded(file, encoding)
    cache.set(key, body)
    return body
  }
  const app = new Hono()
  app.get('*', async (c) => {
    const isPage = /^\/(?:[sd]\/[^/]*\/?)?$/.test(c.req.path)
    const path = isPage ? '/index.html' : c.req.path
    const file = files.get(path)
    if (file === undefined) return c.text('404 ページが見つかりません。', 404)
    const extension = extname(path)
    const encoding = COMPRESSED.has(extension) ? chooseEncoding(c.req.header('accept-encoding')) : 'identity'
    return c.body(await bodyOf(path, file, encoding), 200, {
      'content-type': TYPES[extension] ?? 'application/octet-stream',
      // Names in assets/ carry a hash of the contents (Vite); the other files may change with a new version.
      'cache-control': path.startsWith('/assets/')
        ? 'public, max-age=31536000, immutable'
        : isPage
          ? 'no-store'
          : 'public, max-age=3600',
      vary: 'accept-encoding',
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    })
  })
  return app
}

async function listFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new PortalStartError('PAGES_MISSING', root, { cause: error })
  })
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name)
        return [`/${relative(root, file).split(sep).join('/')}`, file]
      }),
  )
}

function chooseEncoding(accepted = ''): Encoding {
  if (/\bbr\b/.test(accepted)) return 'br'
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'identity'
}

async function readEncoded(file: string, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(file)
  if (encoding === 'br') {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    return promisify(brotliCompress)(bytes, { params })
  }
  return encoding === 'gzip' ? promisify(gzip)(bytes) : bytes
}
