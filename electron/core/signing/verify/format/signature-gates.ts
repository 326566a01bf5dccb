/**
 * Gates 2–6: does one signature dictionary lie in the file the way ISO 32000-2 §12.8.1 and EN 319 142-1 demand, so that
 * what it signs is exactly one revision of this file? Every fault makes the signature not valid.
 */
import type { ByteSource } from '../../../kit/byte-source.ts'
import { isWhite } from '../../pdf/lexer.ts'
import { asInteger, asName, type PdfObject } from '../../pdf/objects.ts'
import type { PdfFile } from '../../pdf/reader.ts'
import type { PdfRevision } from '../../pdf/xref.ts'
import type { ReasonCode } from '../reason-codes.ts'
import type { FoundSignature } from './find-signatures.ts'

/** [0, gapStart) and [gapEnd, end): offsets in bytes. */
export type SignedRange = { readonly gapStart: number; readonly gapEnd: number; readonly end: number }

export type SubFilter =
  | 'ETSI.CAdES.detached'
  | 'ETSI.RFC3161'
  | 'adbe.pkcs7.detached'
  | 'adbe.pkcs7.sha1'
  | 'adbe.x509.rsa_sha1'

const SUB_FILTERS = new Set<string>([
  'ETSI.CAdES.detached',
  'ETSI.RFC3161',
  'adbe.pkcs7.detached',
  'adbe.pkcs7.sha1',
  'adbe.x509.rsa_sha1',
])

export type SignatureFormat = {
  readonly found: FoundSignature
  readonly kind: 'signature' | 'document-timestamp'
  /** As written, '' when absent. */
  readonly subFilterName: string
  /** Undefined when it is not one this program can verify. */
  readonly subFilter: SubFilter | undefined
  readonly range: SignedRange | undefined
  /** Decoded /Contents with its padding; empty when there is none. */
  readonly contents: Uint8Array
  /** Index of the revision the range ends with; undefined when it ends nowhere. */
  readonly revision: number | undefined
  readonly faults: readonly ReasonCode[]
}

/** Runs the format gates on one signature. */
export function checkFormat(file: PdfFile, found: FoundSignature): SignatureFormat {
  const { entries, duplicateKeys } = found.dictionary
  const faults: ReasonCode[] = []
  const type = asName(entries.get('Type'))
  const subFilterName = asName(entries.get('SubFilter')) ?? ''
  const isTimestamp = type === 'DocTimeStamp' || subFilterName === 'ETSI.RFC3161'
  if (duplicateKeys !== undefined) faults.push('SIGNATURE_DICTIONARY_AMBIGUOUS')
  if (type !== undefined && type !== 'Sig' && type !== 'DocTimeStamp') faults.push('SIGNATURE_TYPE_WRONG')
  if (type === 'DocTimeStamp' && subFilterName !== 'ETSI.RFC3161') faults.push('SIGNATURE_TYPE_WRONG')
  if (asName(entries.get('Filter')) === undefined) faults.push('SIGNATURE_FILTER_MISSING')
  const subFilter = SUB_FILTERS.has(subFilterName) ? (subFilterName as SubFilter) : undefined
  const contents = entries.get('Contents')
  const isText = contents?.kind === 'string' && contents.bytes.length > 0
  if (!isText) faults.push('CONTENTS_MISSING')
  const range = readRange(entries.get('ByteRange'))
  if (range === undefined) faults.push('BYTE_RANGE_MALFORMED')
  else {
    const rangeFault = checkRange(file.source, range, contents)
    if (rangeFault !== undefined) faults.push(rangeFault)
  }
  const placed = range === undefined ? undefined : placeRange(file, range, found)
  if (placed?.fault !== undefined) faults.push(placed.fault)
  return {
    found,
    kind: isTimestamp ? 'document-timestamp' : 'signature',
    subFilterName,
    subFilter,
    range,
    contents: isText ? contents.bytes : new Uint8Array(0),
    revision: placed?.revision,
    faults,
  }
}

