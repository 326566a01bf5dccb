/** Signs PDFs the way other programs do: any SubFilter, CMS from openssl or by hand, written by the raw updater. */
import { spawnSync } from 'node:child_process'
import type { KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificatePem } from '../../../electron/core/signing/local/test-authority.ts'
import { latin1, nextNumber, objectText, textOf, updatePdf } from '../mutate-pdf.ts'

export type RawSignature = {
  readonly subFilter: string
  /** Bytes for /Contents, given the signed bytes. */
  readonly contents: (signed: Uint8Array) => Uint8Array
  /** Further entries of the signature dictionary. */
  readonly more?: string
  /** Object numbers of the form and page to enter the field into. */
  readonly form: number
  readonly page: number
  readonly reservedBytes?: number
  readonly rect?: string
}

/** Adds a field with a signature in one update. */
export function rawSign(pdf: Uint8Array, signature: RawSignature): Uint8Array {
  const field = nextNumber(pdf)
  const value = field + 1
  const reserved = signature.reservedBytes ?? 12_000
  const range = '/ByteRange [0 0000000000 0000000000 0000000000]'
  const dictionary = `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /${signature.subFilter} /M (D:20261122120000+09'00') ${signature.more ?? ''} ${range} /Contents <${'0'.repeat(reserved * 2)}> >>`
  const added = textOf(
    updatePdf(pdf, {
      [signature.form]: objectText(pdf, signature.form).replace(
        /\/Fields \[([^\]]*)\]/,
        `/SigFlags 3 /Fields [$1 ${field} 0 R]`,
      ),
      [signature.page]: objectText(pdf, signature.page).includes('/Annots')
        ? objectText(pdf, signature.page).replace(/\/Annots \[([^\]]*)\]/, `/Annots [$1 ${field} 0 R]`)
        : objectText(pdf, signature.page).replace('<<', `<< /Annots [${field} 0 R]`),
      [field]: `<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig${field}) /Rect [${signature.rect ?? '0 0 0 0'}] /F 132 /P ${signature.page} 0 R /V ${value} 0 R >>`,
      [value]: dictionary,
    }),
  )
  const start = added.lastIndexOf('/Contents <') + '/Contents '.length
  const end = start + reserved * 2 + 2
  const digits = (number: number) => String(number).padStart(10, '0')
  const filled = added.replace(
    range,
    `/ByteRange [0 ${digits(start)} ${digits(end)} ${digits(added.length - end)}]`,
  )
  const signed = latin1(filled.slice(0, start) + filled.slice(end))
  const hex = Buffer.from(signature.contents(signed))
    .toString('hex')
    .padEnd(reserved * 2, '0')
  return latin1(`${filled.slice(0, start)}<${hex}>${filled.slice(end)}`)
}

export type OpensslSigner = {
  readonly certificate: Uint8Array
  readonly chain: readonly Uint8Array[]
  readonly key: KeyObject
}

/** A CMS made by `openssl cms -sign`. */
export function opensslCms(data: Uint8Array, signer: OpensslSigner, options: readonly string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'openssl-cms-'))
  const path = (name: string) => join(folder, name)
  try {
    writeFileSync(path('data'), data)
    writeFileSync(path('cert.pem'), certificatePem(signer.certificate))
    writeFileSync(path('chain.pem'), signer.chain.map(certificatePem).join(''))
    writeFileSync(path('key.pem'), signer.key.export({ format: 'pem', type: 'pkcs8' }))
    const args = ['cms', '-sign', '-binary', '-outform', 'DER', '-in', path('data'), '-out', path('out')]
    const inputs = ['-signer', path('cert.pem'), '-inkey', path('key.pem'), '-certfile', path('chain.pem')]
    const result = spawnSync('openssl', [...args, ...inputs, ...options])
    if (result.status !== 0) throw new Error(String(result.stderr))
    return readFileSync(path('out'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
