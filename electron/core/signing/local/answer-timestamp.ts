import { createHash, randomBytes } from 'node:crypto'
import { parseAlgorithm } from '../cms/algorithms.ts'
import { buildSignedData } from '../cms/build-signed-data.ts'
import {
  DerError,
  fieldsOf,
  readBoolean,
  readOctets,
  readSmallInteger,
  readWhole,
} from '../cms/der-reader.ts'
import { generalizedTime, integer, namedBits, oid, sequence, utf8String } from '../cms/der-writer.ts'
import { hashByOid } from '../cms/hashes.ts'
import { OID_TST_INFO } from '../cms/oids.ts'
import type { SigningKey } from '../keys/signing-key.ts'

/** Policy of the test TSA, below the number IANA keeps for documentation (RFC 5612). */
const TEST_POLICY = '1.3.6.1.4.1.32473.1.1'

/** Ways in which a TSA can go wrong, for tests of the client. */
export type TimestampMisbehaviour =
  | 'garbage'
  | 'http-500'
  | 'silence'
  | 'wrong-nonce'
  | 'wrong-imprint'
  | 'refuse'
  | 'bad-signature'
  | 'too-large'
  | 'no-token'

/**
 * Answers a TimeStampReq as a TSA does (RFC 3161 §2.4.2).
 *
 * @param request DER TimeStampReq; anything else gets status 2 (rejection) with badDataFormat
 * @param key the TSA's key; its certificate and chain go into the token only when the request asks (certReq)
 * @returns DER TimeStampResp
 */
export async function answerTimestamp(
  request: Uint8Array,
  key: SigningKey,
  nowMs: number,
  misbehaviour?: TimestampMisbehaviour,
): Promise<Uint8Array> {
  if (misbehaviour === 'refuse') return refusal('テスト用の拒否', 25)
  if (misbehaviour === 'no-token') return sequence(sequence(integer(0)))
  let parsed: ParsedRequest
  try {
    parsed = parseRequest(request)
  } catch (error) {
    if (error instanceof DerError) return refusal('badDataFormat', 5)
    throw error
  }
  const info = tstInfo(parsed, nowMs, misbehaviour)
  const digest = createHash('sha256').update(info).digest()
  const signer = parsed.certReq ? key : { ...key, chain: [] }
  const token = await buildSignedData(digest, signer, { contentType: OID_TST_INFO, content: info })
  if (misbehaviour === 'bad-signature') token[token.length - 1] = (token.at(-1) ?? 0) ^ 1
  return sequence(sequence(integer(0)), token)
}

type ParsedRequest = {
  readonly imprint: Uint8Array
  readonly nonce: Uint8Array | undefined
  readonly certReq: boolean
}

function parseRequest(der: Uint8Array): ParsedRequest {
  const [version, imprint, ...rest] = fieldsOf(readWhole(der))
  if (readSmallInteger(version) !== 1) throw new DerError('Unknown version')
  const [algorithm, digest] = fieldsOf(imprint)
  if (hashByOid(parseAlgorithm(algorithm).oid) === undefined) throw new DerError('Unknown digest')
  readOctets(digest)
  const certReq = rest.find((node) => node.tag === 0x01)
  return {
    imprint: imprint?.raw ?? new Uint8Array(),
    nonce: rest.find((node) => node.tag === 0x02)?.raw,
    certReq: certReq !== undefined && readBoolean(certReq),
  }
}

/** TSTInfo ::= SEQUENCE { version 1, policy, messageImprint, serialNumber, genTime, accuracy, nonce } */
function tstInfo(request: ParsedRequest, nowMs: number, misbehaviour?: TimestampMisbehaviour): Uint8Array {
  const imprint = Uint8Array.from(request.imprint)
  if (misbehaviour === 'wrong-imprint') imprint[imprint.length - 1] = (imprint.at(-1) ?? 0) ^ 1
  const nonce = misbehaviour === 'wrong-nonce' ? integer(randomBytes(7)) : request.nonce
  return sequence(
    integer(1),
    oid(TEST_POLICY),
    imprint,
    integer(randomBytes(12)),
    generalizedTime(nowMs),
    sequence(integer(1)),
    ...(nonce === undefined ? [] : [nonce]),
  )
}

/** PKIStatusInfo with status 2 (rejection), free text and one PKIFailureInfo bit. */
function refusal(text: string, failureBit: number): Uint8Array {
  return sequence(sequence(integer(2), sequence(utf8String(text)), namedBits([failureBit])))
}
