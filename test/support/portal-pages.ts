/** The built pages of the portal for browser tests. */
import { mkdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureBuilt } from '../../electron/build.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const LOCK = join(ROOT, 'node_modules/.portal-pages-lock')
const LOCK_STALE_MS = 120_000

/**
 * Folder of the built pages, built first where their sources changed. One test process builds and the others wait: a build that
 * replaces the folder under a portal that is serving it would take files away.
 */
export async function builtPortalPages(): Promise<string> {
  while (!(await lock())) await sleep(200)
  try {
    await ensureBuilt(['portal'])
  } finally {
    await rm(LOCK, { recursive: true, force: true })
  }
  return join(ROOT, 'dist/portal')
}

async function lock(): Promise<boolean> {
  try {
    await mkdir(LOCK)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  if (await isStale()) await rm(LOCK, { recursive: true, force: true })
  return false
}

/** A test process that was killed leaves its lock behind. */
async function isStale(): Promise<boolean> {
  try {
    return Date.now() - (await stat(LOCK)).mtimeMs > LOCK_STALE_MS
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
