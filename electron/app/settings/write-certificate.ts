import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { writeSecret, writeSetting } from '../../core/archive/tables/settings.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { assertCertificateMaySign } from '../../core/signing/keys/may-sign.ts'
import { openPkcs12 } from '../../core/signing/keys/pkcs12.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readAnchors } from '../services/services.ts'

type Table = typeof bridge.settings
const CODES = [
  'KEY_FILE_UNREADABLE',
  'KEY_PASSWORD_WRONG',
  'KEY_ALGORITHM_REFUSED',
  'KEY_CERTIFICATE_MISMATCH',
  'KEY_NOT_FOUND',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_NOT_YET_VALID',
  'CERTIFICATE_NOT_FOR_SIGNING',
] as const

/** Puts a town's own PKCS#12 file in the place of the test certificate. The file lies encrypted in the archive only. */
export async function writeCertificate(
  office: Office,
  input: InputOf<Table['writeCertificate']>,
  context: Context,
) {
  const upload = office.uploads.find(context.connection, input.uploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  const file = office.archive.vault.read(upload.file.fileId)
  try {
    const key = openPkcs12(file, input.password)
    const { certificate, chain, warnings } = key
    assertCertificateMaySign(certificate, office.clock.now())
    key.wipe()
    const { slot } = input
    const change = changeBy(context, office.clock)
    office.archive.transaction((db) => {
      const at = change.at
      writeSetting(db, `certificate-${slot}`, { owner: input.owner, askPin: !input.keepPassword }, change)
      writeSecret(db, `certificate-${slot}`, file, at)
      writeSecret(db, `certificate-${slot}-der`, certificate, at)
      writeSecret(
        db,
        `certificate-${slot}-password`,
        input.keepPassword ? Buffer.from(input.password) : undefined,
        at,
      )
      // Anchors are only ever added: the other key's, and those of signatures made with an earlier one, stay trusted.
      const anchors = new Set([...readAnchors(db).map(base64), ...chain.map(base64)])
      writeSecret(db, 'trust-anchors', Buffer.from(JSON.stringify([...anchors])), at)
      record(db, change, 'certificate.changed', { data: { slot, owner: input.owner } })
    })
    office.announce({ topic: 'settings-changed' })
    return ok({ certificate: office.services.keys.info(slot), warnings: [...warnings] })
  } catch (error) {
    const code =
      error instanceof SigningError ? CODES.find((candidate) => candidate === error.code) : undefined
    if (code !== undefined) return fail(code, {})
    throw error
  } finally {
    await office.archive.vault.destroy(upload.file.fileId)
    office.uploads.adopt(input.uploadId)
  }
}

function base64(der: Uint8Array): string {
  return Buffer.from(der).toString('base64')
}

export async function resetCertificate(
  office: Office,
  input: InputOf<Table['resetCertificate']>,
  context: Context,
) {
  const { slot } = input
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    writeSetting(db, `certificate-${slot}`, null, change)
    for (const name of [`certificate-${slot}`, `certificate-${slot}-der`, `certificate-${slot}-password`])
      writeSecret(db, name, undefined, change.at)
    record(db, change, 'certificate.reset', { data: { slot } })
  })
  office.announce({ topic: 'settings-changed' })
  return ok({})
}
