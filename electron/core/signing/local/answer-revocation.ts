import { createHash, createPublicKey } from 'node:crypto'
import { signatureAlgorithmDer } from '../cms/algorithms.ts'
import { type Certificate, parseCertificateCached } from '../cms/certificate.ts'
import {
  childrenOf,
  DerError,
  type DerNode,
  fieldsOf,
  readIntegerHex,
  readOctets,
  readOid,
  readWhole,
} from '../cms/der-reader.ts'
import {
  bitString,
  contextPrimitive,
  contextTag,
  enumerated,
  generalizedTime,
  integer,
  octetString,
  oid,
  sameBytes,
  sequence,
  time,
} from '../cms/der-writer.ts'
import { OID_CRL_NUMBER, OID_CRL_REASON, OID_OCSP_BASIC, OID_OCSP_NONCE } from '../cms/oids.ts'
import { algorithmFor, signWithKeyObject } from '../keys/software-key.ts'
import { extension, type IssuedCertificate } from './issue-certificate.ts'
import type { RevokedEntry, TestAuthority } from './test-authority.ts'

/** How long the test responder's answers and lists are good for. */
const OCSP_LIFETIME_MS = 24 * 3600_000
const CRL_LIFETIME_MS = 7 * 24 * 3600_000

/**
 * Makes a CRL (RFC 5280 §5) of one of the two test CAs.
 *
 * @param of 'root' lists the intermediate, 'intermediate' lists end entities
 * @returns DER CertificateList with thisUpdate `nowMs`, whole seconds
 */
export async function makeCrl(
  authority: TestAuthority,
  of: 'root' | 'intermediate',
  nowMs: number,
): Promise<Uint8Array> {
  const issuer = authority[of]
  const certificate = parseCertificateCached(issuer.certificate)
  // Serial numbers are random over both CAs, so one list of revoked numbers serves both.
  const entries = [...authority.revoked].filter(([, entry]) => entry.revokedAtMs <= nowMs)
  const parts = [
    integer(1),
    algorithmOf(issuer),
    certificate.subject.raw,
    time(nowMs),
    time(nowMs + CRL_LIFETIME_MS),
    ...(entries.length === 0 ? [] : [sequence(...entries.map(([serial, entry]) => crlEntry(serial, entry)))]),
    contextTag(0, sequence(extension(OID_CRL_NUMBER, integer(Math.floor(nowMs / 1000))))),
  ]
  return signed(sequence(...parts), issuer)
}

function crlEntry(serial: string, entry: RevokedEntry): Uint8Array {
  const reason = sequence(extension(OID_CRL_REASON, enumerated(entry.reason)))
  return sequence(integer(Buffer.from(serial, 'hex')), time(entry.revokedAtMs), reason)
}

/**
 * Answers an OCSPRequest (RFC 6960 §4.2) for certificates of the intermediate CA, signed by the delegated responder.
 *
 * @returns DER OCSPResponse: successful, or malformedRequest (1) for what cannot be read
 */
export async function answerOcsp(
  request: Uint8Array,
  authority: TestAuthority,
  nowMs: number,
): Promise<Uint8Array> {
  try {
    const [tbs] = fieldsOf(readWhole(request))
    const fields = fieldsOf(tbs)
    const list = fields.find((node) => node.tag === 0x30)
    const singles = fieldsOf(list).map((entry) => answerOne(fieldsOf(entry)[0], authority, nowMs))
    const basic = await signed(
      responseData(singles, authority.ocsp, nowMs, nonceOf(fields)),
      authority.ocsp,
      [authority.ocsp.certificate],
    )
    const bytes = sequence(oid(OID_OCSP_BASIC), octetString(basic))
    return sequence(enumerated(0), contextTag(0, bytes))
  } catch (error) {
    if (error instanceof DerError) return sequence(enumerated(1))
    throw error
  }
}

function nonceOf(fields: readonly DerNode[]): Uint8Array | undefined {
  const wrapper = fields.find((node) => node.tag === 0xa2)
  if (wrapper === undefined) return undefined
  const entry = fieldsOf(childrenOf(wrapper)[0]).find((node) => readOid(fieldsOf(node)[0]) === OID_OCSP_NONCE)
  return entry === undefined ? undefined : readOctets(fieldsOf(entry).at(-1))
}

/** ResponseData ::= SEQUENCE { responderID [2] byKey, producedAt, responses, responseExtensions [1] } */
function responseData(
  singles: readonly Uint8Array[],
  responder: IssuedCertificate,
  nowMs: number,
  nonce: Uint8Array | undefined,
): Uint8Array {
  const keyHash = createHash('sha1')
    .update(parseCertificateCached(responder.certificate).publicKeyBits)
    .digest()
  return sequence(
    contextTag(2, octetString(keyHash)),
    generalizedTime(nowMs),
    sequence(...singles),
    ...(nonce === undefined ? [] : [contextTag(1, sequence(extension(OID_OCSP_NONCE, nonce)))]),
  )
}

function answerOne(id: DerNode | undefined, authority: TestAuthority, nowMs: number): Uint8Array {
  const [, nameHash, , serialNode] = fieldsOf(id)
  const issuer = parseCertificateCached(authority.intermediate.certificate)
  const known = sameBytes(readOctets(nameHash), sha1(issuer.subject.raw))
  const entry = authority.revoked.get(readIntegerHex(serialNode))
  return sequence(
    id?.raw ?? new Uint8Array(),
    statusDer(known, entry !== undefined && entry.revokedAtMs <= nowMs ? entry : undefined),
    generalizedTime(nowMs),
    contextTag(0, generalizedTime(nowMs + OCSP_LIFETIME_MS)),
  )
}

function statusDer(known: boolean, entry: RevokedEntry | undefined): Uint8Array {
  if (!known) return contextPrimitive(2, new Uint8Array())
  if (entry === undefined) return contextPrimitive(0, new Uint8Array())
  return contextTag(1, generalizedTime(entry.revokedAtMs), contextTag(0, enumerated(entry.reason)))
}

function sha1(bytes: Uint8Array): Uint8Array {
  return createHash('sha1').update(bytes).digest()
}

function algorithmOf(issuer: IssuedCertificate): Uint8Array {
  return signatureAlgorithmDer(algorithmFor(createPublicKey(issuer.privateKey)))
}

/** SEQUENCE { tbs, signatureAlgorithm, signature, certs [0] } as CRLs and BasicOCSPResponses have it. */
async function signed(
  tbs: Uint8Array,
  issuer: IssuedCertificate,
  certificates?: readonly Uint8Array[],
): Promise<Uint8Array> {
  const algorithm = algorithmFor(createPublicKey(issuer.privateKey))
  const signature = await signWithKeyObject(issuer.privateKey, algorithm, tbs)
  const extra = certificates === undefined ? [] : [contextTag(0, sequence(...certificates))]
  return sequence(tbs, signatureAlgorithmDer(algorithm), bitString(signature), ...extra)
}

/** Issuer certificate a test CA serves under its caIssuers address. */
export function issuerOf(authority: TestAuthority, certificate: Certificate): IssuedCertificate | undefined {
  return [authority.intermediate, authority.root].find(
    (candidate) =>
      parseCertificateCached(candidate.certificate).subject.canonical === certificate.issuer.canonical,
  )
}
