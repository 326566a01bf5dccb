/**
 * Loads PKCS#11 modules through pkcs11js. The package is optional (it is compiled at installation), so it is imported
 * by a computed name and described by the few calls used here.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { SigningError, type SigningErrorCode } from '../errors.ts'

type Attribute = { readonly type: number; readonly value?: Buffer | number | boolean }
type PssParameter = {
  readonly type: number
  readonly hashAlg: number
  readonly mgf: number
  readonly saltLen: number
}
export type Mechanism = { readonly mechanism: number; readonly parameter?: PssParameter }

/** The part of pkcs11js that is used; handles are opaque buffers. */
export type Pkcs11Api = {
  readonly load: (path: string) => void
  readonly C_Initialize: () => void
  readonly C_GetSlotList: (tokenPresent: boolean) => Buffer[]
  readonly C_GetSlotInfo: (slot: Buffer) => { readonly slotDescription: string }
  readonly C_GetTokenInfo: (slot: Buffer) => {
    readonly label: string
    readonly manufacturerID: string
    readonly model: string
    readonly serialNumber: string
    readonly flags: number
  }
  readonly C_OpenSession: (slot: Buffer, flags: number) => Buffer
  readonly C_CloseSession: (session: Buffer) => void
  readonly C_Login: (session: Buffer, userType: number, pin: string) => void
  readonly C_FindObjectsInit: (session: Buffer, template: readonly Attribute[]) => void
  readonly C_FindObjects: (session: Buffer, maximum: number) => Buffer[]
  readonly C_FindObjectsFinal: (session: Buffer) => void
  readonly C_GetAttributeValue: (
    session: Buffer,
    object: Buffer,
    template: readonly Attribute[],
  ) => readonly { readonly type: number; readonly value: Buffer }[]
  readonly C_SignInit: (session: Buffer, mechanism: Mechanism, key: Buffer) => void
  readonly C_SignAsync: (session: Buffer, data: Buffer, room: Buffer) => Promise<Buffer>
}

/** Values of PKCS#11 2.40 (pkcs11t.h). */
export const CK = {
  SESSION_SERIAL: 0x4,
  USER: 1,
  OBJECT_CERTIFICATE: 1,
  OBJECT_PRIVATE_KEY: 3,
  ATTRIBUTE_CLASS: 0x0,
  ATTRIBUTE_LABEL: 0x3,
  ATTRIBUTE_VALUE: 0x11,
  ATTRIBUTE_KEY_TYPE: 0x100,
  ATTRIBUTE_ID: 0x102,
  MECHANISM_RSA: 0x1,
  MECHANISM_RSA_PSS: 0xd,
  MECHANISM_ECDSA: 0x1041,
  PARAMETERS_RSA_PSS: 5, // of pkcs11js itself
  FLAG_LOGIN_REQUIRED: 0x4,
  FLAG_TOKEN_INITIALIZED: 0x400,
  FLAG_PIN_COUNT_LOW: 0x10000,
  FLAG_PIN_FINAL_TRY: 0x20000,
  FLAG_PIN_LOCKED: 0x40000,
} as const

const ALREADY_INITIALIZED = 0x191
const ALREADY_LOGGED_IN = 0x100

const ERROR_CODES = new Map<number, SigningErrorCode>([
  [0xa0, 'TOKEN_PIN_WRONG'],
  [0xa1, 'TOKEN_PIN_WRONG'], // PIN_INVALID: characters the token does not take
  [0xa2, 'TOKEN_PIN_WRONG'], // PIN_LEN_RANGE
  [0xa3, 'TOKEN_PIN_LOCKED'], // PIN_EXPIRED: as unusable until somebody sets a new one
  [0xa4, 'TOKEN_PIN_LOCKED'],
])

/** A module stays loaded for the life of the process: PKCS#11 allows one C_Initialize, and other keys may use it. */
const modules = new Map<string, Pkcs11Api>()

/**
 * Loads and initialises a module.
 *
 * @param path of the shared library
 * @throws SigningError TOKEN_UNAVAILABLE when the package or the library is missing or refuses
 */
