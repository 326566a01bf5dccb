import { expect, test } from 'vitest'
import { openKeychain, type SafeStoragePort } from '../../../../../electron/host/electron/keychain.ts'

/** A store whose sealing is a visible wrapper, so that a test sees what was stored. */
function storage(part: Partial<SafeStoragePort> = {}): SafeStoragePort {
  return {
    isAsyncEncryptionAvailable: async () => true,
    encryptStringAsync: async (text) => Buffer.from(`sealed(${text})`),
    decryptStringAsync: async (sealed) => {
      const text = /^sealed\((.*)\)$/.exec(sealed.toString())?.[1]
      if (text === undefined) throw new Error('cannot decrypt')
      return { result: text, shouldReEncrypt: false }
    },
    getSelectedStorageBackend: () => 'gnome_libsecret',
    ...part,
  }
}
const secret = new Uint8Array([0, 255, 10, 128])

test('gives back exactly the bytes that were sealed', async () => {
  const keychain = await openKeychain(storage(), 'linux')
  const sealed = await keychain?.seal(secret)
  expect(await keychain?.unseal(sealed ?? new Uint8Array())).toEqual({ secret, sealedAnew: undefined })
})

test.each(['basic_text', 'unknown'])('does not count the Linux backend %s as a keychain', async (backend) => {
  expect(await openKeychain(storage({ getSelectedStorageBackend: () => backend }), 'linux')).toBeUndefined()
})

test('is absent when the operating system offers no encryption', async () => {
  const closed = storage({ isAsyncEncryptionAvailable: async () => false })
  for (const platform of ['win32', 'darwin', 'linux'] as const)
    expect(await openKeychain(closed, platform)).toBeUndefined()
})

test('does not ask Windows and macOS for a Linux backend', async () => {
  const throwing = storage({
    getSelectedStorageBackend: () => {
      throw new Error('Linux only')
    },
  })
  expect(await openKeychain(throwing, 'win32')).toBeDefined()
  expect(await openKeychain(throwing, 'darwin')).toBeDefined()
})

test('seals anew when the operating system changed its key, and passes on that a foreign secret cannot be opened', async () => {
  const changed = storage({ decryptStringAsync: async () => ({ result: 'AP8KgA==', shouldReEncrypt: true }) })
  const opened = await (await openKeychain(changed, 'win32'))?.unseal(new Uint8Array([1]))
  expect(opened?.secret).toEqual(new Uint8Array([0, 255, 10, 128]))
  expect(Buffer.from(opened?.sealedAnew ?? []).toString()).toBe('sealed(AP8KgA==)')
  await expect((await openKeychain(storage(), 'win32'))?.unseal(new Uint8Array([1]))).rejects.toThrow()
})
