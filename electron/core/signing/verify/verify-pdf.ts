import type { VerificationReport } from '../../../../shared/model/verification.ts'
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import { openPdf, type PdfFile } from '../pdf/reader.ts'
import { type Budget, BudgetExceeded, createBudget } from './budget.ts'
import { prefixSource } from './diff/compare-revisions.ts'
import type { FileInput } from './file-input.ts'
import { digestRanges } from './format/range-digest.ts'
import { createRawScan } from './format/raw-scan.ts'
import { judgeFile } from './judge-file.ts'
import type { VerifyOptions } from './options.ts'
import { type ReasonCode, reason } from './reason-codes.ts'
import { worstVerdict } from './verdict.ts'

/** Below the ten seconds that are promised: one step (unpacking a stream) may run over the deadline before it is noticed. */
const DEFAULT_TIME_LIMIT_MS = 8_000

/**
 * Verifies every signature and document timestamp of a PDF: bytes, form, cryptography, trust, time, revocation and what
 * was changed after each (ISO 32000-2 §12.8, ETSI EN 319 142-1 and 319 102-1, RFC 5280, 5652, 3161, 6960).
 *
 * @returns always a report: any bytes give a verdict within `timeLimitMs` (default 8 s); never rejects
 * Proves nothing about what people saw on the page beyond the bytes, nor that a claimed name is a person.
 */
export async function verifyPdf(source: ByteSource, options: VerifyOptions): Promise<VerificationReport> {
  const budget = createBudget(options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS, options.signal)
  try {
    return await verifyWithin(source, options, budget)
  } catch (error) {
    return failed(codeOf(error))
  }
}

function failed(code: ReasonCode): VerificationReport {
  return { verdict: 'unreadable', signatures: [], problems: [reason(code)] }
}

function codeOf(error: unknown): ReasonCode {
  if (error instanceof BudgetExceeded) return error.reason === 'time' ? 'TIME_LIMIT' : 'CANCELLED'
  if (error instanceof SigningError) {
    if (error.code === 'NOT_A_PDF' || error.code === 'PDF_ENCRYPTED' || error.code === 'PDF_TOO_LARGE')
      return error.code
    return 'PDF_DAMAGED'
  }
  return error instanceof RangeError ? 'PDF_DAMAGED' : 'INTERNAL_ERROR'
}

async function verifyWithin(
  source: ByteSource,
  options: VerifyOptions,
  budget: Budget,
): Promise<VerificationReport> {
  const opened = tryOpen(source)
  if (opened.file?.isEncrypted === true)
    return judgeDamaged(source, { options, budget, code: 'PDF_ENCRYPTED' })
  const code = opened.code ?? 'PDF_DAMAGED'
  const report =
    opened.file === undefined
      ? undefined
      : await tryJudge({ file: opened.file, source, options, budget, isTruncated: false })
  return report ?? judgeDamaged(source, { options, budget, code })
}

/** Undefined when a part every verdict needs (catalog, page tree, form) cannot be read. */
async function tryJudge(input: FileInput): Promise<VerificationReport | undefined> {
  try {
    return await judgeFile(input)
  } catch (error) {
    if (error instanceof SigningError || error instanceof RangeError) return undefined
    throw error
  }
}

type Opened =
  | { readonly file: PdfFile; readonly code?: undefined }
  | { readonly file?: undefined; readonly code: ReasonCode }

function tryOpen(source: ByteSource): Opened {
  try {
    return { file: openPdf(source) }
  } catch (error) {
    if (error instanceof SigningError || error instanceof RangeError) return { code: codeOf(error) }
    throw error
  }
}

type Damage = { readonly options: VerifyOptions; readonly budget: Budget; readonly code: ReasonCode }

const MAXIMUM_PREFIXES = 16

/**
 * The file as a whole cannot be read. A signed revision at its beginning may still be whole: then that is judged, and
 * everything behind it is a change nobody permitted. Without one, a signature seen in the bytes makes the file broken.
 */
async function judgeDamaged(source: ByteSource, damage: Damage): Promise<VerificationReport> {
  const { options, budget, code } = damage
  const scan = createRawScan()
  await digestRanges(source, [], budget, scan.visit)
  const ends = new Set<number>()
  for (const hit of scan.hits) {
    const end = rangeEnd(source, hit)
    if (end !== undefined) ends.add(end)
  }
  for (const end of [...ends].sort((left, right) => right - left).slice(0, MAXIMUM_PREFIXES)) {
    await budget.pause()
    const { file } = tryOpen(prefixSource(source, end))
    if (file === undefined || file.isEncrypted) continue
    const report = await tryJudge({ file, source, options, budget, isTruncated: end < source.sizeBytes })
    if (report === undefined || report.signatures.length === 0) continue
    const problems = [reason(code), ...report.problems]
    return { ...report, verdict: worstVerdict([report.verdict, 'changed']), problems }
  }
  if (scan.hits.length === 0) return failed(code)
  if (code === 'PDF_ENCRYPTED')
    return {
      verdict: 'unreadable',
      signatures: [],
      problems: [reason(code), reason('SIGNATURE_NOT_REACHED')],
    }
  // A file that carries a signature and no longer holds together has been altered since it was signed.
  return { verdict: 'broken', signatures: [], problems: [reason(code), reason('SIGNATURE_NOT_REACHED')] }
}

/** End of the signed range a raw `/ByteRange` speaks of, or undefined. */
function rangeEnd(source: ByteSource, hit: number): number | undefined {
  const bytes = source.read(hit, Math.min(200, source.sizeBytes - hit))
  const match = /^\/ByteRange\s*\[\s*0\s+\d+\s+(\d{1,15})\s+(\d{1,15})\s*\]/.exec(
    Buffer.from(bytes).toString('latin1'),
  )
  if (match === null) return undefined
  const end = Number(match[1]) + Number(match[2])
  return end > 0 && end <= source.sizeBytes ? end : undefined
}