export async function loadPkcs11(path: string): Promise<Pkcs11Api> {
  const loaded = modules.get(path)
  if (loaded !== undefined) return loaded
  const packageName: string = 'pkcs11js'
  try {
    const imported: unknown = await import(packageName)
    const api = construct(imported)
    api.load(path)
    initialise(api)
    modules.set(path, api)
    return api
  } catch (error) {
    throw new SigningError('TOKEN_UNAVAILABLE', 'The PKCS#11 module cannot be loaded', { cause: error })
  }
}

function construct(imported: unknown): Pkcs11Api {
  const exported = (imported as { readonly default?: unknown }).default ?? imported
  const { PKCS11 } = exported as { readonly PKCS11: new () => Pkcs11Api }
  return new PKCS11()
}

function initialise(api: Pkcs11Api): void {
  try {
    api.C_Initialize()
  } catch (error) {
    if (resultCode(error) !== ALREADY_INITIALIZED) throw error
  }
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') return undefined
  return error.code
}

/** Slots with a token somebody has set up; drivers also show blank ones. The position is the slot's number for people. */
export function usableSlots(api: Pkcs11Api): readonly Buffer[] {
  return api
    .C_GetSlotList(true)
    .filter((slot) => (api.C_GetTokenInfo(slot).flags & CK.FLAG_TOKEN_INITIALIZED) !== 0)
}

/** Keyed digest of the PIN of each login that is still open, by module and token; the key lives in this process only. */
const pinDigests = new Map<string, Buffer>()
const pinDigestKey = randomBytes(32)

/**
 * Logs in. A login belongs to the process, not to the session: when one is open already the token does not look at
 * the PIN, so it is compared here with the one that opened it.
 *
 * @param token names the token, e.g. module and serial number
 * @throws SigningError TOKEN_PIN_WRONG | TOKEN_PIN_LOCKED | TOKEN_UNAVAILABLE
 */
export function login(
  api: Pkcs11Api,
  session: Buffer,
  credentials: { readonly token: string; readonly pin: string },
): void {
  const { token, pin } = credentials
  const digest = createHmac('sha256', pinDigestKey).update(pin, 'utf8').digest()
  try {
    api.C_Login(session, CK.USER, pin)
    pinDigests.set(token, digest)
  } catch (error) {
    if (resultCode(error) !== ALREADY_LOGGED_IN) throw asSigningError(error)
    const known = pinDigests.get(token)
    if (known !== undefined && timingSafeEqual(known, digest)) return
    throw new SigningError('TOKEN_PIN_WRONG', 'The token is open with another PIN', { cause: error })
  }
}

/** Turns an error of the module into ours; others pass unchanged. */
export function asSigningError(error: unknown): unknown {
  const code = resultCode(error)
  if (code === undefined) return error
  return new SigningError(ERROR_CODES.get(code) ?? 'TOKEN_UNAVAILABLE', 'The token refused', {
    cause: error,
    data: { result: `0x${code.toString(16)}` },
  })
}

/** All objects of a class, with the given attributes; attributes a token does not have are left out. */
export function findObjects(
  api: Pkcs11Api,
  session: Buffer,
  objectClass: number,
  attributes: readonly number[],
): readonly { readonly handle: Buffer; readonly values: ReadonlyMap<number, Buffer> }[] {
  api.C_FindObjectsInit(session, [{ type: CK.ATTRIBUTE_CLASS, value: objectClass }])
  const handles: Buffer[] = []
  try {
    for (let batch = api.C_FindObjects(session, 64); batch.length > 0; batch = api.C_FindObjects(session, 64))
      handles.push(...batch)
  } finally {
    api.C_FindObjectsFinal(session)
  }
  return handles.map((handle) => ({
    handle,
    values: new Map(
      attributes.flatMap((type) => {
        const value = attributeOf(api, session, { handle, type })
        return value === undefined ? [] : [[type, value] as const]
      }),
    ),
  }))
}

function attributeOf(
  api: Pkcs11Api,
  session: Buffer,
  wanted: { readonly handle: Buffer; readonly type: number },
): Buffer | undefined {
  try {
    return api.C_GetAttributeValue(session, wanted.handle, [{ type: wanted.type }])[0]?.value
  } catch (error) {
    if (resultCode(error) === undefined) throw error
    return undefined
  }
}
