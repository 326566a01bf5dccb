/** 設定 > 鍵: a new master key, after somebody left who could read the old one or when a PC is replaced. */

import type { EpochMs } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { listKeyslots } from '../../core/archive/keyslots.ts'
import { takeKeepingLock } from '../archive/keeping-lock.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

export async function readKeys(office: Office) {
  const slots = await listKeyslots(office.archive.folder)
  return ok({
    generation: office.archive.master().generation,
    slots: slots.map(({ kind, createdAtEpochMs }) => ({ kind, createdAt: createdAtEpochMs as EpochMs })),
  })
}

type Rotation = { code: string | null }

/** Logged before it begins: a rotation cut off is finished at the next opening, and must be known then. */
export async function rotateKey(office: Office, input: { readonly why: string }, context: Context) {
  const release = takeKeepingLock(office.archive, 'rotation')
  if (release === undefined) return fail('KEEPING_BUSY', {})
  try {
    const change = changeBy(context, office.clock, input.why)
    office.archive.transaction((db) =>
      record(db, change, 'master-key.rotated', {
        data: { why: input.why, generation: office.archive.master().generation + 1 },
      }),
    )
  } catch (error) {
    release()
    throw error
  }
  const rotation: Rotation = { code: null }
  const taskId = office.tasks.start(context.connection, 'rotate-key', rotation, async (control) => {
    try {
      await office.archive.rotateMasterKey({ signal: control.signal, onProgress: control.progress })
      return 'done'
    } catch (error) {
      if (control.signal.aborted || !(error instanceof ArchiveError)) throw error
      rotation.code = error.code
      return 'failed'
    } finally {
      release()
    }
  })
  return ok({ taskId })
}

export async function rotationResult(
  office: Office,
  { taskId }: { readonly taskId: string },
  context: Context,
) {
  const entry = office.tasks.find(context.connection, taskId)
  if (entry === undefined) return fail('NOT_FOUND', {})
  const { code } = entry.result as Rotation
  return ok({ state: entry.state, code: entry.state === 'failed' ? (code ?? 'INTERNAL') : null })
}
