import type { ByteSource } from '../kit/byte-source.ts'
import { type CollectorWithClock, collectorFor } from './add-validation-data.ts'
import { renew } from './renew.ts'
import type { ValidationSources } from './revocation/collect-validation.ts'
import { type BulkControl, type BulkOutcome, runBulk } from './run-bulk.ts'
import { type SignRequest, signPdf } from './sign-pdf.ts'
import type { TimestampAuthority } from './timestamp/timestamp-authority.ts'

export type BulkSource = ByteSource & { readonly close?: () => void }

/** One file of a batch. */
export type BulkFile = {
  readonly id: string
  /** The newest bytes; called once per stage, closed afterwards. */
  readonly open: () => Promise<BulkSource>
  /** Stores the update durably; the file counts as done only after this. Called with the source it belongs to. */
  readonly save: (appended: Uint8Array, source: ByteSource) => Promise<void>
}

export type BulkSigningFile = BulkFile & { readonly options?: SignRequest['options'] }

/**
 * Signs many files with one key and one PIN: B-B, or B-T with an authority.
 * Make the archive timestamps afterwards with `renewBulk`: by then revocation data is newer than the signatures.
 *
 * @returns one outcome per file, in order; never throws for an expected failure
 */
export function signBulk(
  files: readonly BulkSigningFile[],
  request: Omit<SignRequest, 'options'>,
  control: BulkControl = {},
): Promise<readonly BulkOutcome[]> {
  return runBulk('sign', files, control, (file) =>
    withSource(file, async (source) => {
      const options = file.options === undefined ? {} : { options: file.options }
      const signed = await signPdf(source, { ...request, ...options })
      await file.save(signed.appended, source)
      return { status: 'done' }
    }),
  )
}

export type BulkRenewal = {
  readonly validation: ValidationSources | CollectorWithClock
  readonly authority: TimestampAuthority
  readonly requireComplete?: boolean
}

/**
 * Adds validation data and an archive timestamp to many files; used after signing and, years later, for renewal.
 * One answer of a responder serves all files signed before it. Files for which it is too early are `waiting`; with
 * `requireComplete`, files with missing data fail with REVOCATION_UNAVAILABLE.
 */
export function renewBulk(
  files: readonly BulkFile[],
  request: BulkRenewal,
  control: BulkControl = {},
): Promise<readonly BulkOutcome[]> {
  const { validation } = request
  const collector = 'collector' in validation ? validation : collectorFor(validation)
  return runBulk('renew', files, control, (file) =>
    withSource(file, async (source) => {
      const renewal = await renew(source, { ...request, validation: collector })
      if (renewal.waitUntilMs !== undefined) return { status: 'waiting', waitUntilMs: renewal.waitUntilMs }
      if (renewal.appended.length === 0) return { status: 'failed', code: 'REVOCATION_UNAVAILABLE' }
      await file.save(renewal.appended, source)
      return { status: 'done' }
    }),
  )
}

async function withSource<T>(file: BulkFile, work: (source: ByteSource) => Promise<T>): Promise<T> {
  const source = await file.open()
  try {
    return await work(source)
  } finally {
    source.close?.()
  }
}
