import type { Keychain } from '../../app/host-services.ts'

/** The part of Electron's `safeStorage` that is used: the asynchronous calls only, the others are deprecated. */
export type SafeStoragePort = {
  readonly isAsyncEncryptionAvailable: () => Promise<boolean>
  readonly encryptStringAsync: (text: string) => Promise<Buffer>
  readonly decryptStringAsync: (
    sealed: Buffer,
  ) => Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }>
  readonly getSelectedStorageBackend: () => string
}

/**
 * The keychain of the operating system, or undefined when it protects nothing: on Linux without a password manager
 * Electron falls back to `basic_text`, a fixed key that anyone can read the archive with.
 */
export async function openKeychain(
  safeStorage: SafeStoragePort,
  platform: NodeJS.Platform,
): Promise<Keychain | undefined> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return undefined
  if (platform === 'linux' && !isRealBackend(safeStorage.getSelectedStorageBackend())) return undefined
  const seal = (secret: Uint8Array) => safeStorage.encryptStringAsync(Buffer.from(secret).toString('base64'))
  return {
    seal,
    unseal: async (sealed) => {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(sealed))
      const secret = new Uint8Array(Buffer.from(result, 'base64'))
      return { secret, sealedAnew: shouldReEncrypt ? await seal(secret) : undefined }
    },
  }
}

function isRealBackend(backend: string): boolean {
  return backend !== 'basic_text' && backend !== 'unknown'
}
