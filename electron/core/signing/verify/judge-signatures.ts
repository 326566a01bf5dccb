/**
 * Judges all signatures of a file in the order proof runs: document timestamps newest to oldest, each at the time the
 * newer ones prove for it, then the signatures at the best time proven for each (EN 319 102-1 §5.5, §5.6).
 */
import type { SignatureReport } from '../../../../shared/model/verification.ts'
import { buildReport, type SignatureFindings } from './build-report.ts'
import type { JudgedSignature, ReadSignature } from './crypto/signature-crypto.ts'
import { type ChangesAfter, changesAfter, type SignatureDemand } from './diff/permissions.ts'
import type { Change } from './diff/step.ts'
import type { EvidenceStore, Place } from './evidence/evidence-store.ts'
import { type CertificateVerdict, type Judge, judgeCertificate } from './evidence/judge-certificate.ts'
import {
  covers,
  judgeSignatureTimestamps,
  judgeToken,
  type Protector,
  provenBy,
  type TimestampVerdict,
} from './evidence/timestamps.ts'
import type { FileInput } from './file-input.ts'
import { bytesAfterEnd } from './format/structure-gates.ts'
import { type LevelInput, levelOf } from './level.ts'
import type { ReasonCode } from './reason-codes.ts'

export type JudgingSignature = {
  readonly id: string
  readonly read: ReadSignature
  readonly judged: JudgedSignature
}

export type Judging = {
  readonly input: FileInput
  readonly store: EvidenceStore
  readonly nowMs: number
  readonly items: readonly JudgingSignature[]
  readonly demands: readonly SignatureDemand[]
  readonly changes: ReadonlyMap<number, readonly Change[]>
  /** Cross-reference faults by revision. */
  readonly structureFaults: readonly (readonly ReasonCode[])[]
  /** What could make the document look different; said with every signature, without changing a verdict. */
  readonly warnings: readonly ReasonCode[]
}

/** Reports in the order of the revisions they sign. */
export async function judgeAll(judging: Judging): Promise<readonly SignatureReport[]> {
  const protectors: Protector[] = []
  const intact: LevelInput['intactTimestamps'][number][] = []
  const judge: Judge = {
    store: judging.store,
    nowMs: judging.nowMs,
    budget: judging.input.budget,
    existedBy: (place) => provenBy(protectors, place, judging.nowMs),
    online: judging.input.options.revocation,
    asked: new Set(),
  }
  const reports = new Map<string, SignatureReport>()
  const timestamps = judging.items
    .filter((item) => item.read.format.kind === 'document-timestamp')
    .toSorted((left, right) => revisionOf(right) - revisionOf(left))
  for (const item of timestamps) {
    await judge.budget.pause()
    const { findings, verdict } = await judgeDocumentTimestamp(judging, judge, item, protectors)
    reports.set(item.id, buildReport(findings))
    const { certificate } = item.judged
    if (verdict === undefined || !verdict.isIntact || certificate === undefined) continue
    const { timeMs, endMs } = verdict
    const protector: Protector = { id: item.id, revision: revisionOf(item), timeMs, endMs, verdict }
    intact.push({ protector, certificate })
    if (verdict.isTrusted) protectors.push(protector)
  }
  for (const item of judging.items) {
    if (reports.has(item.id)) continue
    await judge.budget.pause()
    reports.set(item.id, buildReport(await judgeSigned(judging, judge, item, { protectors, intact })))
  }
  return judging.items
    .toSorted((left, right) => revisionOf(left) - revisionOf(right))
    .flatMap((item) => reports.get(item.id) ?? [])
}

function revisionOf(item: JudgingSignature): number {
  return item.read.format.revision ?? Number.MAX_SAFE_INTEGER
}

function placeOf(item: JudgingSignature): Place {
  const { revision } = item.read.format
  return revision === undefined ? 'outside' : { revision, contentsOf: item.id }
}

/** A signature whose bytes or place are wrong proves nothing to anyone. */
function isSound(judging: Judging, item: JudgingSignature): boolean {
  return item.judged.faults.length === 0 && structureFaultsOf(judging, item).length === 0
}

function structureFaultsOf(judging: Judging, item: JudgingSignature): readonly ReasonCode[] {
  const { revision } = item.read.format
  return revision === undefined ? [] : [...new Set(judging.structureFaults.slice(0, revision + 1).flat())]
}

function changesFor(judging: Judging, item: JudgingSignature): ChangesAfter {
  const { revision } = item.read.format
  if (revision === undefined) return { level: 'none', permitted: true, items: [] }
  return changesAfter(revision, judging.changes, judging.demands)
}

function isWholeFile(judging: Judging, item: JudgingSignature): boolean {
  const { file, isTruncated } = judging.input
  return item.read.format.revision === file.revisions.length - 1 && !isTruncated && !bytesAfterEnd(file)
}

const UNJUDGED: CertificateVerdict = {
  trust: 'unknown',
  revocation: 'unknown',
  path: [],
  reasons: [],
  revokedAtMs: undefined,
}

type TimestampResult = {
  readonly findings: SignatureFindings
  readonly verdict: TimestampVerdict | undefined
}

