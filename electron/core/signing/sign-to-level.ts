import { setTimeout as sleepMs } from 'node:timers/promises'
import { appendedSource, type ByteSource } from '../kit/byte-source.ts'
import { concatBytes } from '../kit/bytes.ts'
import { addArchiveTimestamp } from './add-archive-timestamp.ts'
import { addValidationData, type CollectorWithClock, type MissingData } from './add-validation-data.ts'
import { SigningError } from './errors.ts'
import { digestBase, extendDigest } from './pdf/base-digest.ts'
import type { ValidationSources } from './revocation/collect-validation.ts'
import { type SignedUpdate, type SignRequest, signPdf } from './sign-pdf.ts'

export type SignatureLevel = 'b' | 't' | 'lt' | 'lta'

export type SignToLevelRequest = SignRequest & {
  readonly level: SignatureLevel
  /** Needed for lt and lta. */
  readonly validation?: ValidationSources | CollectorWithClock
  /** How long to wait for revocation data newer than the signature (default 5 s). */
  readonly maxWaitMs?: number
  /** Waits; tests pass one that moves their clock. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

export type SignedToLevel = Omit<SignedUpdate, 'level'> & {
  readonly level: 'B-B' | 'B-T' | 'B-LT' | 'B-LTA'
  readonly missing: readonly MissingData[]
}

/**
 * Signs up to a level in one call, as scripts and the command line want it; the office's job does the same in stages.
 *
 * @throws SigningError as `signPdf` and `addArchiveTimestamp`; TSA_UNREACHABLE when the level needs an authority and none
 * is given; REVOCATION_UNAVAILABLE (data: waitUntil) when newer revocation data cannot be had in time, or data: missing
 */
export async function signToLevel(source: ByteSource, request: SignToLevelRequest): Promise<SignedToLevel> {
  const { level, timestampAuthority, validation } = request
  if (level !== 'b' && timestampAuthority === undefined)
    throw new SigningError('TSA_UNREACHABLE', 'This level needs a time-stamping authority', {
      data: { level },
    })
  const base = request.options?.baseDigest ?? (await digestBase(source, request.key.algorithm.hash))
  const { key, clock } = request
  const signed = await signPdf(source, {
    key,
    clock,
    options: { ...request.options, baseDigest: base },
    ...(level === 'b' || timestampAuthority === undefined ? {} : { timestampAuthority }),
  })
  if (level === 'b' || level === 't' || timestampAuthority === undefined) return { ...signed, missing: [] }
  if (validation === undefined) throw new Error('Levels lt and lta need sources of validation data')
  const signedSource = appendedSource(source, source.sizeBytes, signed.appended)
  const { appended, missing } = await collect(signedSource, { ...request, validation })
  const parts = [signed.appended, appended]
  if (level === 'lta') {
    const update = concatBytes(parts)
    const withData = appendedSource(source, source.sizeBytes, update)
    parts.push(await addArchiveTimestamp(withData, timestampAuthority, extendDigest(base, update)))
  }
  return { ...signed, appended: concatBytes(parts), level: level === 'lta' ? 'B-LTA' : 'B-LT', missing }
}

async function collect(
  source: ByteSource,
  request: SignToLevelRequest & { readonly validation: ValidationSources | CollectorWithClock },
) {
  const deadlineMs = request.clock.now() + (request.maxWaitMs ?? 5000)
  for (;;) {
    const update = await addValidationData(source, request.validation)
    const { waitUntilMs } = update
    if (waitUntilMs === undefined) {
      assertComplete(update.missing)
      return update
    }
    if (waitUntilMs > deadlineMs)
      throw new SigningError(
        'REVOCATION_UNAVAILABLE',
        'Revocation data newer than the signature is not to be had yet',
        {
          data: { waitUntil: new Date(waitUntilMs).toISOString() },
        },
      )
    await (request.sleep ?? sleepMs)(Math.max(10, waitUntilMs - request.clock.now()))
  }
}

/** B-LT is not called B-LT when chain or revocation data is missing. */
function assertComplete(missing: readonly MissingData[]): void {
  const [first] = missing
  if (first === undefined) return
  throw new SigningError('REVOCATION_UNAVAILABLE', 'Validation data is missing', {
    data: { missing: missing.length, firstCode: first.code, firstSubject: first.subject },
  })
}
