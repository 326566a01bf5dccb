/** The two ends of a PDF: its header (ISO 32000-2 §7.5.2) and where its cross-reference chain begins (§7.5.5). */
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import { isWhite } from './lexer.ts'
import type { PdfNote } from './xref.ts'

const TAIL_BYTES = 1024
const HEADER_BYTES = 1024

export function readHeader(source: ByteSource, notes: PdfNote[]): { version: string; offset: number } {
  const start = Buffer.from(source.read(0, Math.min(HEADER_BYTES + 16, source.sizeBytes))).toString('latin1')
  const offset = start.indexOf('%PDF-')
  if (offset < 0 || offset > HEADER_BYTES) throw new SigningError('NOT_A_PDF', 'No PDF header')
  if (offset > 0) notes.push({ code: 'HEADER_NOT_AT_START', offset })
  return { version: /^\d\.\d/.exec(start.slice(offset + 5, offset + 8))?.[0] ?? '', offset }
}

/** The number behind the last `startxref` (§7.5.5), which must stand in the last 1024 bytes. */
export function readStartOffset(source: ByteSource, notes: PdfNote[]): number {
  const length = Math.min(TAIL_BYTES, source.sizeBytes)
  const base = source.sizeBytes - length
  const bytes = source.read(base, length)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const at = text.lastIndexOf('startxref')
  const digits = at < 0 ? null : /^startxref\s*(\d{1,15})(?!\d)/.exec(text.slice(at, at + 64))
  if (digits?.[1] === undefined)
    throw new SigningError('PDF_DAMAGED', 'No startxref at the end', {
      data: { reason: 'startxref', offset: base },
    })
  const marker = text.indexOf('%%EOF', at)
  if (marker < 0) notes.push({ code: 'EOF_MARKER_MISSING', offset: base + at })
  const end = marker < 0 ? at + digits[0].length : marker + 5
  for (let index = end; index < length; index += 1) {
    if (isWhite(bytes[index] ?? 0)) continue
    notes.push({ code: 'BYTES_AFTER_EOF', offset: base + index })
    break
  }
  return Number(digits[1])
}
