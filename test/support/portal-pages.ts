/** The built pages of the portal for browser tests: built when missing or older than their sources. */
import { spawn } from 'node:child_process'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..')
const PAGES = join(ROOT, 'dist/portal')
const SOURCES = ['renderer/portal', 'renderer/pdf', 'renderer/vite.portal.config.ts', 'shared']
const LOCK = join(ROOT, 'node_modules/.portal-pages-lock')
const LOCK_STALE_MS = 120_000

/** Folder of the built pages; one test process builds, the others wait for it. */
export async function builtPortalPages(): Promise<string> {
  for (;;) {
    if ((await newest(SOURCES)) <= (await timeOf(join(PAGES, 'index.html')))) return PAGES
    if (await lock()) {
      try {
        await build()
      } finally {
        await rm(LOCK, { recursive: true, force: true })
      }
    } else await sleep(300)
  }
}

async function lock(): Promise<boolean> {
  try {
    await mkdir(LOCK)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    if (Date.now() - (await timeOf(LOCK)) > LOCK_STALE_MS) await rm(LOCK, { recursive: true, force: true })
    return false
  }
}

function build(): Promise<void> {
  const vite = spawn(
    join(ROOT, 'node_modules/.bin/vite'),
    ['build', '--config', 'renderer/vite.portal.config.ts', '--logLevel', 'warn'],
    // Vitest sets NODE_ENV=test, which would bring React's development build.
    { cwd: ROOT, stdio: 'ignore', env: { ...process.env, NODE_ENV: 'production' } },
  )
  return new Promise((done, failed) => {
    vite.on('error', failed)
    vite.on('close', (code) => (code === 0 ? done() : failed(new Error(`vite build: exit ${code}`))))
  })
}

async function newest(paths: readonly string[]): Promise<number> {
  let time = 0
  for (const path of paths) {
    const full = join(ROOT, path)
    time = Math.max(time, await timeOf(full))
    if (!(await stat(full)).isDirectory()) continue
    for (const name of await readdir(full, { recursive: true }))
      time = Math.max(time, await timeOf(join(full, name)))
  }
  return time
}

async function timeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}
