import { Verdict } from '../../../../shared/model/verification.ts'

/** Verdicts of files in words: short, for lists and sums. */
const WORDS: Readonly<Record<Verdict, string>> = {
  valid: '有効',
  'valid-with-permitted-changes': '有効（許された変更あり）',
  changed: '許されていない変更あり',
  'unknown-signer': '改変なし・署名者は未確認',
  broken: '改変あり',
  unsigned: '署名なし',
  unreadable: '読み取れない',
}

/** A file of these is not what was signed. */
const BAD: readonly string[] = ['changed', 'broken', 'unreadable']

export type VerdictCounts = Readonly<Record<string, number>>

export function verdictCounts(rows: readonly { readonly verdict: string }[]): VerdictCounts {
  const counts: Record<string, number> = {}
  for (const { verdict } of rows) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}

export function verdictLine(counts: VerdictCounts): string {
  const parts = Object.entries(counts).map(([verdict, number]) => `${verdictWord(verdict)} ${number}件`)
  return `検証結果: ${parts.length === 0 ? 'ファイルはありません' : parts.join('、')}`
}

export function verdictWord(verdict: string): string {
  const known = Verdict.safeParse(verdict)
  return known.success ? WORDS[known.data] : verdict
}

export function isBad(verdict: string): boolean {
  return BAD.includes(verdict)
}
