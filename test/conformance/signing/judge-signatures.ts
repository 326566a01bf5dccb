/** Outside judges on signed files: each gives 'ok' or what it complained about. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { OID_SIGNATURE_TIMESTAMP } from '../../../electron/core/signing/cms/oids.ts'
import { parseSignedData } from '../../../electron/core/signing/cms/parse-signed-data.ts'
import { openPdf } from '../../../electron/core/signing/pdf/reader.ts'
import { listSignatureFields } from '../../../electron/core/signing/pdf/signature-fields.ts'
import { askJudge } from '../../support/outside-judges.ts'

export type SignedFile = {
  readonly bytes: Uint8Array
  readonly rootPem: string
  /** Moment at which certificates are judged. */
  readonly at: Date
}

type Found = { readonly cms: Buffer; readonly content: Buffer; readonly isTimestamp: boolean }

/** Every signature of a file, cut out by hand from its own /ByteRange. */
export function cutOut(bytes: Uint8Array): readonly Found[] {
  const file = openPdf(memorySource(bytes))
  return listSignatureFields(file).flatMap((field) => {
    const get = (key: string) => file.resolve(field.value?.entries.get(key))
    const range = get('ByteRange')
    const contents = get('Contents')
    const subFilter = get('SubFilter')
    if (range.kind !== 'array' || contents.kind !== 'string' || subFilter.kind !== 'name') return []
    const [start = 0, length = 0, second = 0, rest = 0] = range.items.map((item) =>
      item.kind === 'number' ? item.value : 0,
    )
    const parts = [bytes.subarray(start, start + length), bytes.subarray(second, second + rest)]
    return [
      {
        cms: Buffer.from(contents.bytes),
        content: Buffer.concat(parts),
        isTimestamp: subFilter.value === 'ETSI.RFC3161',
      },
    ]
  })
}

function inFolder<T>(file: SignedFile, judge: (path: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'judge-'))
  const path = (name: string) => join(folder, name)
  try {
    writeFileSync(path('file.pdf'), file.bytes)
    writeFileSync(path('root.pem'), file.rootPem)
    return judge(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Poppler: every signature's cryptography; it does not judge document timestamps. */
export function askPdfsig(file: SignedFile): string {
  return inFolder(file, (path) => {
    const { output } = askJudge('pdfsig', ['-nocert', path('file.pdf')])
    const signatures = output.split(/^Signature #\d+:/m).slice(1)
    const bad = signatures.filter(
      (text) => !text.includes('Signature is Valid.') && !text.includes('Signature Type: unknown'),
    )
    const judged = signatures.filter((text) => text.includes('Signature is Valid.')).length
    const expected = cutOut(file.bytes).filter((found) => !found.isTimestamp).length
    return bad.length === 0 && judged === expected ? 'ok' : `${judged} of ${expected} valid: ${bad.join('')}`
  })
}

/** OpenSSL: the CMS with CAdES checks, chain to the root, on the bytes of the ranges. */
export function askOpensslCms(file: SignedFile): string {
  return inFolder(file, (path) => {
    for (const { cms, content, isTimestamp } of cutOut(file.bytes)) {
      if (isTimestamp) continue
      writeFileSync(path('sig.der'), parseSignedData(cms).raw)
      writeFileSync(path('content'), content)
      const { code, output } = askJudge('openssl', [
        ...[
          'cms',
          '-verify',
          '-cades',
          '-binary',
          '-inform',
          'DER',
          '-in',
          path('sig.der'),
          '-content',
          path('content'),
        ],
        ...['-CAfile', path('root.pem'), '-purpose', 'any', '-out', '/dev/null', '-attime', seconds(file.at)],
      ])
      if (code !== 0 || !output.includes('CAdES Verification successful')) return output
    }
    return 'ok'
  })
}

/** OpenSSL: every token, of signatures and of document timestamps, on the digest it should cover. */
export function askOpensslTs(file: SignedFile): string {
  return inFolder(file, (path) => {
    for (const { cms, content, isTimestamp } of cutOut(file.bytes)) {
      const parsed = parseSignedData(cms)
      const signer = parsed.signers[0]
      const tokens = isTimestamp
        ? [{ token: parsed.raw, data: content }]
        : (signer?.unsignedAttributes.get(OID_SIGNATURE_TIMESTAMP) ?? []).map((node) => ({
            token: node.raw,
            data: signer?.signature ?? content,
          }))
      for (const { token, data } of tokens) {
        writeFileSync(path('token.der'), token)
        const digest = createHash(digestOf(token)).update(data).digest('hex')
        const { code, output } = askJudge('openssl', [
          ...['ts', '-verify', '-token_in', '-in', path('token.der'), '-digest', digest],
          ...['-CAfile', path('root.pem'), '-attime', seconds(file.at)],
        ])
        if (code !== 0 || !output.includes('Verification: OK')) return output
      }
    }
    return 'ok'
  })
}

/** The digest named in the token's own text as OpenSSL prints it; the imprint decides which data digest to hand over. */
function digestOf(token: Uint8Array): string {
  const names = new Map([
    ['0609608648016503040201', 'sha256'],
    ['0609608648016503040202', 'sha384'],
    ['0609608648016503040203', 'sha512'],
  ])
  const content = Buffer.from(parseSignedData(token).content ?? new Uint8Array()).toString('hex')
  const found = [...names].find(([oid]) => content.includes(oid))
  return found?.[1] ?? 'sha256'
}

function seconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1000))
}

/** qpdf: structure of the whole file. */
export function askQpdf(file: SignedFile): string {
  return inFolder(file, (path) => {
    const { code, output } = askJudge('qpdf', ['--check', path('file.pdf')])
    return code === 0 ? 'ok' : output
  })
}

/** MuPDF: every signature; it does not know document timestamps and no anchor, so only the cryptography counts. */
export function askMutool(file: SignedFile): string {
  return inFolder(file, (path) => {
    const { output } = askJudge('mutool', ['sign', '-v', path('file.pdf')])
    const valid =
      output.match(/signature is valid but there have been edits|document is unchanged since signing/g)
        ?.length ?? 0
    const expected = cutOut(file.bytes).filter((found) => !found.isTimestamp).length
    return valid === expected && !/digest|invalid|error:/i.test(output.replace(/Certificate error: .*/g, ''))
      ? 'ok'
      : output
  })
}
