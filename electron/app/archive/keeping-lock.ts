/** Backup, drill and key rotation touch every file: one of them at a time in one archive. */
import type { Archive } from '../../core/archive/open.ts'

export type KeepingWork = 'backup' | 'drill' | 'rotation'

const running = new WeakMap<Archive, KeepingWork>()

export function keepingWorkOf(archive: Archive): KeepingWork | undefined {
  return running.get(archive)
}

/** Takes the archive for one long work; undefined = another one runs. Call the result when the work is over. */
export function takeKeepingLock(archive: Archive, work: KeepingWork): (() => void) | undefined {
  if (running.has(archive)) return undefined
  running.set(archive, work)
  return () => running.delete(archive)
}
