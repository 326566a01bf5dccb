/**
 * First stage of a signature (ISO 32000-2 §12.8, EN 319 142-1): decides field, dictionary and update, and digests
 * what will be signed. Second stage: `fillSignature` in prepared-signature.ts.
 */
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import { type BaseDigest, digestBase, digestValue, type HashName } from './base-digest.ts'
import {
  type Appearance,
  addAnnotation,
  addToForm,
  assertNameFree,
  isNameFree,
  lockDictionary,
  pageAt,
  widgetDictionary,
} from './field-layout.ts'
import { assertMaySign, type FieldLock, lockOf, permissionsOfFile } from './mdp.ts'
import {
  asDictionary,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfText,
  withEntries,
} from './objects.ts'
import { type PageBox, pageRotation } from './page-tree.ts'
import type { PreparedSignature } from './prepared-signature.ts'
import { openPdf, type PdfFile } from './reader.ts'
import {
  docMdpReference,
  fieldMdpReference,
  japaneseDate,
  type SignatureDictionary,
  signatureDictionary,
} from './signature-dictionary.ts'
import { listFormFields, listSignatureFields, type SignatureField } from './signature-fields.ts'
import { type PdfUpdate, startUpdate } from './update-writer.ts'

/** Room for a CMS with chain and timestamp, in bytes. */
export const DEFAULT_RESERVED_BYTES = 32_768

export type SignatureOptions = {
  /** An existing empty signature field, or the name of a new one; absent: the first free of 署名1, 署名2, … */
  readonly fieldName?: string
  /** False: the field must exist (default true). */
  readonly mayCreateField?: boolean
  /** Page of a new field, 0 for the first (default 0). Ignored for an existing field. */
  readonly pageIndex?: number
  /** Rectangle of a new field in points of the page's own coordinates; absent: invisible. */
  readonly rect?: PageBox
  /** /M, the claimed time of signing: a claim, not a proof. Written in Japan's time. */
  readonly signedAt: Date
  readonly name?: string
  /** Not together with a commitment type or signature policy in the CMS (EN 319 142-1 table 1). */
  readonly reason?: string
  readonly location?: string
  readonly contactInfo?: string
  /** Makes this a certification (DocMDP) with P; only for the first signature of a file. */
  readonly certify?: 1 | 2 | 3
  /** Fields this signature locks; a /Lock of an existing field is obeyed without being given here. */
  readonly lock?: FieldLock
  readonly appearance?: Appearance
  readonly reservedBytes?: number
  /** Default SHA-256. */
  readonly hash?: HashName
  /** Digest of the source made earlier (`digestBase`), so that it is not hashed again; of the same hash and size. */
  readonly baseDigest?: BaseDigest
}

export type TimestampOptions = {
  /** Absent: the first free of タイムスタンプ1, タイムスタンプ2, … */
  readonly fieldName?: string
  readonly reservedBytes?: number
  readonly hash?: HashName
  readonly baseDigest?: BaseDigest
}

/**
 * Prepares a PAdES signature (SubFilter ETSI.CAdES.detached) as an incremental update of `source`.
 *
 * @returns plain data that can be stored; `digest` is what the CMS must sign
 * @throws SigningError PDF_ENCRYPTED | PDF_DAMAGED | NOT_A_PDF | PDF_TOO_LARGE | FIELD_NOT_FOUND |
 * FIELD_ALREADY_SIGNED | FIELD_NAME_TAKEN | PAGE_NOT_FOUND | ALREADY_SIGNED (certify after a signature) |
 * CERTIFIED_NO_CHANGES | GLYPHS_MISSING | IMAGE_UNREADABLE
 * Does not check earlier signatures.
 */
export async function prepareSignature(
  source: ByteSource,
  options: SignatureOptions,
): Promise<PreparedSignature> {
  const file = openPdf(source)
  const update = startUpdate(file)
  const fields = listSignatureFields(file)
  const isFirst = !fields.some((field) => field.isSigned)
  if (options.certify !== undefined && !isFirst)
    throw new SigningError('ALREADY_SIGNED', 'A certification must be the first signature')
  const fieldName = options.fieldName ?? freeName(file, '署名')
  const existing = fields.find((field) => field.name === fieldName)
  if (existing?.isSigned)
    throw new SigningError('FIELD_ALREADY_SIGNED', 'The field is signed', { data: { fieldName } })
  assertMaySign(permissionsOfFile(file, fields), {
    fieldName,
    isNewVisible: existing === undefined && options.rect !== undefined,
  })
  const signature = update.reserve()
  const lock =
    existing === undefined
      ? createField(update, { ...options, fieldName }, { signature, isFirst })
      : fillField(update, existing, { signature, options, isFirst })
  if (options.certify !== undefined) certify(update, signature)
  const entries = signatureEntries(file, options, lock)
  return finish(update, { reference: signature, entries, kind: 'signature', fieldName }, options)
}

