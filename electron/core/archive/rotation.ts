/**
 * Rotation of the master key in three passes: every file gets a second wrapped key, the database is copied under the new
 * key, the old wrapped keys are wiped. Cut off in the first two, it is done again from the beginning; in the third, the new
 * key holds, and the rest is wiped after the next opening.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from './database.ts'
import {
  abandonRotation,
  beginRotation,
  finishRotation,
  isOldKeyInFiles,
  noteOldKeyGone,
} from './keyslots.ts'
import type { MasterKey } from './master-key.ts'
import { keyFitsDatabase } from './page-cipher.ts'
import { type RekeyOptions, rekeyDatabase } from './rekey-database.ts'
import type { Vault } from './vault.ts'
import type { FileKeyWrapper } from './vault-format.ts'

/** Copies of the database made before migrations. */
export const BEFORE_MIGRATION = 'before-migration'

/** `next`: the new key of a rotation that was cut off. */
export type Keys = { readonly master: MasterKey; readonly next: MasterKey | undefined }

export type Rotation = {
  /** The key in force. */
  readonly master: () => MasterKey
  /** As `Archive.rotateMasterKey`. */
  readonly run: (options?: RekeyOptions) => Promise<void>
  /** Ends what goes on in the background. */
  readonly stop: () => void
}

export type Parts = {
  readonly folder: string
  readonly connection: Connection
  readonly vault: Vault
  /** Told what hinders the wiping in the background. */
  readonly onTrouble: (error: unknown) => void
}

export function wrapperOf(master: MasterKey): FileKeyWrapper {
  return { generation: master.generation, key: master.derive('files') }
}

/** Goes on with a rotation that was cut off. @param isNew an archive that is being made has none */
export async function openRotation(parts: Parts, keys: Keys, isNew: boolean): Promise<Rotation> {
  const { folder, connection, vault } = parts
  const path = join(folder, 'archive.db')
  let { master, next: unfinished } = keys
  const changeKey = async (next: MasterKey, { signal, onProgress }: RekeyOptions = {}): Promise<void> => {
    const steps = countSteps(onProgress)
    unfinished = next
    await vault.addGeneration(wrapperOf(next), { signal, onProgress: steps('wrap') })
    const databaseKeys = { from: master.derive('database'), to: next.derive('database') }
    await rekeyDatabase(path, connection, databaseKeys, { signal, onProgress: steps('pages') })
    await finishRotation(folder)
    master.wipe()
    master = next
    unfinished = undefined
  }
  const wipeOldKey = async (pass: Parameters<Vault['dropGeneration']>[1]): Promise<void> => {
    // Only the old key opens them.
    rmSync(join(folder, BEFORE_MIGRATION), { recursive: true, force: true })
    await vault.dropGeneration(wrapperOf(master), pass)
    await noteOldKeyGone(folder)
  }
  /** As long as the database has the old key, nothing has happened yet, and nothing must stay half done. */
  const abandon = async (next: MasterKey): Promise<void> => {
    if (unfinished === undefined || keyFitsDatabase(path, next.derive('database')) === 'fits') return
    await abandonRotation(folder, master)
    vault.forgetGeneration()
    next.wipe()
    unfinished = undefined
  }
  const ending = new AbortController()
  if (unfinished !== undefined) await changeKey(unfinished)
  const isOldKeyLeft = !isNew && (await isOldKeyInFiles(folder))
  const wiped = isOldKeyLeft ? wipeInBackground(wipeOldKey, parts, ending.signal) : Promise.resolve()
  return {
    master: () => master,
    run: async (options = {}) => {
      // What the last rotation left is overwritten by this one.
      ending.abort()
      await wiped
      const next = unfinished ?? (await beginRotation(folder, master))
      try {
        await changeKey(next, options)
      } catch (error) {
        await abandon(next)
        throw error
      }
      await wipeOldKey({ onProgress: countSteps(options.onProgress)('unwrap') })
    },
    stop: () => ending.abort(),
  }
}

async function wipeInBackground(
  wipe: (pass: { readonly signal: AbortSignal }) => Promise<void>,
  { onTrouble }: Parts,
  signal: AbortSignal,
): Promise<void> {
  try {
    await wipe({ signal })
  } catch (error) {
    if (!signal.aborted) onTrouble(error)
  }
}

/** One progress over the three passes, each a third: nobody knows beforehand which takes longest. */
function countSteps(onProgress: RekeyOptions['onProgress']) {
  const passes = ['wrap', 'pages', 'unwrap'] as const
  return (pass: (typeof passes)[number]) =>
    (done: number, total: number): void =>
      onProgress?.(Math.round(1000 * (passes.indexOf(pass) + done / Math.max(1, total))), 3000)
}
