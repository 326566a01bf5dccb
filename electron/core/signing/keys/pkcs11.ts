import { createHash } from 'node:crypto'
import { publicKeyOf } from '../cms/algorithms.ts'
import { type Certificate, parseCertificate } from '../cms/certificate.ts'
import { DER_NULL, integer, octetString, oid, sequence } from '../cms/der-writer.ts'
import { hashOid, nodeHash } from '../cms/hashes.ts'
import { displayName } from '../cms/names.ts'
import { SigningError } from '../errors.ts'
import { chainAbove } from './chain-order.ts'
import { isForSigning } from './may-sign.ts'
import {
  asSigningError,
  CK,
  findObjects,
  loadPkcs11,
  login,
  type Mechanism,
  type Pkcs11Api,
  usableSlots,
} from './pkcs11-module.ts'
import type { SigningAlgorithm, SigningKey } from './signing-key.ts'
import { type AlgorithmChoice, algorithmFor } from './software-key.ts'

export type TokenListing = {
  /** Number to give as `slot`. */
  readonly slot: number
  readonly description: string
  readonly label: string
  readonly manufacturer: string
  readonly model: string
  readonly serialNumber: string
  readonly pinState: 'ok' | 'few-tries-left' | 'last-try' | 'locked'
  /** Private keys; most tokens show them only after login. */
  readonly keys: readonly { readonly label: string; readonly id: string; readonly type: string }[]
  readonly certificates: readonly {
    readonly label: string
    readonly id: string
    readonly holder: string
    readonly issuer: string
    readonly notBeforeMs: number
    readonly notAfterMs: number
    /** May sign documents by its own key usages; time and trust are not judged. */
    readonly forSigning: boolean
  }[]
}

/**
 * Lists what a module holds, for the set-up page and the command line.
 *
 * @param pin logs in to every token that wants it; without it only public objects show
 * @throws SigningError TOKEN_UNAVAILABLE | TOKEN_PIN_WRONG | TOKEN_PIN_LOCKED
 */
export async function listTokens(modulePath: string, pin?: string): Promise<readonly TokenListing[]> {
  const api = await loadPkcs11(modulePath)
  return guarded(() => usableSlots(api).map((slot, index) => ({ slot: index, ...listToken(api, slot, pin) })))
}

function listToken(api: Pkcs11Api, slot: Buffer, pin?: string): Omit<TokenListing, 'slot'> {
  const info = api.C_GetTokenInfo(slot)
  const session = api.C_OpenSession(slot, CK.SESSION_SERIAL)
  try {
    if (pin !== undefined && (info.flags & CK.FLAG_LOGIN_REQUIRED) !== 0)
      login(api, session, { token: tokenName(info), pin })
    const keys = findObjects(api, session, CK.OBJECT_PRIVATE_KEY, [
      CK.ATTRIBUTE_LABEL,
      CK.ATTRIBUTE_ID,
      CK.ATTRIBUTE_KEY_TYPE,
    ])
    return {
      description: api.C_GetSlotInfo(slot).slotDescription.trim(),
      label: info.label.trim(),
      manufacturer: info.manufacturerID.trim(),
      model: info.model.trim(),
      serialNumber: info.serialNumber.trim(),
      pinState: pinState(info.flags),
      keys: keys.map(({ values }) => ({
        label: text(values.get(CK.ATTRIBUTE_LABEL)),
        id: values.get(CK.ATTRIBUTE_ID)?.toString('hex') ?? '',
        type: keyType(values.get(CK.ATTRIBUTE_KEY_TYPE)),
      })),
      certificates: certificatesOn(api, session).map((entry) => ({
        label: entry.label,
        id: entry.id,
        holder: displayName(entry.certificate.subject),
        issuer: displayName(entry.certificate.issuer),
        notBeforeMs: entry.certificate.notBeforeMs,
        notAfterMs: entry.certificate.notAfterMs,
        forSigning: isForSigning(entry.certificate),
      })),
    }
  } finally {
    api.C_CloseSession(session)
  }
}

function tokenName(info: { readonly label: string; readonly serialNumber: string }): string {
  return `${info.serialNumber} ${info.label}`
}

function pinState(flags: number): TokenListing['pinState'] {
  if ((flags & CK.FLAG_PIN_LOCKED) !== 0) return 'locked'
  if ((flags & CK.FLAG_PIN_FINAL_TRY) !== 0) return 'last-try'
  return (flags & CK.FLAG_PIN_COUNT_LOW) !== 0 ? 'few-tries-left' : 'ok'
}

