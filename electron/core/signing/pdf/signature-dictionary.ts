/**
 * The bytes of a signature dictionary with room for its ByteRange and its CMS (ISO 32000-2 §12.8.1, table 255).
 * [Note: ByteRange is fixed width] The numbers are not known before everything else is written, so each has room for
 * 10 digits at least, filled with spaces: files over 100,000,000 bytes must not outgrow it.
 */
import type { FieldLock } from './mdp.ts'
import {
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfText,
} from './objects.ts'
import { serialise } from './serialise.ts'

const RANGE_DIGITS = 12

export type SignatureDictionary = {
  /** `n g obj … endobj`. */
  readonly bytes: Uint8Array
  /** Position in `bytes` of the first digit of ByteRange's second number, and how much room the three numbers have. */
  readonly rangeAt: number
  readonly rangeRoom: number
  /** Position in `bytes` of the `<` of /Contents. */
  readonly contentsAt: number
}

/** @param entries everything but /ByteRange and /Contents */
export function signatureDictionary(
  reference: PdfReference,
  entries: PdfDictionary,
  reservedBytes: number,
): SignatureDictionary {
  const plain = Buffer.from(serialise(entries)).toString('latin1').slice(0, -2)
  const head = `${reference.objectNumber} ${reference.generation} obj\n${plain}\n/ByteRange [0 `
  const rangeRoom = 3 * RANGE_DIGITS + 2
  const middle = `${head}${' '.repeat(rangeRoom)}]\n/Contents `
  const bytes = Buffer.alloc(middle.length + 2 * reservedBytes + 1 + 11, 0x30)
  bytes.write(`${middle}<`, 0, 'latin1')
  bytes.write('>>>\nendobj\n', bytes.length - 11, 'latin1')
  return { bytes, rangeAt: head.length, rangeRoom, contentsAt: middle.length }
}

/** The text of a PDF date (§7.9.4) in Japan's time, UTC+9 without summer time. */
export function japaneseDate(date: Date): string {
  const shifted = new Date(date.getTime() + 9 * 3_600_000)
  return `D:${shifted.toISOString().replace(/[-:T]/g, '').slice(0, 14)}+09'00'`
}

/** The /Reference entry of a certifying signature (§12.8.2.2). */
export function docMdpReference(permission: 1 | 2 | 3): PdfObject {
  return pdfDictionary({
    Type: pdfName('SigRef'),
    TransformMethod: pdfName('DocMDP'),
    DigestMethod: pdfName('SHA256'),
    TransformParams: pdfDictionary({
      Type: pdfName('TransformParams'),
      P: pdfNumber(permission),
      V: pdfName('1.2'),
    }),
  })
}

/** The /Reference entry of a signature that locks fields (§12.8.2.4). */
export function fieldMdpReference(
  lock: FieldLock,
  catalog: PdfReference,
  permission: PdfObject | undefined,
): PdfObject {
  return pdfDictionary({
    Type: pdfName('SigRef'),
    TransformMethod: pdfName('FieldMDP'),
    DigestMethod: pdfName('SHA256'),
    Data: catalog,
    TransformParams: pdfDictionary({
      Type: pdfName('TransformParams'),
      Action: pdfName(lock.action),
      Fields: lock.action === 'All' ? undefined : pdfArray(lock.fields.map(pdfText)),
      P: permission,
      V: pdfName('1.2'),
    }),
  })
}
