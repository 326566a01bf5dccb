/** A small disk of its own, in memory: needs the right to mount. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type SmallDisk = {
  readonly folder: string
  readonly resize: (megabytes: number) => void
  /** Writes until nothing more can be written. */
  readonly fill: () => void
  /** Takes away what `fill` wrote. */
  readonly clear: () => void
  readonly remove: () => void
}

/** False is said aloud: the tests are skipped then. */
export const canMount = (() => {
  const probe = mkdtempSync(join(tmpdir(), 'desk-mount-'))
  const mounted = mount(probe, 1)
  if (mounted) spawnSync('umount', [probe])
  rmSync(probe, { recursive: true })
  if (!mounted) console.warn('*** No right to mount a small disk: the full-disk tests are skipped. ***')
  return mounted
})()

export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'desk-disk-'))
  if (!mount(folder, megabytes)) throw new Error('The small disk cannot be mounted')
  const filler = join(folder, 'filler')
  return {
    folder,
    resize: (size) => void spawnSync('mount', ['-o', `remount,size=${size}m`, folder], { stdio: 'inherit' }),
    fill: () => fillUp(filler),
    clear: () => rmSync(filler, { force: true }),
    remove: () => {
      spawnSync('umount', ['--lazy', folder], { stdio: 'inherit' })
      rmSync(folder, { recursive: true })
    },
  }
}

function mount(folder: string, megabytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0
}

/** To the last page: pieces get smaller as the room does. */
function fillUp(path: string): void {
  const file = openSync(path, 'a')
  try {
    for (let size = 1 << 20; size >= 4096; )
      try {
        writeSync(file, Buffer.alloc(size))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        size /= 2
      }
  } finally {
    closeSync(file)
  }
}
