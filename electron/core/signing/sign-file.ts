import { resolve } from 'node:path'
import { fileSource } from '../kit/byte-source.ts'
import { copyBase } from './pdf/write-update.ts'
import { type SignedToLevel, type SignToLevelRequest, signToLevel } from './sign-to-level.ts'

/**
 * Signs a file into a new file: read once, hashed while it is copied, the update appended, fsync, rename. Memory does
 * not grow with the file.
 *
 * @throws SigningError as `signToLevel`; then there is no output and nothing is left behind
 */
export async function signFile(
  inputPath: string,
  outputPath: string,
  request: SignToLevelRequest,
): Promise<SignedToLevel> {
  if (resolve(inputPath) === resolve(outputPath)) throw new Error('Input and output must differ')
  const source = fileSource(inputPath)
  try {
    const copy = await copyBase(source, outputPath, request.key.algorithm.hash)
    const options = { ...request.options, baseDigest: copy.digest }
    const signed = await signToLevel(source, { ...request, options }).catch(async (error: unknown) => {
      await copy.abandon()
      throw error
    })
    await copy.finish(signed.appended)
    return signed
  } finally {
    source.close()
  }
}
