import type { FileVerdict } from '../../../../shared/bridge/outcomes.ts'
import { findingWord } from '../../archive/finding-words.ts'

/** A file of these is not what was signed or stored. */
const BAD: readonly FileVerdict[] = ['changed', 'broken', 'unreadable', 'damaged', 'missing']

export type VerdictCounts = Readonly<Partial<Record<FileVerdict, number>>>

export function verdictLine(counts: VerdictCounts): string {
  const parts = (Object.entries(counts) as [FileVerdict, number][]).map(
    ([verdict, number]) => `${findingWord(verdict)} ${number}件`,
  )
  return `検証結果: ${parts.length === 0 ? 'ファイルはありません' : parts.join('、')}`
}

export function isBad(verdict: FileVerdict): boolean {
  return BAD.includes(verdict)
}

export function countBad(counts: VerdictCounts): number {
  return BAD.reduce((sum, verdict) => sum + (counts[verdict] ?? 0), 0)
}
