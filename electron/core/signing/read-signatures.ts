/** What every signature and timestamp of a file needs to be provable later: its CMS, certificates and times. */
import { type Certificate, parseCertificateCached } from './cms/certificate.ts'
import { DerError } from './cms/der-reader.ts'
import { OID_SIGNATURE_TIMESTAMP } from './cms/oids.ts'
import { parseSignedData, type SignedData, signerCertificate } from './cms/parse-signed-data.ts'
import { asArray, asInteger, asName, asString, asText, type PdfDictionary } from './pdf/objects.ts'
import type { PdfFile } from './pdf/reader.ts'
import { listSignatureFields } from './pdf/signature-fields.ts'
import type { CertificateUse } from './revocation/collect-validation.ts'
import { parseTimestampToken, type TimestampToken } from './timestamp/parse-timestamp-token.ts'

/** One signature or document timestamp as far as it can be read. */
export type FileSignature = {
  readonly fieldName: string
  readonly kind: 'signature' | 'document-timestamp'
  /** End of the signed bytes, i.e. of its revision. */
  readonly signedSizeBytes: number
  /** Undefined when /Contents is not a CMS (adbe.x509.rsa_sha1, damaged). */
  readonly signedData: SignedData | undefined
  readonly certificate: Certificate | undefined
  /** Tokens over the signature value; for a document timestamp the token itself. */
  readonly tokens: readonly TimestampToken[]
  /** /M in ms, a claim. */
  readonly claimedMs: number | undefined
}

/** All signed signature fields of the newest revision, oldest revision first. Verifies nothing. */
export function readSignatures(file: PdfFile): readonly FileSignature[] {
  return listSignatureFields(file)
    .flatMap((field) => (field.value === undefined ? [] : [readOne(file, field.name, field.value)]))
    .sort((left, right) => left.signedSizeBytes - right.signedSizeBytes)
}

function readOne(file: PdfFile, fieldName: string, value: PdfDictionary): FileSignature {
  const entry = (key: string) => file.resolve(value.entries.get(key))
  const isTimestamp =
    asName(entry('Type')) === 'DocTimeStamp' || asName(entry('SubFilter')) === 'ETSI.RFC3161'
  const range = (asArray(entry('ByteRange')) ?? []).map((item) => asInteger(file.resolve(item)) ?? 0)
  const contents = asString(entry('Contents'))?.bytes ?? new Uint8Array()
  const common = {
    fieldName,
    signedSizeBytes: (range[2] ?? 0) + (range[3] ?? 0),
    claimedMs: parsePdfDate(asText(entry('M'))),
  }
  const kind = isTimestamp ? ('document-timestamp' as const) : ('signature' as const)
  const signedData = readable(() => parseSignedData(contents))
  const [signer] = signedData?.signers ?? []
  if (signedData === undefined || signer === undefined)
    return { ...common, kind, signedData, certificate: undefined, tokens: [] }
  const certificate = signerCertificate(signer.id, signedData.certificates)
  const nodes = signer.unsignedAttributes.get(OID_SIGNATURE_TIMESTAMP) ?? []
  const encoded = isTimestamp ? [contents] : nodes.map((node) => node.raw)
  const tokens = encoded.flatMap((bytes) => readable(() => parseTimestampToken(bytes)) ?? [])
  return { ...common, kind, signedData, certificate, tokens }
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** Date string of ISO 32000-2 §7.9.4, `D:YYYYMMDDHHmmSSOHH'mm'`; missing parts are their smallest value. */
export function parsePdfDate(text: string | undefined): number | undefined {
  const match = /^D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?([Zz+-])?(\d{2})?'?(\d{2})?/.exec(
    text ?? '',
  )
  if (match === null) return undefined
  const part = (index: number, absent: number) => Number(match[index] ?? absent)
  const utc = Date.UTC(part(1, 0), part(2, 1) - 1, part(3, 1), part(4, 0), part(5, 0), part(6, 0))
  const offsetMs = (part(8, 0) * 60 + part(9, 0)) * 60_000
  return match[7] === '-' ? utc + offsetMs : match[7] === '+' ? utc - offsetMs : utc
}

/** Certificates whose chains have to be provable, and those that could not be read. */
export type SignatureUses = {
  readonly uses: readonly CertificateUse[]
  /** Fields whose CMS, or whose signer's certificate, cannot be read. */
  readonly unreadableFields: readonly string[]
}

/**
 * Lists signer, signature timestamps and document timestamps with their times. A signature's time is that of its own
 * timestamp, else of the first later document timestamp, else the claimed one.
 *
 * @param stored DER certificates of the document security store, where a certificate missing in a CMS may lie
 */
export function certificateUses(
  signatures: readonly FileSignature[],
  stored: readonly Uint8Array[],
  nowMs: number,
): SignatureUses {
  const uses: CertificateUse[] = []
  const unreadableFields: string[] = []
  const extra = stored.flatMap((der) => readable(() => parseCertificateCached(der)) ?? [])
  for (const [index, signature] of signatures.entries()) {
    const pool = [
      ...(signature.signedData?.certificates ?? []),
      ...signature.tokens.flatMap((token) => token.signedData.certificates),
      ...extra,
    ]
    const timestamps = signature.tokens.map((token) => ({
      certificate: token.certificate ?? signerCertificate(token.signer.id, extra),
      usedAtMs: token.info.timeMs,
      role: 'timestamp' as const,
    }))
    const own = signature.signedData?.signers[0]
    const signer = {
      certificate:
        signature.certificate ?? (own === undefined ? undefined : signerCertificate(own.id, extra)),
      usedAtMs: timeOf(signature, signatures.slice(index + 1), nowMs),
      role: 'signer' as const,
    }
    const parts = signature.kind === 'signature' ? [signer, ...timestamps] : timestamps
    const found = parts.flatMap(({ certificate, ...rest }) =>
      certificate === undefined ? [] : [{ certificate, pool, ...rest }],
    )
    if (found.length < parts.length || parts.length === 0) unreadableFields.push(signature.fieldName)
    uses.push(...found)
  }
  return { uses, unreadableFields }
}

function timeOf(signature: FileSignature, later: readonly FileSignature[], nowMs: number): number {
  const cover = later.find(
    (candidate) => candidate.kind === 'document-timestamp' && candidate.tokens.length > 0,
  )
  const [token] = signature.tokens.length > 0 ? signature.tokens : (cover?.tokens ?? [])
  return token?.info.timeMs ?? Math.min(signature.claimedMs ?? nowMs, nowMs)
}
