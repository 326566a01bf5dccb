import {
  checkTimestampToken,
  parseTimestampToken,
} from '../../core/signing/timestamp/parse-timestamp-token.ts'

/** Is this the timestamp of exactly this hash (hex) of the log? Who stamped it is not asked here. */
export function isTokenOver(token: Uint8Array, hash: string): boolean {
  const digest = Buffer.from(hash, 'hex')
  return checkTimestampToken(parseTimestampToken(token), () => digest).length === 0
}
