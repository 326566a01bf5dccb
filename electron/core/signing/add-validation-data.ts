import type { ByteSource } from '../kit/byte-source.ts'
import { appendDss, readDss } from './pdf/dss.ts'
import { openPdf } from './pdf/reader.ts'
import { certificateUses, readSignatures } from './read-signatures.ts'
import {
  type MissingCode,
  type ValidationCollector,
  type ValidationSources,
  validationCollector,
} from './revocation/collect-validation.ts'

export type MissingData = {
  /** Name of the certificate's holder, or of the field when its CMS cannot be read. */
  readonly subject: string
  /** SHA-256 of the certificate, hex; empty for a field. */
  readonly fingerprint: string
  readonly code: MissingCode | 'SIGNATURE_UNREADABLE'
}

export type ValidationUpdate = {
  /** Bytes to append; empty when there is nothing to add, or when it is too early (`waitUntilMs`). */
  readonly appended: Uint8Array
  readonly missing: readonly MissingData[]
  /** Data newer than a signature is not to be had yet: nothing was appended, ask again then. */
  readonly waitUntilMs: number | undefined
}

/**
 * Adds what B-LT needs (EN 319 142-1 §6.3): chain and OCSP or CRL of every signer, timestamp and responder in the file,
 * save anchors and certificates with ocsp-nocheck. What the file holds already and still proves its point is kept.
 *
 * @param sources a collector made by `collectorFor` is reused over many files, so that one answer serves all
 * @throws SigningError of the reader (PDF_*); failing servers are reported in `missing`, never thrown
 */
export async function addValidationData(
  source: ByteSource,
  sources: ValidationSources | CollectorWithClock,
): Promise<ValidationUpdate> {
  const { collector, nowMs } = 'collector' in sources ? sources : collectorFor(sources)
  const file = openPdf(source)
  const known = readDss(file)
  const { uses, unreadableFields } = certificateUses(readSignatures(file), known.certificates, nowMs())
  const collected = await collector.collect(uses, known)
  const unreadable = unreadableFields.map((subject) => ({
    subject,
    fingerprint: '',
    code: 'SIGNATURE_UNREADABLE' as const,
  }))
  const missing = [...collected.missing, ...unreadable]
  const { waitUntilMs } = collected
  if (waitUntilMs !== undefined) return { appended: new Uint8Array(), missing, waitUntilMs }
  return { appended: appendDss(source, collected.material), missing, waitUntilMs }
}

/** A collector for a whole run, with its clock. */
export type CollectorWithClock = { readonly collector: ValidationCollector; readonly nowMs: () => number }

export function collectorFor(sources: ValidationSources): CollectorWithClock {
  return { collector: validationCollector(sources), nowMs: sources.clock.now }
}