async function judgeDocumentTimestamp(
  judging: Judging,
  judge: Judge,
  item: JudgingSignature,
  protectors: readonly Protector[],
): Promise<TimestampResult> {
  const { token } = item.read
  const { trustFaults, unchecked } = item.judged
  const isGood = isSound(judging, item) && trustFaults.length === 0
  const problems: ReasonCode[] = !isGood
    ? ['TIMESTAMP_BROKEN']
    : unchecked.length === 0
      ? []
      : ['ALGORITHM_UNSUPPORTED']
  const verdict =
    token === undefined ? undefined : await judgeToken(judge, token, judge.existedBy(placeOf(item)), problems)
  const newest = newestCover(protectors, item)
  const findings: SignatureFindings = {
    ...commonFindings(judging, item),
    trust: verdict === undefined ? UNJUDGED : trustOfTimestamp(verdict),
    timestamp: verdict,
    isAccredited: accredited(judging, verdict),
    level: 'none',
    reasons: [],
    evidenceUntilMs: newest?.endMs ?? (verdict?.isTrusted === true ? verdict.endMs : undefined),
  }
  return { findings, verdict }
}

/** A time nobody can rely on makes a document timestamp untrusted, whatever its path says. */
function trustOfTimestamp(verdict: TimestampVerdict): CertificateVerdict {
  const trust = verdict.trust ?? UNJUDGED
  if (verdict.isTrusted || trust.trust !== 'trusted') return trust
  return { ...trust, trust: 'unusable' }
}

type Proofs = {
  readonly protectors: readonly Protector[]
  readonly intact: LevelInput['intactTimestamps']
}

async function judgeSigned(
  judging: Judging,
  judge: Judge,
  item: JudgingSignature,
  { protectors, intact }: Proofs,
): Promise<SignatureFindings> {
  const { read, judged } = item
  const provenMs = judge.existedBy(placeOf(item))
  const timestamp =
    read.signer === undefined ? undefined : await judgeSignatureTimestamps(judge, read.signer, provenMs)
  const bestMs = timestamp?.isTrusted === true ? Math.min(timestamp.timeMs, provenMs) : provenMs
  const trust =
    judged.certificate === undefined
      ? UNJUDGED
      : await judgeCertificate(judge, judged.certificate, 'signature', bestMs)
  const isWeak = judged.certificate !== undefined && !judged.isStrongAt(bestMs)
  const shown = timestamp ?? archiveTime(protectors, item)
  return {
    ...commonFindings(judging, item),
    trust: isWeak && trust.trust === 'trusted' ? { ...trust, trust: 'unusable' } : trust,
    timestamp: shown,
    isAccredited: accredited(judging, shown),
    level: levelOf({
      id: item.id,
      read,
      judged,
      store: judging.store,
      timestampCertificate: timestamp?.isIntact === true ? timestamp.certificate : undefined,
      intactTimestamps: intact,
    }),
    reasons: [
      ...timeReasons({
        isWeak,
        timestamp,
        isProven: timestamp?.isTrusted === true || provenMs < judging.nowMs,
      }),
      ...judging.warnings,
    ],
    evidenceUntilMs:
      newestCover(protectors, item)?.endMs ?? (timestamp?.isTrusted === true ? timestamp.endMs : undefined),
  }
}

type TimeFacts = {
  readonly isWeak: boolean
  readonly timestamp: TimestampVerdict | undefined
  readonly isProven: boolean
}

function timeReasons({ isWeak, timestamp, isProven }: TimeFacts): readonly ReasonCode[] {
  const reasons: ReasonCode[] = isWeak ? ['ALGORITHM_WEAK'] : []
  if (!isProven) reasons.push(timestamp === undefined ? 'NO_TIMESTAMP' : 'TIME_FROM_CLOCK_ONLY')
  return reasons
}

function commonFindings(judging: Judging, item: JudgingSignature) {
  return {
    read: item.read,
    judged: item.judged,
    changes: changesFor(judging, item),
    isWholeFile: isWholeFile(judging, item),
    revisions: judging.input.file.revisions.length,
    structureFaults: structureFaultsOf(judging, item),
  }
}

/** The covering timestamp that will last longest. */
function newestCover(protectors: readonly Protector[], item: JudgingSignature): Protector | undefined {
  return protectors
    .filter((protector) => covers(protector, placeOf(item)))
    .reduce<Protector | undefined>(
      (best, one) => (best === undefined || one.endMs > best.endMs ? one : best),
      undefined,
    )
}

/** Without a signature timestamp, the oldest document timestamp over it says when it existed. */
function archiveTime(protectors: readonly Protector[], item: JudgingSignature): TimestampVerdict | undefined {
  const oldest = protectors
    .filter((protector) => covers(protector, placeOf(item)))
    .reduce<Protector | undefined>(
      (best, one) => (best === undefined || one.timeMs < best.timeMs ? one : best),
      undefined,
    )
  return oldest?.verdict
}

function accredited(judging: Judging, verdict: TimestampVerdict | undefined): boolean | undefined {
  const { isAccreditedTsa } = judging.input.options
  if (isAccreditedTsa === undefined || verdict?.certificate === undefined) return undefined
  return isAccreditedTsa(verdict.certificate.der)
}
