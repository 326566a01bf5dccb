import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Clock } from '../kit/clock.ts'
import { ArchiveError, diskError } from './errors.ts'

/** Releasing twice has one effect. */
export type InstanceLock = { readonly release: () => void }

/**
 * One process at a time. The lock is a lock of the operating system (held by an empty SQLite file, because Node has no
 * flock of its own), so it ends with its process however that ends: there is no stale lock to break.
 * `archive.lock.json` only says who holds it, for the message.
 * @throws ArchiveError 'ARCHIVE_IN_USE', data: pid, host, sinceEpochMs when known | 'DISK_FULL' | 'DISK_FAILED'
 */
export function lockArchive(folder: string, clock: Clock): InstanceLock {
  const infoPath = join(folder, 'archive.lock.json')
  const holder = new Database(join(folder, 'archive.lock'), { timeout: 0 })
  try {
    holder.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    holder.close()
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('SQLITE_BUSY')) throw diskError(error)
    throw new ArchiveError('ARCHIVE_IN_USE', 'Another process has the archive open', {
      data: holderInfo(infoPath),
      cause: error,
    })
  }
  const release = () => {
    if (!holder.open) return
    rmSync(infoPath, { force: true })
    holder.exec('ROLLBACK')
    holder.close()
  }
  try {
    const info = { pid: process.pid, host: hostname(), sinceEpochMs: clock.now() }
    writeFileSync(infoPath, JSON.stringify(info), { mode: 0o600 })
  } catch (error) {
    release()
    throw diskError(error)
  }
  return { release }
}

function holderInfo(path: string): Record<string, unknown> {
  try {
    const info: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof info === 'object' && info !== null ? { ...info } : {}
  } catch (error) {
    return { unknownBecause: error instanceof Error ? error.message : String(error) }
  }
}