function keyType(value: Buffer | undefined): string {
  return value?.[0] === 0 ? 'RSA' : value?.[0] === 3 ? 'EC' : 'other'
}

function text(value: Buffer | undefined): string {
  return value?.toString('utf8').replace(/\0+$/, '').trim() ?? ''
}

type StoredCertificate = { readonly label: string; readonly id: string; readonly certificate: Certificate }

function certificatesOn(api: Pkcs11Api, session: Buffer): readonly StoredCertificate[] {
  const attributes = [CK.ATTRIBUTE_LABEL, CK.ATTRIBUTE_ID, CK.ATTRIBUTE_VALUE]
  return findObjects(api, session, CK.OBJECT_CERTIFICATE, attributes).flatMap(({ values }) => {
    const der = values.get(CK.ATTRIBUTE_VALUE)
    if (der === undefined || der.length === 0) return []
    return [
      {
        label: text(values.get(CK.ATTRIBUTE_LABEL)),
        id: values.get(CK.ATTRIBUTE_ID)?.toString('hex') ?? '',
        certificate: parseCertificate(Uint8Array.from(der)),
      },
    ]
  })
}

export type Pkcs11Options = AlgorithmChoice & {
  readonly modulePath: string
  /** Which token: its label, or its number among the slots with a token; neither: the only one. */
  readonly tokenLabel?: string
  /** Beside the label: two cards of one maker are often called the same. */
  readonly tokenSerial?: string
  readonly slot?: number
  readonly pin: string
  /** Which key: its CKA_LABEL or CKA_ID (hex); neither: the only one with a certificate. */
  readonly keyLabel?: string
  readonly keyId?: string
  /** DER certificates that are not on the token: the signer's own (then it is used) and issuers, in any order. */
  readonly certificates?: readonly Uint8Array[]
}

/**
 * Opens a key on a token (PKCS#11 2.40): one login serves a whole batch, until `wipe`. Hashing is done here, the token
 * gets digests only (CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_ECDSA), which every module knows.
 *
 * @throws SigningError TOKEN_UNAVAILABLE | TOKEN_PIN_WRONG | TOKEN_PIN_LOCKED | KEY_NOT_FOUND | KEY_ALGORITHM_REFUSED
 * A wrong PIN counts on the token: never try again without asking the person.
 */
export async function openPkcs11(options: Pkcs11Options): Promise<SigningKey> {
  const api = await loadPkcs11(options.modulePath)
  return guarded(() => {
    const slot = chooseSlot(api, options)
    const session = api.C_OpenSession(slot, CK.SESSION_SERIAL)
    try {
      login(api, session, { token: tokenName(api.C_GetTokenInfo(slot)), pin: options.pin })
      return keyOnToken(api, session, options)
    } catch (error) {
      api.C_CloseSession(session)
      throw error
    }
  })
}

function guarded<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw asSigningError(error)
  }
}

function chooseSlot(api: Pkcs11Api, options: Pkcs11Options): Buffer {
  const slots = usableSlots(api)
  if (options.tokenLabel !== undefined) {
    const found = slots.filter((slot) => {
      const info = api.C_GetTokenInfo(slot)
      const isSerial = options.tokenSerial === undefined || info.serialNumber.trim() === options.tokenSerial
      return isSerial && info.label.trim() === options.tokenLabel
    })
    if (found[0] !== undefined && found.length === 1) return found[0]
    throw new SigningError('TOKEN_UNAVAILABLE', `${found.length} tokens have this label`, {
      data: { found: found.length },
    })
  }
  const slot = options.slot === undefined && slots.length === 1 ? slots[0] : slots[options.slot ?? -1]
  if (slot !== undefined) return slot
  throw new SigningError('TOKEN_UNAVAILABLE', 'No such slot, or several tokens and none named', {
    data: { found: slots.length },
  })
}

