/** Files a command leaves behind: whole or not at all, and never over another file. */
import { randomBytes } from 'node:crypto'
import { access, link, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from '../../../core/kit/durable-file.ts'
import { Refusal } from '../command.ts'

export type NewFile = {
  /** Writes, syncs and gives the file its name; on any failure nothing is left. */
  readonly fill: (pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => Promise<void>
  readonly abandon: () => Promise<void>
}

/**
 * Makes sure that the file can be written before work begins whose result must not be lost. Call `fill` or `abandon`.
 * @throws Refusal FILE_EXISTS; errors of the file system
 */
export async function reserveNewFile(path: string): Promise<NewFile> {
  await refuseExisting(path)
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(0, 60)}.${randomBytes(6).toString('hex')}.tmp`,
  )
  const file = await open(temporary, 'wx', 0o600)
  const abandon = async (): Promise<void> => {
    await file.close()
    await rm(temporary, { force: true })
  }
  return {
    abandon,
    fill: async (pieces) => {
      try {
        for await (const piece of pieces) await file.writeFile(piece)
        await file.sync()
        await nameWithoutReplacing(temporary, path)
        await syncFolder(dirname(path))
      } finally {
        await abandon()
      }
    },
  }
}

export async function refuseExisting(path: string): Promise<void> {
  if (await exists(path)) throw alreadyThere(path)
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** A link fails where a file of that name is; a rename would put ours in its place. */
async function nameWithoutReplacing(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') throw alreadyThere(path)
    if (!NO_LINKS.includes(code)) throw error
    await refuseExisting(path)
    await rename(temporary, path)
  }
}

/** What file systems without hard links answer (USB sticks, some network shares). */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']

function alreadyThere(path: string): Refusal {
  return new Refusal('FILE_EXISTS', `同じ名前のファイルがあります。上書きはしません: ${path}`)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
