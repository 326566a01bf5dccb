import type { FileVerdict } from '../../../shared/bridge/outcomes.ts'
import { VERDICT_WORDS } from '../../core/pages/verdict-words.ts'

/** What was found of a file, in words, for papers and lists. */
const FINDINGS: Readonly<Record<FileVerdict, string>> = {
  ...VERDICT_WORDS,
  damaged: 'ファイルが壊れています',
  missing: 'ファイルがありません',
  disposed: '廃棄済み',
  'not-copied': '写しを作れません',
  kept: '廃棄しませんでした',
}

export function findingWord(verdict: FileVerdict | null): string {
  return verdict === null ? '' : FINDINGS[verdict]
}