/**
 * Prepares an invisible document timestamp (§12.8.5, SubFilter ETSI.RFC3161). Allowed after any certification:
 * ISO 32000-2 §12.8.2.2.2 does not count it as a change.
 *
 * @throws SigningError as `prepareSignature`, without CERTIFIED_NO_CHANGES
 */
export async function prepareDocumentTimestamp(
  source: ByteSource,
  options: TimestampOptions = {},
): Promise<PreparedSignature> {
  const file = openPdf(source)
  const update = startUpdate(file)
  const fieldName = options.fieldName ?? freeName(file, 'タイムスタンプ')
  const isFirst = !listSignatureFields(file).some((field) => field.isSigned)
  const reference = update.reserve()
  createField(update, { fieldName }, { signature: reference, isFirst })
  const entries = pdfDictionary({
    Type: pdfName('DocTimeStamp'),
    Filter: pdfName('Adobe.PPKLite'),
    SubFilter: pdfName('ETSI.RFC3161'),
  })
  return finish(update, { reference, entries, kind: 'document-timestamp', fieldName }, options)
}

function freeName(file: PdfFile, stem: string): string {
  const taken = new Set(listFormFields(file).map((field) => field.name))
  for (let number = 1; ; number += 1) if (isNameFree(`${stem}${number}`, taken)) return `${stem}${number}`
}

type Signing = { readonly signature: PdfReference; readonly isFirst: boolean }

function createField(
  update: PdfUpdate,
  options: Pick<SignatureOptions, 'mayCreateField' | 'pageIndex' | 'rect' | 'appearance' | 'lock'> & {
    readonly fieldName: string
  },
  signing: Signing,
): Locking | undefined {
  const { file } = update
  const { fieldName, rect, lock } = options
  if (options.mayCreateField === false)
    throw new SigningError('FIELD_NOT_FOUND', 'No such signature field', { data: { fieldName } })
  assertNameFree(fieldName, new Set(listFormFields(file).map((field) => field.name)))
  const page = pageAt(file, options.pageIndex ?? 0)
  const appearance =
    rect === undefined
      ? undefined
      : options.appearance?.addTo(update, placeOf(rect, pageRotation(page, file.resolve)))
  const spec = {
    name: fieldName,
    ...(rect === undefined ? {} : { rect }),
    ...(lock === undefined ? {} : { lock }),
  }
  const widget = withEntries(widgetDictionary(update, spec, page, appearance), { V: signing.signature })
  const reference = update.add(widget)
  addAnnotation(update, page, reference)
  addToForm(update, [reference], { mayTidy: signing.isFirst })
  return lock === undefined ? undefined : { lock, permission: undefined }
}

function placeOf(rect: PageBox, rotation: 0 | 90 | 180 | 270): Parameters<Appearance['addTo']>[1] {
  return { widthPoints: rect.right - rect.left, heightPoints: rect.top - rect.bottom, rotation }
}

type Locking = { readonly lock: FieldLock; readonly permission: PdfObject | undefined }

function fillField(
  update: PdfUpdate,
  field: SignatureField,
  signing: Signing & { readonly options: SignatureOptions },
): Locking | undefined {
  const { file } = update
  const { options, signature, isFirst } = signing
  const { reference, widget, rect } = field
  if (reference === undefined)
    throw new SigningError('PDF_DAMAGED', 'The field is a direct object', {
      data: { reason: 'direct field' },
    })
  const ownLock = field.lock ?? (options.lock === undefined ? undefined : lockDictionary(options.lock))
  const changes: Record<string, PdfObject | undefined> = { V: signature }
  if (field.lock === undefined && ownLock !== undefined) changes.Lock = update.add(ownLock)
  const isShown = rect !== undefined && rect.right > rect.left && rect.top > rect.bottom
  if (isShown && options.appearance !== undefined && widget !== undefined) {
    const rotation = rotationOf(file, field)
    const shown = pdfDictionary({ N: options.appearance.addTo(update, placeOf(rect, rotation)) })
    if (widget.dictionary === field.dictionary) changes.AP = shown
    else if (widget.reference !== undefined)
      update.set(widget.reference, withEntries(widget.dictionary, { AP: shown, AS: undefined }))
  }
  update.set(reference, withEntries(field.dictionary, changes))
  addToForm(update, [], { mayTidy: isFirst })
  if (ownLock === undefined) return undefined
  return { lock: lockOf(file, ownLock), permission: ownLock.entries.get('P') }
}

