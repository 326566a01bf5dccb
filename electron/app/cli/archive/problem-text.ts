import { fieldWord } from '../../../../shared/model/history-words.ts'
import { stampFailureWords } from '../../archive/stamp-failure-words.ts'
import { SIGNING_REFUSALS } from '../refusal-texts.ts'

/** Codes of services that are no refusals of a whole command. */
const OTHERS: Readonly<Record<string, string>> = {
  WAITING_FOR_REVOCATION_DATA: '署名より新しい失効情報がまだ公開されていません（あとで自動で付きます）',
  TIMESTAMP_LATER: 'タイムスタンプはあとで付きます',
  TIMESTAMP_FAILED: 'タイムスタンプを付けられませんでした',
}

/** `CODE` or `CODE:field` (a field of an import, or the code of what went wrong). A code nobody named is shown as it is. */
export function problemText(problem: string | null): string {
  const [code = '', detail = ''] = (problem ?? '').split(':')
  if (detail === '') return wordOf(code)
  const inner = wordOf(detail)
  return `${wordOf(code)}（${inner === detail ? fieldWord(detail) : inner}）`
}

function wordOf(code: string): string {
  const stamping = stampFailureWords(code)
  if (stamping !== undefined) return stamping
  const signing: Readonly<Record<string, string>> = SIGNING_REFUSALS
  for (const words of [OTHERS, signing]) if (Object.hasOwn(words, code)) return words[code] ?? code
  return code
}
