import { readFile, realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readCertificates } from '../../core/signing/keys/pem.ts'
import { Refusal } from './command.ts'

/** DER of every certificate in the files, PEM or DER. */
export async function readCertificateFiles(paths: readonly string[]): Promise<Uint8Array[]> {
  const files = await Promise.all(paths.map((path) => readFile(path)))
  return files.flatMap((bytes) => [...readCertificates(bytes)])
}

/** Output over input would destroy what the signature protects. */
export async function refuseSameFile(input: string, output: string): Promise<void> {
  const real = async (path: string) => {
    try {
      return await realpath(path)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return resolve(path)
      throw error
    }
  }
  if ((await real(input)) !== (await real(output))) return
  throw new Refusal('SAME_FILE', '入力と出力が同じファイルです。別の名前で書き出してください。')
}
