import { randomBytes } from 'node:crypto'
import { digestAlgorithmDer, type StrongHash } from '../cms/algorithms.ts'
import {
  childrenOf,
  DerError,
  fieldsOf,
  readIntegerHex,
  readSmallInteger,
  readText,
  readWhole,
} from '../cms/der-reader.ts'
import { DER_NULL, DER_TRUE, integer, octetString, sequence } from '../cms/der-writer.ts'
import { SigningError } from '../errors.ts'
import { checkTimestampToken, parseTimestampToken, type TimestampToken } from './parse-timestamp-token.ts'

/** A request as sent, with what its answer has to repeat. */
export type TimestampRequest = {
  readonly der: Uint8Array
  readonly digest: Uint8Array
  readonly hash: StrongHash
  /** Upper-case hex. */
  readonly nonce: string
}

/**
 * Builds a TimeStampReq with nonce and certReq (RFC 3161 §2.4.1).
 *
 *     TimeStampReq ::= SEQUENCE { version 1, messageImprint, nonce INTEGER, certReq TRUE }
 */
export function buildTimestampRequest(digest: Uint8Array, hash: StrongHash): TimestampRequest {
  const nonceBytes = randomBytes(8)
  nonceBytes[0] = ((nonceBytes[0] ?? 0) & 0x7f) | 0x01 // positive, and eight octets whatever the rest is
  const nonce = integer(nonceBytes)
  // NULL parameters in the imprint: some services compare AlgorithmIdentifiers byte by byte with their own.
  const algorithm = digestAlgorithmDer(hash)
  const imprint = sequence(sequence(algorithm.subarray(2), DER_NULL), octetString(digest))
  return {
    der: sequence(integer(1), imprint, nonce, DER_TRUE),
    digest,
    hash,
    nonce: readIntegerHex(readWhole(nonce)),
  }
}

/**
 * Reads and checks a TimeStampResp (RFC 3161 §2.4.2) against its request.
 *
 * @returns DER of the TimeStampToken and its parts
 * @throws SigningError TSA_REFUSED (data: status, text) | TSA_ANSWER_INVALID (data: problem)
 * Does not prove that the service is trustworthy or accredited.
 */
export function readTimestampResponse(
  answer: Uint8Array,
  request: TimestampRequest,
): { readonly der: Uint8Array; readonly token: TimestampToken } {
  try {
    const [statusInfo, tokenNode] = fieldsOf(readWhole(answer))
    const [status, ...details] = fieldsOf(statusInfo)
    const code = readSmallInteger(status)
    // 0 granted, 1 grantedWithMods; everything else carries no token.
    if (code > 1) {
      const text = details.find((node) => node.tag === 0x30)
      const [first] = text === undefined ? [] : childrenOf(text)
      throw new SigningError('TSA_REFUSED', `The time-stamping authority answered status ${code}`, {
        data: { status: code, text: first === undefined ? '' : readText(first).slice(0, 200) },
      })
    }
    if (tokenNode === undefined) throw invalid('TOKEN_MISSING')
    const token = parseTimestampToken(tokenNode.raw)
    const problem = problemOf(token, request)
    if (problem !== undefined) throw invalid(problem)
    return { der: tokenNode.raw, token }
  } catch (error) {
    if (error instanceof DerError) throw invalid('NOT_A_TIMESTAMP_RESPONSE', error)
    throw error
  }
}

function problemOf(token: TimestampToken, request: TimestampRequest): string | undefined {
  if (token.info.hash !== request.hash) return 'IMPRINT_MISMATCH'
  if (token.info.nonce !== request.nonce) return 'NONCE_MISMATCH'
  return checkTimestampToken(token, () => request.digest)[0]
}

function invalid(problem: string, cause?: unknown): SigningError {
  return new SigningError(
    'TSA_ANSWER_INVALID',
    `The answer of the time-stamping authority is not usable: ${problem}`,
    {
      cause,
      data: { problem },
    },
  )
}