function rotationOf(file: PdfFile, field: SignatureField): 0 | 90 | 180 | 270 {
  const { pageIndex } = field
  return pageIndex === undefined ? 0 : pageRotation(pageAt(file, pageIndex), file.resolve)
}

function certify(update: PdfUpdate, signature: PdfReference): void {
  const { file } = update
  const catalog = asDictionary(update.resolve(file.catalogReference)) ?? file.catalog
  const permissions = asDictionary(update.resolve(catalog.entries.get('Perms'))) ?? pdfDictionary({})
  update.set(
    file.catalogReference,
    withEntries(catalog, { Perms: withEntries(permissions, { DocMDP: signature }) }),
  )
}

function signatureEntries(
  file: PdfFile,
  options: SignatureOptions,
  locking: Locking | undefined,
): PdfDictionary {
  const references: PdfObject[] = []
  if (options.certify !== undefined) references.push(docMdpReference(options.certify))
  if (locking !== undefined)
    references.push(fieldMdpReference(locking.lock, file.catalogReference, locking.permission))
  const text = (value: string | undefined) => (value === undefined ? undefined : pdfText(value))
  return pdfDictionary({
    Type: pdfName('Sig'),
    Filter: pdfName('Adobe.PPKLite'),
    SubFilter: pdfName('ETSI.CAdES.detached'),
    M: pdfText(japaneseDate(options.signedAt)),
    Name: text(options.name),
    Reason: text(options.reason),
    Location: text(options.location),
    ContactInfo: text(options.contactInfo),
    Reference: references.length === 0 ? undefined : pdfArray(references),
  })
}

type Signature = {
  readonly reference: PdfReference
  readonly entries: PdfDictionary
  readonly kind: PreparedSignature['kind']
  readonly fieldName: string
}

/** Writes the update, puts the byte range into it and digests what it covers. */
async function finish(
  update: PdfUpdate,
  signature: Signature,
  options: Pick<SignatureOptions, 'reservedBytes' | 'hash' | 'baseDigest'>,
): Promise<PreparedSignature> {
  const { source } = update.file
  const hash = options.hash ?? 'SHA-256'
  const reservedBytes = options.reservedBytes ?? DEFAULT_RESERVED_BYTES
  const dictionary = signatureDictionary(signature.reference, signature.entries, reservedBytes)
  update.setBytes(signature.reference, dictionary.bytes)
  const { bytes: appended, offsetOf } = update.finish()
  const objectAt = offsetOf(signature.reference)
  const gapStart = objectAt + dictionary.contentsAt
  const gapEnd = gapStart + 2 * reservedBytes + 2
  const contentsStart = source.sizeBytes + gapStart
  const behind = source.sizeBytes + gapEnd
  const byteRange = [0, contentsStart, behind, appended.length - gapEnd] as const
  writeRange(appended, objectAt, dictionary, byteRange)
  const base = await usableDigest(source, hash, options.baseDigest)
  const digest = base.state
    .copy()
    .update(appended.subarray(0, gapStart))
    .update(appended.subarray(gapEnd))
    .digest()
  return {
    kind: signature.kind,
    fieldName: signature.fieldName,
    baseSizeBytes: source.sizeBytes,
    baseDigest: digestValue(base),
    appended,
    byteRange,
    contentsStart,
    reservedBytes,
    hash,
    digest,
  }
}

function writeRange(
  appended: Uint8Array,
  objectAt: number,
  dictionary: SignatureDictionary,
  byteRange: readonly [0, number, number, number],
): void {
  const text = byteRange.slice(1).join(' ').padEnd(dictionary.rangeRoom)
  if (text.length > dictionary.rangeRoom)
    throw new SigningError('PDF_TOO_LARGE', 'ByteRange outgrew its place', { data: { limit: 'file size' } })
  appended.set(Buffer.from(text, 'latin1'), objectAt + dictionary.rangeAt)
}

async function usableDigest(
  source: ByteSource,
  hash: HashName,
  given: BaseDigest | undefined,
): Promise<BaseDigest> {
  if (given === undefined) return digestBase(source, hash)
  if (given.hash !== hash || given.sizeBytes !== source.sizeBytes)
    throw new Error('The given digest is of other bytes or another hash')
  return given
}
