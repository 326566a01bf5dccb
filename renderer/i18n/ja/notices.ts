import { formatYen } from '../format.ts'

type Data = Readonly<Record<string, string | number>>
type Sentence = string | ((data: Data) => string)

const yen = (value: string | number | undefined) => formatYen(typeof value === 'number' ? value : null)
const said = (value: string | number | undefined) => (value === undefined ? '―' : String(value))

/** Rules and warnings that speak about a case or about the day, by code. */
const noticeText: Readonly<Record<string, Sentence>> = {
  COUNCIL_VOTE_MISSING: '議会の議決が必要な契約です。仮契約のあと議決を得て、議決日を入力してください。',
  SMALL_NEGOTIATED: (data) => `少額随意契約の限度額（${yen(data.limitYen ?? data.limit)}）の範囲です。`,
  STAMP_DUTY_SAVED: (data) => `電子契約のため、相手方の印紙税 ${yen(data.yen ?? data.amount)} は不要です。`,
}

/** Sentence of a notice; an unknown code is shown as it is, so that nothing is lost silently. */
export function noticeSentence(notice: { readonly code: string; readonly data: Data }): string {
  const known = Object.hasOwn(noticeText, notice.code) ? noticeText[notice.code] : undefined
  if (known === undefined) return `${notice.code}（${Object.values(notice.data).map(said).join('、')}）`
  return typeof known === 'string' ? known : known(notice.data)
}
