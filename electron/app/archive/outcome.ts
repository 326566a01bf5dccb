import type {
  ArchiveOutcome,
  DrillReport,
  FileFinding,
  FileVerdict,
} from '../../../shared/bridge/outcomes.ts'
import type { EpochMs, UserId } from '../../../shared/model/brand.ts'
import type { FileId } from '../../core/archive/vault.ts'

export type OutcomeKind = ArchiveOutcome['kind']

export type Outcome = {
  readonly kind: OutcomeKind
  /** What it was about, in words: a span, conditions, a title. */
  readonly about: string
  readonly startedAt: EpochMs
  readonly ownerId: UserId
  finishedAt: EpochMs | null
  state: ArchiveOutcome['state']
  /** Why it failed; null otherwise. */
  code: string | null
  file: { readonly fileId: FileId; readonly fileName: string; readonly contentType: string } | null
  readonly counts: Map<FileVerdict, number>
  readonly doubtful: FileFinding[]
  readonly good: FileFinding[]
  /** Of a restore drill that came to its end. */
  drill: DrillReport | null
}

export type Outcomes = Map<string, Outcome>
