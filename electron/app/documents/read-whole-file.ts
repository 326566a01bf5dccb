import type { FileId, Vault } from '../../core/archive/vault.ts'

const PIECE_BYTES = 1 << 20

/** A whole file in memory for a worker, decrypted piece by piece so that the main thread is never held for long. */
export async function readWholeFile(vault: Vault, fileId: FileId): Promise<Uint8Array> {
  const source = vault.open(fileId)
  try {
    const whole = new Uint8Array(source.sizeBytes)
    for (let offset = 0; offset < whole.length; offset += PIECE_BYTES) {
      whole.set(source.read(offset, Math.min(PIECE_BYTES, whole.length - offset)), offset)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return whole
  } finally {
    source.close()
  }
}
