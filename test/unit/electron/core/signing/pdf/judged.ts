/** What several tests of this folder share: outside judges on bytes, and updates put behind their base. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import {
  prepareSignature,
  type SignatureOptions,
} from '../../../../../../electron/core/signing/pdf/prepare-signature.ts'
import { fillSignature } from '../../../../../../electron/core/signing/pdf/prepared-signature.ts'
import { askJudge, type Judge } from '../../../../../support/outside-judges.ts'

/** Runs a judge on bytes as a file; `FILE` in the arguments stands for its path. */
export function judge(
  name: Judge,
  bytes: Uint8Array,
  ...args: readonly string[]
): { code: number; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'pdf-judge-'))
  try {
    const path = join(folder, 'file.pdf')
    writeFileSync(path, bytes)
    return askJudge(
      name,
      args.map((argument) => (argument === 'FILE' ? path : argument)),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `qpdf --check`: empty text when the file is clean, what it says otherwise. */
export function qpdfComplaint(bytes: Uint8Array): string {
  const { code, output } = judge('qpdf', bytes, '--check', 'FILE')
  return code === 0 ? '' : output
}

/** The text as pdftotext reads it; complaints about our shortened linearization dictionaries are left out. */
export function textOf(bytes: Uint8Array): string {
  const { output } = judge('pdftotext', bytes, '-layout', 'FILE', '-')
  return output.replace(/Syntax Warning: (First page|Hints table).*\n/g, '')
}

export function append(base: Uint8Array, appended: Uint8Array): Buffer {
  return Buffer.concat([base, appended])
}

export const SIGNED_AT = new Date('2026-04-01T01:02:03Z')

/** A file with one more signature field filled; the CMS is a few bytes that no one checks. */
export async function withSignature(
  base: Uint8Array,
  options: Partial<SignatureOptions> = {},
): Promise<Buffer> {
  const prepared = await prepareSignature(memorySource(base), {
    signedAt: SIGNED_AT,
    reservedBytes: 256,
    ...options,
  })
  return append(base, fillSignature(prepared, Buffer.from('3003020101', 'hex')))
}
