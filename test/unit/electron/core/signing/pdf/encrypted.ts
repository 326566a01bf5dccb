/** Encrypts a PDF with qpdf, which must be there. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Encryption = {
  readonly user: string
  readonly bits: 40 | 128 | 256
  readonly useAes?: boolean
  readonly clearMetadata?: boolean
  readonly objectStreams?: boolean
}

export function encrypted(bytes: Uint8Array, encryption: Encryption): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'pdf-encrypt-'))
  try {
    const [input, output] = ['in.pdf', 'out.pdf'].map((name) => join(folder, name)) as [string, string]
    writeFileSync(input, bytes)
    const options = [
      '--allow-weak-crypto',
      `--object-streams=${encryption.objectStreams === true ? 'generate' : 'disable'}`,
      '--encrypt',
      encryption.user,
      'owner',
      String(encryption.bits),
      ...(encryption.useAes === true ? ['--use-aes=y'] : []),
      ...(encryption.clearMetadata === true ? ['--cleartext-metadata'] : []),
      '--',
    ]
    const result = spawnSync('qpdf', [...options, input, output], { encoding: 'utf8' })
    if (result.status !== 0) throw new Error(`qpdf: ${result.stderr}`)
    return readFileSync(output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
