/** The two signing keys of a town: its own (当事者型) and the witness's (立会人型). */
import { z } from 'zod'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CertificateInfo } from '../../../shared/model/settings.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { readSecret, readSetting } from '../../core/archive/tables/settings.ts'
import { parseCertificateCached } from '../../core/signing/cms/certificate.ts'
import { displayName } from '../../core/signing/cms/names.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { chainAbove } from '../../core/signing/keys/chain-order.ts'
import { openPkcs12 } from '../../core/signing/keys/pkcs12.ts'
import type { SigningKey } from '../../core/signing/keys/signing-key.ts'
import type { StartProgram } from '../host-services.ts'
import { CodedFailure } from '../jobs/failure-codes.ts'
import { readSecretText } from '../settings/read-settings.ts'
import type { KeySlot } from './key-slot.ts'
import type { TestOperation } from './test-operation.ts'
import { openTokenKey } from './token-process.ts'
import { TokenPlace } from './token-protocol.ts'

/** What is stored of a town's own key: beside a PKCS#12 file, or with the place of a key on a token. Without it the test key is in force. */
export const StoredCertificate = z.object({
  owner: z.string(),
  askPin: z.boolean(),
  token: TokenPlace.optional(),
})

export type SigningKeys = {
  /**
   * Opens a key for one run; wipe it afterwards.
   * @throws CodedFailure PIN_MISSING | TOKEN_KEY_MISSING; SigningError KEY_* | TOKEN_* (wrong password or PIN, unreadable, no card)
   */
  readonly open: (slot: KeySlot, pin: string) => Promise<SigningKey>
  readonly info: (slot: KeySlot) => z.output<typeof CertificateInfo>
}

type Options = {
  readonly db: ReadableDb
  readonly testOperation: TestOperation
  readonly startProgram: StartProgram
}

export function createSigningKeys(options: Options): SigningKeys {
  const { db, testOperation } = options
  return {
    open: async (slot, pin) => {
      const own = storedKey(db, slot)
      if (own === undefined) return testOperation.signingKey(slot)
      if (own.askPin && pin === '') throw new CodedFailure('PIN_MISSING', { slot })
      if (own.token !== undefined) return openOnToken(options, slot, own.token, pin)
      const password = own.askPin ? pin : (readSecretText(db, `certificate-${slot}-password`) ?? '')
      return openPkcs12(own.file ?? new Uint8Array(), password)
    },
    info: (slot) => {
      const own = storedKey(db, slot)
      const der = own === undefined ? testOperation.signingKey(slot).certificate : registeredDer(db, slot)
      const certificate = parseCertificateCached(der)
      return {
        slot,
        source: own === undefined ? 'built-in' : own.token === undefined ? 'pkcs12' : 'pkcs11',
        subject: displayName(certificate.subject),
        issuer: displayName(certificate.issuer),
        serialNumber: certificate.serial,
        notBefore: certificate.notBeforeMs as EpochMs,
        notAfter: certificate.notAfterMs as EpochMs,
        algorithm: `${certificate.key.kind === 'rsa' ? 'RSA' : 'ECDSA'}-${'bits' in certificate.key ? certificate.key.bits : ''}`,
        owner: own === undefined ? '電子契約デスク テスト用' : own.owner,
        testPart: own === undefined,
        askPin: own?.askPin ?? false,
        token: own?.token?.tokenLabel ?? null,
      }
    },
  }
}

function storedKey(db: ReadableDb, slot: KeySlot) {
  const setting = readSetting(db, `certificate-${slot}`, StoredCertificate.nullable())
  const file = readSecret(db, `certificate-${slot}`)
  if (setting === undefined || setting === null) return undefined
  return file === undefined && setting.token === undefined ? undefined : { ...setting, file }
}

function registeredDer(db: ReadableDb, slot: KeySlot): Uint8Array {
  const der = readSecret(db, `certificate-${slot}-der`)
  if (der === undefined) throw new Error('A stored key has lost its certificate')
  return der
}

/** The card must carry the certificate that was registered: another card of the same name signs nothing. */
async function openOnToken(
  { db, startProgram }: Options,
  slot: KeySlot,
  place: TokenPlace,
  pin: string,
): Promise<SigningKey> {
  const key = await openTokenKey(startProgram, place, pin).catch((error: unknown) => {
    throw error instanceof SigningError && error.code === 'KEY_NOT_FOUND'
      ? new CodedFailure('TOKEN_KEY_MISSING', { slot })
      : error
  })
  const registered = registeredDer(db, slot)
  if (!Buffer.from(key.certificate).equals(registered)) {
    key.wipe()
    throw new CodedFailure('TOKEN_KEY_MISSING', { slot })
  }
  return { ...key, chain: chainWith(key, readIssuers(db, slot)) }
}

/** Issuers of the certificate, nearest first, from the token and from what was put in beside it. */
export function chainWith(
  key: Pick<SigningKey, 'certificate' | 'chain'>,
  issuers: readonly Uint8Array[],
): readonly Uint8Array[] {
  const pool = [...key.chain, ...issuers].map(parseCertificateCached)
  return chainAbove(parseCertificateCached(key.certificate), pool).map(({ der }) => der)
}

function readIssuers(db: ReadableDb, slot: KeySlot): readonly Uint8Array[] {
  const stored = readSecret(db, `certificate-${slot}-issuers`)
  if (stored === undefined) return []
  const list = z.array(z.string()).parse(JSON.parse(Buffer.from(stored).toString('utf8')))
  return list.map((text) => Uint8Array.from(Buffer.from(text, 'base64')))
}
