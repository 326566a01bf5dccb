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
    await office.archive.rotateMasterKey()
    return ok({ generation: office.archive.master().generation })
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'DISK_FULL') return fail('DISK_FULL', {})
    throw error
  } finally {
    release()
  }
}
