/** Folding: one signature's findings into its verdict, the signatures' verdicts into the file's. */
import type { SignatureReport, Verdict } from '../../../../shared/model/verification.ts'

/** Worst first. */
const ORDER: readonly Verdict[] = [
  'broken',
  'unreadable',
  'changed',
  'unknown-signer',
  'valid-with-permitted-changes',
  'valid',
  'unsigned',
]

type Findings = Pick<SignatureReport, 'integrity' | 'coverage' | 'trust'> & {
  readonly changesAfter: Pick<SignatureReport['changesAfter'], 'level' | 'permitted'>
  /** False when the format is not one this program can verify. */
  readonly isVerifiable: boolean
}

export function signatureVerdict(findings: Findings): Verdict {
  const { integrity, coverage, trust, changesAfter, isVerifiable } = findings
  if (!isVerifiable) return 'unreadable'
  if (integrity === 'broken' || coverage === 'bad') return 'broken'
  if (!changesAfter.permitted) return 'changed'
  if (trust !== 'trusted') return 'unknown-signer'
  // Validation data and archive timestamps keep a signature alive; they change nothing a reader could see.
  return changesAfter.level === 'none' || changesAfter.level === 'lta'
    ? 'valid'
    : 'valid-with-permitted-changes'
}

/** The worst of several verdicts; `unsigned` when there are none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'unsigned'
}