/** Gate 2: exactly four non-negative direct integers, the first 0. */
function readRange(object: PdfObject | undefined): SignedRange | undefined {
  if (object?.kind !== 'array' || object.items.length !== 4) return undefined
  const [start, gapStart, gapEnd, length] = object.items.map(asInteger)
  if (start !== 0 || gapStart === undefined || gapEnd === undefined || length === undefined) return undefined
  if (gapStart < 0 || gapEnd < 0 || length < 0) return undefined
  return { gapStart, gapEnd, end: gapEnd + length }
}

/** Gates 3 and 4: the gap is exactly the `<`hex`>` of this dictionary's own /Contents. */
function checkRange(
  source: ByteSource,
  range: SignedRange,
  contents: PdfObject | undefined,
): ReasonCode | undefined {
  const { gapStart, gapEnd, end } = range
  if (gapEnd <= gapStart || end > source.sizeBytes || end <= gapEnd) return 'BYTE_RANGE_OUTSIDE_FILE'
  if (contents?.kind !== 'string' || contents.span === undefined) return 'GAP_NOT_CONTENTS'
  if (contents.span.start !== gapStart || contents.span.end !== gapEnd) return 'GAP_NOT_CONTENTS'
  // Two digits a byte and the two brackets: anything longer hides white space or an odd digit in the unsigned gap.
  if (!contents.hex || gapEnd - gapStart !== contents.bytes.length * 2 + 2) return 'GAP_NOT_PLAIN_HEX'
  return undefined
}

type Placed = { readonly revision: number | undefined; readonly fault: ReasonCode | undefined }

/** Gate 6: the range ends with `startxref N %%EOF` of the revision that introduced the signature object. */
function placeRange(file: PdfFile, range: SignedRange, found: FoundSignature): Placed {
  const revision = revisionEndingAt(file, range.end)
  if (revision === undefined) return { revision: undefined, fault: 'RANGE_NOT_A_REVISION' }
  const { index } = revision
  const newest = revision.sections[0]
  const last = revision.sections.find((section) => section.endOffset === revision.endOffset)
  if (
    !revision.isComplete ||
    last?.startxref === undefined ||
    !pointsAt(file.source, last.startxref.value, newest?.offset)
  )
    return { revision: index, fault: 'REVISION_END_MALFORMED' }
  const outside = file.revisions
    .slice(0, index + 1)
    .some((part) =>
      part.sections.some(
        (section) => section.endOffset > range.end || (section.hybridStream?.endOffset ?? 0) > range.end,
      ),
    )
  if (outside) return { revision: index, fault: 'XREF_OUTSIDE_RANGE' }
  if (range.gapStart < (file.revisions[index - 1]?.endOffset ?? 0))
    return { revision: index, fault: 'SIGNATURE_OF_EARLIER_REVISION' }
  if (found.firstRevision > index) return { revision: index, fault: 'SIGNATURE_ATTACHED_LATER' }
  return { revision: index, fault: undefined }
}

/** The revision whose `%%EOF` is the last thing before `end`, ends of line aside. */
function revisionEndingAt(file: PdfFile, end: number): PdfRevision | undefined {
  const { source } = file
  const revision = file.revisions.findLast((part) => part.endOffset - 2 <= end)
  if (revision === undefined || end > source.sizeBytes) return undefined
  const from = Math.min(revision.endOffset, end)
  const to = Math.max(revision.endOffset, end)
  if (to - from > 1024 || !onlyWhite(source.read(from, to - from))) return undefined
  const tail = Buffer.from(source.read(Math.max(0, end - 64), Math.min(64, end))).toString('latin1')
  return /%%EOF[\0\t\n\f\r ]*$/.test(tail) ? revision : undefined
}

/** True when `value` is the offset, or only white space lies between them: a harmless slip of some writers. */
export function pointsAt(source: ByteSource, value: number | undefined, offset: number | undefined): boolean {
  if (value === undefined || offset === undefined) return false
  const slack = offset - value
  return slack === 0 || (slack > 0 && slack <= 4 && onlyWhite(source.read(value, slack)))
}

export function onlyWhite(bytes: Uint8Array): boolean {
  return bytes.every(isWhite)
}
