/** The two signing keys of a town: its own (当事者型) and the witness's (立会人型). */
import { z } from 'zod'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CertificateInfo } from '../../../shared/model/settings.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { readSecret, readSetting } from '../../core/archive/tables/settings.ts'
import { parseCertificateCached } from '../../core/signing/cms/certificate.ts'
import { displayName } from '../../core/signing/cms/names.ts'
import { openPkcs12 } from '../../core/signing/keys/pkcs12.ts'
import type { SigningKey } from '../../core/signing/keys/signing-key.ts'
import { CodedFailure } from '../jobs/failure-codes.ts'
import { readSecretText } from '../settings/read-settings.ts'
import type { KeySlot } from './key-slot.ts'
import type { TestOperation } from './test-operation.ts'

/** What is stored beside a PKCS#12 file. Without the setting the built-in test key is in force. */
export const StoredCertificate = z.object({ owner: z.string(), askPin: z.boolean() })

export type SigningKeys = {
  /**
   * Opens a key for one run; wipe it afterwards.
   * @throws CodedFailure PIN_MISSING; SigningError KEY_* (wrong password, unreadable)
   */
  readonly open: (slot: KeySlot, pin: string) => SigningKey
  readonly info: (slot: KeySlot) => z.output<typeof CertificateInfo>
}

export function createSigningKeys(options: {
  readonly db: ReadableDb
  readonly testOperation: TestOperation
}): SigningKeys {
  const { db, testOperation } = options
  const stored = (slot: KeySlot) => {
    const setting = readSetting(db, `certificate-${slot}`, StoredCertificate.nullable())
    const file = readSecret(db, `certificate-${slot}`)
    return setting === undefined || setting === null || file === undefined ? undefined : { ...setting, file }
  }
  return {
    open: (slot, pin) => {
      const own = stored(slot)
      if (own === undefined) return testOperation.signingKey(slot)
      const password = own.askPin ? pin : (readSecretText(db, `certificate-${slot}-password`) ?? '')
      if (own.askPin && pin === '') throw new CodedFailure('PIN_MISSING', { slot })
      return openPkcs12(own.file, password)
    },
    info: (slot) => {
      const own = stored(slot)
      const der =
        own === undefined
          ? testOperation.signingKey(slot).certificate
          : readSecret(db, `certificate-${slot}-der`)
      if (der === undefined) throw new Error('A stored key has lost its certificate')
      const certificate = parseCertificateCached(der)
      return {
        slot,
        source: own === undefined ? 'built-in' : 'pkcs12',
        subject: displayName(certificate.subject),
        issuer: displayName(certificate.issuer),
        serialNumber: certificate.serial,
        notBefore: certificate.notBeforeMs as EpochMs,
        notAfter: certificate.notAfterMs as EpochMs,
        algorithm: `${certificate.key.kind === 'rsa' ? 'RSA' : 'ECDSA'}-${'bits' in certificate.key ? certificate.key.bits : ''}`,
        owner: own === undefined ? '電子契約デスク テスト用' : own.owner,
        testPart: own === undefined,
        askPin: own?.askPin ?? false,
      }
    },
  }
}
