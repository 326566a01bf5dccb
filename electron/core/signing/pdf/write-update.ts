/**
 * Writes base file + appended bytes to a new file so that a crash leaves the old output or the new one: temporary
 * file beside the output, fsync, rename. The base is copied in chunks and digested on the way, so that what was
 * signed is what was written.
 */
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ByteSource } from '../../kit/byte-source.ts'
import { fileSource } from '../../kit/byte-source.ts'
import { syncFolder } from '../../kit/durable-file.ts'
import { SigningError } from '../errors.ts'
import {
  type BaseDigest,
  CHUNK_BYTES,
  chunkBuffer,
  createDigest,
  digestValue,
  type HashName,
  readChunk,
} from './base-digest.ts'

/** What the base must be: size and digest as in a PreparedSignature. */
export type ExpectedBase = {
  readonly baseSizeBytes: number
  readonly baseDigest: Uint8Array
  readonly hash: HashName
}

/** A copy of the base under way: its digest is known, the update is still to come. */
export type CopiedBase = {
  /** Running digest of the copied bytes, for `prepareSignature`. */
  readonly digest: BaseDigest
  /** Appends the update, syncs and renames. The output exists only after this. */
  readonly finish: (appended: Uint8Array) => Promise<void>
  /** Removes the temporary file. */
  readonly abandon: () => Promise<void>
}

/**
 * Copies a base file beside its later output and digests it in the same pass: disk to disk, a file is read once.
 * Call `finish` or `abandon`.
 */
export async function copyBase(source: ByteSource, outputPath: string, hash: HashName): Promise<CopiedBase> {
  const temporary = join(
    dirname(outputPath),
    `.${basename(outputPath)}.${randomBytes(6).toString('hex')}.tmp`,
  )
  const file = await open(temporary, 'wx', 0o600)
  const state = createDigest(hash)
  const abandon = async (): Promise<void> => {
    await file.close()
    await rm(temporary, { force: true })
  }
  try {
    const buffer = chunkBuffer(source, source.sizeBytes)
    for (let offset = 0; offset < source.sizeBytes; offset += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, source.sizeBytes - offset)
      const chunk = readChunk(source, buffer, { offset, length })
      const written = writeAll(file, chunk)
      state.update(chunk)
      await written
    }
  } catch (error) {
    await abandon()
    throw error
  }
  const finish = async (appended: Uint8Array): Promise<void> => {
    try {
      await writeAll(file, appended)
      await file.sync()
      await file.close()
      await rename(temporary, outputPath)
      await syncFolder(dirname(outputPath))
    } catch (error) {
      await abandon()
      throw error
    }
  }
  return { digest: { hash, sizeBytes: source.sizeBytes, state }, finish, abandon }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done)).bytesWritten
}

/**
 * Writes `outputPath` = bytes of `inputPath` + `appended`. The paths must differ.
 *
 * @param expected the base the update was made for
 * @throws SigningError PREFIX_CHANGED when the input is not that base; nothing is left behind then
 */
export async function writeUpdatedFile(
  inputPath: string,
  appended: Uint8Array,
  outputPath: string,
  expected: ExpectedBase,
): Promise<void> {
  const source = fileSource(inputPath)
  try {
    const copy = await copyBase(source, outputPath, expected.hash)
    const isSame =
      copy.digest.sizeBytes === expected.baseSizeBytes &&
      Buffer.from(digestValue(copy.digest)).equals(expected.baseDigest)
    if (!isSame) {
      await copy.abandon()
      throw new SigningError('PREFIX_CHANGED', 'The input is not the file the update was made for')
    }
    await copy.finish(appended)
  } finally {
    source.close()
  }
}
