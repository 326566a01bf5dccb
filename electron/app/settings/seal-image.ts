import { fail, ok } from '../../../shared/result.ts'
import { readSecret, writeSecret } from '../../core/archive/tables/settings.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { makeAppearance } from '../../core/signing/pdf/appearance.ts'
import { bundledStampFont } from '../../core/signing/pdf/stamp-font.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

const MAX_BYTES = 2 * 1024 * 1024

/** 印影: the picture that stands on the page for the town's own signature. Without an upload it is removed. */
export async function writeSealImage(
  office: Office,
  input: { readonly uploadId?: string | undefined },
  context: Context,
) {
  const change = changeBy(context, office.clock)
  const save = (bytes: Uint8Array | undefined) => {
    office.archive.transaction((db) => {
      writeSecret(db, 'seal-image', bytes, change.at)
      record(db, change, bytes === undefined ? 'seal-image.removed' : 'seal-image.changed')
    })
    office.announce({ topic: 'settings-changed' })
    return ok({})
  }
  if (input.uploadId === undefined) return save(undefined)
  const upload = office.uploads.find(context.connection, input.uploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  try {
    if (upload.file.sizeBytes > MAX_BYTES) return fail('IMAGE_UNREADABLE', { maxBytes: MAX_BYTES })
    const bytes = office.archive.vault.read(upload.file.fileId)
    makeAppearance({ image: bytes }, bundledStampFont())
    return save(bytes)
  } catch (error) {
    if (error instanceof SigningError) return fail('IMAGE_UNREADABLE', { code: error.code })
    throw error
  } finally {
    await office.archive.vault.destroy(upload.file.fileId)
    office.uploads.adopt(input.uploadId)
  }
}

export async function openSealImage(office: Office, context: Context) {
  const bytes = readSecret(office.archive.db, 'seal-image')
  if (bytes === undefined) return fail('NOT_FOUND', {})
  const contentType = bytes[0] === 0x89 ? 'image/png' : 'image/jpeg'
  const ticket = office.tickets.issue(context.connection, {
    fileName: contentType === 'image/png' ? 'seal.png' : 'seal.jpg',
    contentType,
    disposition: 'inline',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}
