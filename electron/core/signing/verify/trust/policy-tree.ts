/**
 * Certificate policies along a path (RFC 5280 §6.1.2–6.1.5), kept as a graph by level as RFC 9618 asks: the tree of
 * RFC 5280 grows exponentially on crafted chains, the graph does not. The user's policy set is anyPolicy.
 */
import type { Certificate } from '../../cms/certificate.ts'
import { childrenOf, DerError, fieldsOf, readOid, readSmallInteger, readWhole } from '../../cms/der-reader.ts'
import {
  OID_CERTIFICATE_POLICIES,
  OID_INHIBIT_ANY_POLICY,
  OID_POLICY_CONSTRAINTS,
  OID_POLICY_MAPPINGS,
} from '../../cms/oids.ts'

const ANY = '2.5.29.32.0'

/** Policies valid at one level: policy → the policies expected at the next level. Undefined = the tree is empty. */
type Level = Map<string, Set<string>> | undefined

type State = {
  level: Level
  explicit: number
  mapping: number
  inhibitAny: number
}

/**
 * True when the policies of the path are acceptable: either none is demanded, or at least one policy holds throughout.
 *
 * @param path certificates from the one below the anchor to the end entity
 * @throws DerError for malformed extensions and for anyPolicy inside a mapping
 */
export function policiesAllowed(path: readonly Certificate[]): boolean {
  const unlimited = path.length + 1
  const state: State = {
    level: new Map([[ANY, new Set([ANY])]]),
    explicit: unlimited,
    mapping: unlimited,
    inhibitAny: unlimited,
  }
  for (const [index, certificate] of path.entries()) {
    const isLast = index === path.length - 1
    processPolicies(state, certificate, isLast)
    if (state.explicit === 0 && state.level === undefined) return false
    if (!isLast) prepareNext(state, certificate)
    else wrapUp(state, certificate)
  }
  return state.explicit > 0 || state.level !== undefined
}

function policiesOf(certificate: Certificate): readonly string[] | undefined {
  const extension = certificate.extensions.get(OID_CERTIFICATE_POLICIES)
  if (extension === undefined) return undefined
  const policies = fieldsOf(readWhole(extension.value)).map((information) =>
    readOid(fieldsOf(information)[0]),
  )
  if (new Set(policies).size !== policies.length) throw new DerError('A certificate policy occurs twice')
  return policies
}

/** §6.1.3 (d) and (e). */
function processPolicies(state: State, certificate: Certificate, isLast: boolean): void {
  const policies = policiesOf(certificate)
  if (policies === undefined || state.level === undefined) {
    state.level = undefined
    return
  }
  const previous = state.level
  const expected = new Set([...previous.values()].flatMap((set) => [...set]))
  const next = new Map<string, Set<string>>()
  for (const policy of policies)
    if (policy !== ANY && (expected.has(policy) || previous.has(ANY))) next.set(policy, new Set([policy]))
  if (policies.includes(ANY) && (state.inhibitAny > 0 || (!isLast && certificate.selfIssued)))
    for (const policy of expected) if (!next.has(policy)) next.set(policy, new Set([policy]))
  state.level = next.size === 0 ? undefined : next
}

/** §6.1.4 (a), (b), (h)–(j). */
function prepareNext(state: State, certificate: Certificate): void {
  const mappings = mappingsOf(certificate)
  if (mappings.length > 0) applyMappings(state, mappings)
  if (!certificate.selfIssued) {
    state.explicit = Math.max(0, state.explicit - 1)
    state.mapping = Math.max(0, state.mapping - 1)
    state.inhibitAny = Math.max(0, state.inhibitAny - 1)
  }
  const constraints = constraintsOf(certificate)
  state.explicit = Math.min(state.explicit, constraints.explicit ?? state.explicit)
  state.mapping = Math.min(state.mapping, constraints.mapping ?? state.mapping)
  const inhibit = certificate.extensions.get(OID_INHIBIT_ANY_POLICY)
  if (inhibit !== undefined)
    state.inhibitAny = Math.min(state.inhibitAny, readSmallInteger(readWhole(inhibit.value)))
}

/** §6.1.5 (a), (b). */
function wrapUp(state: State, certificate: Certificate): void {
  if (!certificate.selfIssued) state.explicit = Math.max(0, state.explicit - 1)
  if (constraintsOf(certificate).explicit === 0) state.explicit = 0
}

function mappingsOf(certificate: Certificate): readonly (readonly [string, string])[] {
  const extension = certificate.extensions.get(OID_POLICY_MAPPINGS)
  if (extension === undefined) return []
  return fieldsOf(readWhole(extension.value)).map((pair) => {
    const [issuer, subject] = childrenOf(pair).map(readOid)
    if (issuer === undefined || subject === undefined || issuer === ANY || subject === ANY)
      throw new DerError('Bad policy mapping')
    return [issuer, subject] as const
  })
}

function applyMappings(state: State, mappings: readonly (readonly [string, string])[]): void {
  if (state.level === undefined) return
  const grouped = new Map<string, Set<string>>()
  for (const [issuer, subject] of mappings)
    grouped.set(issuer, (grouped.get(issuer) ?? new Set()).add(subject))
  const next = new Map(state.level)
  for (const [issuer, subjects] of grouped) {
    if (state.mapping === 0) next.delete(issuer)
    else if (next.has(issuer) || next.has(ANY)) next.set(issuer, subjects)
  }
  state.level = next.size === 0 ? undefined : next
}

function constraintsOf(certificate: Certificate): { readonly explicit?: number; readonly mapping?: number } {
  const extension = certificate.extensions.get(OID_POLICY_CONSTRAINTS)
  if (extension === undefined) return {}
  const found: { explicit?: number; mapping?: number } = {}
  for (const field of fieldsOf(readWhole(extension.value))) {
    const value = readSmallInteger({ ...field, tag: 0x02 })
    if (field.tag === 0x80) found.explicit = value
    else if (field.tag === 0x81) found.mapping = value
  }
  return found
}