function keyOnToken(api: Pkcs11Api, session: Buffer, options: Pkcs11Options): SigningKey {
  const stored = certificatesOn(api, session)
  const given = (options.certificates ?? []).map(parseCertificate)
  const candidates = findObjects(api, session, CK.OBJECT_PRIVATE_KEY, [CK.ATTRIBUTE_LABEL, CK.ATTRIBUTE_ID])
    .map(({ handle, values }) => ({
      handle,
      label: text(values.get(CK.ATTRIBUTE_LABEL)),
      id: values.get(CK.ATTRIBUTE_ID)?.toString('hex') ?? '',
    }))
    .filter((key) => options.keyLabel === undefined || key.label === options.keyLabel)
    .filter((key) => options.keyId === undefined || key.id === options.keyId.toLowerCase())
    .flatMap((key) => {
      const certificate =
        given.find((entry) => !entry.isCa) ??
        stored.find((entry) => entry.id !== '' && entry.id === key.id)?.certificate ??
        stored.find((entry) => entry.label !== '' && entry.label === key.label)?.certificate
      return certificate === undefined ? [] : [{ handle: key.handle, certificate }]
    })
  const [chosen] = candidates
  if (chosen === undefined || candidates.length > 1)
    throw new SigningError('KEY_NOT_FOUND', 'No key, or no single key, with a certificate', {
      data: { found: candidates.length },
    })
  const pool = [...given, ...stored.map((entry) => entry.certificate)]
  const algorithm = algorithmFor(publicKeyOf(chosen.certificate.spki), options)
  return tokenKey({ api, session, handle: chosen.handle }, algorithm, {
    certificate: chosen.certificate.der,
    chain: chainAbove(chosen.certificate, pool).map((issuer) => issuer.der),
  })
}

type TokenKey = { readonly api: Pkcs11Api; readonly session: Buffer; readonly handle: Buffer }

function tokenKey(
  { api, session, handle }: TokenKey,
  algorithm: SigningAlgorithm,
  certificates: Pick<SigningKey, 'certificate' | 'chain'>,
): SigningKey {
  // A session carries one operation at a time: signatures queue up.
  let queue: Promise<unknown> = Promise.resolve()
  let open = true
  const signOne = async (data: Uint8Array): Promise<Uint8Array> => {
    if (!open) throw new Error('The session has been closed')
    try {
      const digest = createHash(nodeHash(algorithm.hash)).update(data).digest()
      api.C_SignInit(session, mechanismFor(algorithm), handle)
      const input = algorithm.kind === 'rsa-pkcs1' ? digestInfo(digest, algorithm) : digest
      const raw = await api.C_SignAsync(session, Buffer.from(input), Buffer.alloc(1024))
      return algorithm.kind === 'ecdsa' ? ecdsaToDer(raw) : Uint8Array.from(raw)
    } catch (error) {
      throw asSigningError(error)
    }
  }
  return {
    ...certificates,
    algorithm,
    sign: (data) => {
      const result = queue.then(() => signOne(data))
      queue = result.then(
        () => undefined,
        (error: unknown) => error, // the caller of `sign` gets it; the queue goes on
      )
      return result
    },
    wipe: () => {
      if (open) api.C_CloseSession(session)
      open = false
    },
  }
}

/** CKM_SHA… and CKG_MGF1_SHA… of pkcs11t.h. */
const PSS_NUMBERS = {
  'SHA-256': { hashAlg: 0x250, mgf: 2, saltLen: 32 },
  'SHA-384': { hashAlg: 0x260, mgf: 3, saltLen: 48 },
  'SHA-512': { hashAlg: 0x270, mgf: 4, saltLen: 64 },
} as const

function mechanismFor(algorithm: SigningAlgorithm): Mechanism {
  switch (algorithm.kind) {
    case 'rsa-pkcs1':
      return { mechanism: CK.MECHANISM_RSA }
    case 'ecdsa':
      return { mechanism: CK.MECHANISM_ECDSA }
    case 'rsa-pss':
      return {
        mechanism: CK.MECHANISM_RSA_PSS,
        parameter: { type: CK.PARAMETERS_RSA_PSS, ...PSS_NUMBERS[algorithm.hash] },
      }
  }
}

/** DigestInfo of RFC 8017 §9.2, which CKM_RSA_PKCS pads and signs. */
function digestInfo(digest: Uint8Array, algorithm: SigningAlgorithm): Uint8Array {
  return sequence(sequence(oid(hashOid(algorithm.hash)), DER_NULL), octetString(digest))
}

/** PKCS#11 gives r ‖ s of equal length; CMS wants Ecdsa-Sig-Value ::= SEQUENCE { r, s }. */
export function ecdsaToDer(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2
  return sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)))
}
