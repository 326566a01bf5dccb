import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { COMMON_HEADERS, contentSecurityPolicy, INERT_POLICY } from './page-policy.ts'

/** Answers a path of the built renderer; undefined when there is no such file. */
export type PageFiles = (pathname: string) => Promise<Response | undefined>

/** Placeholder in `index.html`, replaced for every answer. The build (renderer/vite.config.ts) writes it. */
export const STYLE_NONCE_PLACEHOLDER = '__STYLE_NONCE__'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.pfb': 'application/octet-stream',
  '.bcmap': 'application/octet-stream',
  '.icc': 'application/vnd.iccprofile',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
}

/**
 * Serves the files that lie in `folder` now. The list is made once, so no request can name a path outside it;
 * a path without extension is a screen of the single page and gets `index.html`.
 */
export async function openPageFiles(folder: string): Promise<PageFiles> {
  const known = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    known.set(`/${relative(folder, path).split(sep).join('/')}`, path)
  }
  return async (pathname) => {
    const wanted = known.has(pathname) || extname(pathname) !== '' ? pathname : '/index.html'
    const path = known.get(wanted)
    if (path === undefined) return undefined
    const contentType = CONTENT_TYPES[extname(wanted)]
    if (contentType === undefined) return undefined
    const bytes = await readFile(path)
    return wanted.endsWith('.html') ? pageAnswer(bytes.toString('utf8')) : fileAnswer(bytes, contentType)
  }
}

function pageAnswer(html: string): Response {
  const nonce = randomBytes(18).toString('base64url')
  return new Response(html.replaceAll(STYLE_NONCE_PLACEHOLDER, nonce), {
    headers: {
      ...COMMON_HEADERS,
      'content-security-policy': contentSecurityPolicy(nonce),
      'content-type': 'text/html; charset=utf-8',
    },
  })
}

function fileAnswer(bytes: Uint8Array<ArrayBuffer>, contentType: string): Response {
  // A worker takes its policy from its own answer: scripts get the page's, everything else runs nothing.
  const policy = contentType.startsWith('text/javascript')
    ? contentSecurityPolicy(randomBytes(18).toString('base64url'))
    : INERT_POLICY
  return new Response(bytes, {
    headers: {
      ...COMMON_HEADERS,
      'content-security-policy': policy,
      'content-type': contentType,
      'content-length': String(bytes.length),
    },
  })
}
