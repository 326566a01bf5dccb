import { childrenOf, type DerNode, fieldsOf, readNode, readOid, readText } from './der-reader.ts'
import { oid, printableString, sequence, setOf, utf8String } from './der-writer.ts'
import {
  OID_COMMON_NAME,
  OID_COUNTRY,
  OID_EMAIL_ADDRESS,
  OID_ORGANIZATION,
  OID_ORGANIZATIONAL_UNIT,
} from './oids.ts'

/** One attribute of a distinguished name. */
export type NameAttribute = { readonly type: string; readonly value: string }

/** A distinguished name (RFC 5280 §4.1.2.4): attributes for people, raw DER for comparing. */
export type DistinguishedName = {
  readonly raw: Uint8Array
  readonly attributes: readonly NameAttribute[]
  /** Canonical text for comparing two encodings of one name (case and spaces folded, RFC 5280 §7.1). */
  readonly canonical: string
}

export function parseName(node: DerNode | undefined): DistinguishedName {
  const attributes: NameAttribute[] = []
  const canonical: string[] = []
  for (const relative of fieldsOf(node)) {
    const parts = fieldsOf(relative, 0x31).map((pair) => {
      const [type, value] = childrenOf(pair)
      return { type: readOid(type), value: value === undefined ? '' : readText(value) }
    })
    attributes.push(...parts)
    canonical.push(
      parts
        .map((part) => `${part.type}=${foldText(part.value)}`)
        .sort()
        .join('+'),
    )
  }
  return { raw: node?.raw ?? new Uint8Array(), attributes, canonical: canonical.join('\n') }
}

export function parseNameBytes(der: Uint8Array): DistinguishedName {
  return parseName(readNode(der))
}

function foldText(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
}

/** First value of an attribute type, or null. */
export function attributeOf(name: DistinguishedName, type: string): string | null {
  return name.attributes.find((attribute) => attribute.type === type)?.value ?? null
}

/** What to call the holder: common name, else organisational unit, organisation, or mail address. */
export function displayName(name: DistinguishedName): string {
  for (const type of [OID_COMMON_NAME, OID_ORGANIZATIONAL_UNIT, OID_ORGANIZATION, OID_EMAIL_ADDRESS]) {
    const value = attributeOf(name, type)
    if (value !== null && value !== '') return value
  }
  return ''
}

/** Parts of a name we issue ourselves. */
export type NameParts = {
  readonly commonName: string
  readonly organization?: string
  readonly organizationalUnit?: string
  readonly country?: string
}

/** Encodes C, O, OU, CN in this order; text as UTF8String, country as PrintableString. */
export function encodeName(parts: NameParts): Uint8Array {
  const pair = (type: string, value: Uint8Array) => setOf(sequence(oid(type), value))
  const encoded: Uint8Array[] = []
  if (parts.country !== undefined) encoded.push(pair(OID_COUNTRY, printableString(parts.country)))
  if (parts.organization !== undefined) encoded.push(pair(OID_ORGANIZATION, utf8String(parts.organization)))
  if (parts.organizationalUnit !== undefined)
    encoded.push(pair(OID_ORGANIZATIONAL_UNIT, utf8String(parts.organizationalUnit)))
  encoded.push(pair(OID_COMMON_NAME, utf8String(parts.commonName)))
  return sequence(...encoded)
}
