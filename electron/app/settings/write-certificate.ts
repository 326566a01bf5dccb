import type { z } from 'zod'
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
import type { KeySlot } from '../services/key-slot.ts'
import { readAnchors } from '../services/services.ts'
import type { StoredCertificate } from '../services/signing-keys.ts'

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
    // The witness signs unattended: nobody is there to type a password.
    const askPin = slot === 'town' && !input.keepPassword
    storeKey(office, context, {
      slot,
      setting: { owner: input.owner, askPin },
      certificate,
      chain,
      file,
      password: askPin ? undefined : Buffer.from(input.password),
    })
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

type OwnKey = {
  readonly slot: KeySlot
  readonly setting: z.output<typeof StoredCertificate>
  readonly certificate: Uint8Array
  /** Its issuers: they are trusted from now on. */
  readonly chain: readonly Uint8Array[]
  /** PKCS#12 and its password; undefined: the key lies on a token, or the password is asked. */
  readonly file: Uint8Array | undefined
  readonly password: Uint8Array | undefined
}

/** Puts a key in force; what is left of the one before is forgotten. */
export function storeKey(office: Office, context: Context, key: OwnKey): void {
  const { slot, setting } = key
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    const secret = (name: string, bytes: Uint8Array | undefined) =>
      writeSecret(db, `certificate-${slot}${name}`, bytes, change.at)
    writeSetting(db, `certificate-${slot}`, setting, change)
    secret('', key.file)
    secret('-der', key.certificate)
    secret('-password', key.password)
    secret('-issuers', listBytes(key.chain))
    // Anchors are only ever added: the other key's, and those of signatures made with an earlier one, stay trusted.
    writeSecret(db, 'trust-anchors', listBytes([...readAnchors(db), ...key.chain]), change.at)
    record(db, change, 'certificate.changed', { data: { slot, owner: setting.owner } })
  })
  office.announce({ topic: 'settings-changed' })
}

function listBytes(certificates: readonly Uint8Array[]): Uint8Array {
  return Buffer.from(JSON.stringify([...new Set(certificates.map(base64))]))
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
    for (const part of ['', '-der', '-password', '-issuers'])
      writeSecret(db, `certificate-${slot}${part}`, undefined, change.at)
    record(db, change, 'certificate.reset', { data: { slot } })
  })
  office.announce({ topic: 'settings-changed' })
  return ok({})
}
