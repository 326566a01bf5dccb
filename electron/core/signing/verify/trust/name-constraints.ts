/** Name constraints of CA certificates (RFC 5280 §4.2.1.10 and §6.1.3 b, c): which names the certificates below may carry. */

import type { Certificate } from '../../cms/certificate.ts'
import { childrenOf, DerError, type DerNode, fieldsOf, readWhole } from '../../cms/der-reader.ts'
import { type DistinguishedName, parseName } from '../../cms/names.ts'
import { OID_EMAIL_ADDRESS, OID_NAME_CONSTRAINTS, OID_SUBJECT_ALT_NAME } from '../../cms/oids.ts'

const MAIL = 0x81
const DNS = 0x82
const DIRECTORY = 0xa4
const URI = 0x86
const ADDRESS = 0x87
const KNOWN = new Set([MAIL, DNS, DIRECTORY, URI, ADDRESS])

type GeneralName =
  | { readonly type: typeof DIRECTORY; readonly name: readonly string[] }
  | { readonly type: typeof ADDRESS; readonly bytes: Uint8Array }
  | { readonly type: typeof MAIL | typeof DNS | typeof URI; readonly text: string }
  | { readonly type: 'other'; readonly tag: number }

/** Constraints gathered while walking a path from the anchor down. */
export type NameConstraints = {
  readonly permitted: readonly (readonly GeneralName[])[]
  readonly excluded: readonly GeneralName[]
}

export const NO_CONSTRAINTS: NameConstraints = { permitted: [], excluded: [] }

/** Adds the constraints of a CA certificate. @throws DerError when they are malformed or of a kind not understood */
export function withConstraintsOf(constraints: NameConstraints, certificate: Certificate): NameConstraints {
  const extension = certificate.extensions.get(OID_NAME_CONSTRAINTS)
  if (extension === undefined) return constraints
  let permitted = constraints.permitted
  let excluded = constraints.excluded
  for (const list of fieldsOf(readWhole(extension.value))) {
    const bases = childrenOf(list).map(subtreeBase)
    if (list.tag === 0xa0) permitted = [...permitted, bases]
    else excluded = [...excluded, ...bases]
  }
  return { permitted, excluded }
}

/** GeneralSubtree: base, [0] minimum DEFAULT 0, [1] maximum: only the default is allowed. */
function subtreeBase(node: DerNode): GeneralName {
  const [base, ...bounds] = fieldsOf(node)
  const isDefault = bounds.every((bound) => bound.tag === 0x80 && bound.content.every((octet) => octet === 0))
  if (!isDefault || base === undefined) throw new DerError('Subtree with distance bounds')
  return readGeneralName(base)
}

function readGeneralName(node: DerNode): GeneralName {
  if (node.tag === DIRECTORY) return { type: DIRECTORY, name: relativeNames(parseName(childrenOf(node)[0])) }
  if (node.tag === ADDRESS) return { type: ADDRESS, bytes: node.content }
  if (node.tag === MAIL || node.tag === DNS || node.tag === URI)
    return { type: node.tag, text: Buffer.from(node.content).toString('latin1') }
  return { type: 'other', tag: node.tag }
}

function relativeNames(name: DistinguishedName): readonly string[] {
  return name.canonical === '' ? [] : name.canonical.split('\n')
}

/** True when every name of the certificate lies inside the permitted and outside the excluded subtrees. */
export function namesAllowed(constraints: NameConstraints, certificate: Certificate): boolean {
  if (constraints.permitted.length === 0 && constraints.excluded.length === 0) return true
  const names = namesOf(certificate)
  // A constraint on a kind of name not understood here must not be passed over when such a name occurs.
  return names.every(
    (name) =>
      !constraints.excluded.some(
        (base) => sameKind(base, name) && (!isKnown(base) || isWithin(base, name)),
      ) &&
      constraints.permitted.every((bases) => {
        const ofKind = bases.filter((base) => sameKind(base, name))
        return ofKind.length === 0 || ofKind.some((base) => isKnown(base) && isWithin(base, name))
      }),
  )
}

function isKnown(name: GeneralName): boolean {
  return name.type !== 'other' && KNOWN.has(name.type)
}

function sameKind(base: GeneralName, name: GeneralName): boolean {
  if (base.type === 'other') return name.type === 'other' && name.tag === base.tag
  return base.type === name.type
}

function namesOf(certificate: Certificate): readonly GeneralName[] {
  const names: GeneralName[] = []
  if (certificate.subject.attributes.length > 0)
    names.push({ type: DIRECTORY, name: relativeNames(certificate.subject) })
  const alternative = certificate.extensions.get(OID_SUBJECT_ALT_NAME)
  const fromExtension =
    alternative === undefined ? [] : fieldsOf(readWhole(alternative.value)).map(readGeneralName)
  names.push(...fromExtension)
  if (!fromExtension.some((name) => name.type === MAIL))
    for (const attribute of certificate.subject.attributes)
      if (attribute.type === OID_EMAIL_ADDRESS) names.push({ type: MAIL, text: attribute.value })
  return names
}

function isWithin(base: GeneralName, name: GeneralName): boolean {
  if (base.type === DIRECTORY && name.type === DIRECTORY)
    return base.name.length <= name.name.length && base.name.every((part, index) => part === name.name[index])
  if (base.type === ADDRESS && name.type === ADDRESS) return addressWithin(base.bytes, name.bytes)
  if (base.type === MAIL && name.type === MAIL) return mailWithin(base.text, name.text)
  if (base.type === DNS && name.type === DNS) return hostWithin(base.text, name.text, true)
  if (base.type === URI && name.type === URI) return uriWithin(base.text, name.text)
  return false
}

function addressWithin(base: Uint8Array, address: Uint8Array): boolean {
  if (base.length !== address.length * 2) return false
  return address.every((octet, index) => {
    const mask = base[address.length + index] ?? 0
    return (octet & mask) === ((base[index] ?? 0) & mask)
  })
}

function mailWithin(base: string, mail: string): boolean {
  const at = mail.lastIndexOf('@')
  const host = mail.slice(at + 1).toLowerCase()
  if (base.includes('@')) {
    const baseAt = base.lastIndexOf('@')
    return base.slice(0, baseAt) === mail.slice(0, at) && base.slice(baseAt + 1).toLowerCase() === host
  }
  return hostWithin(base, host, false)
}

/** `example.jp` is itself (and, for DNS names, everything below); `.example.jp` is everything below. */
function hostWithin(base: string, host: string, includesBelow: boolean): boolean {
  const wanted = base.toLowerCase()
  const actual = host.toLowerCase()
  if (wanted === '') return true
  if (wanted.startsWith('.')) return actual.endsWith(wanted) && actual.length > wanted.length
  return actual === wanted || (includesBelow && actual.endsWith(`.${wanted}`))
}

function uriWithin(base: string, uri: string): boolean {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]+)/i.exec(uri)?.[1]
  return host !== undefined && hostWithin(base, host, false)
}
