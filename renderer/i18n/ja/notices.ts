import type { IsoDate } from '../../../shared/model/brand.ts'
import { formatJapaneseDate } from '../../../shared/rules/japanese-date.ts'
import { formatYen } from '../format.ts'
import { keepingNotices } from './keeping.ts'
import { mailReplySentence } from './mail-problem.ts'

type Data = Readonly<Record<string, string | number>>
type Sentence = string | ((data: Data) => string)

const yen = (value: string | number | undefined) => formatYen(typeof value === 'number' ? value : null)
const day = (value: string | number | undefined) =>
  typeof value === 'string' ? formatJapaneseDate(value as IsoDate) : '―'
const said = (value: string | number | undefined) => (value === undefined ? '―' : String(value))

const lastReason = (reply: string | number | undefined) =>
  typeof reply === 'string' && reply !== '' ? `新しいものの理由：${mailReplySentence(reply)}` : ''

/** Rules and warnings that speak about a case or about the day, by code (shared/rules). */
const noticeText: Readonly<Record<string, Sentence>> = {
  ...keepingNotices,
  METHOD_NOT_ELECTRONIC_YET: (data) =>
    `この契約方法の電子契約は、${day(data.from)}以降の契約が対象です。契約日を確かめてください。`,
  COUNCIL_UNKNOWN: '議会の議決が必要かどうかを判断できません。予定価格を入力してください。',
  COUNCIL_BY_AMOUNT: '予定価格がないため、契約金額で議会の議決の要否を判断しています。',
  COUNCIL_VOTE_NEEDED: (data) =>
    `議会の議決が必要な契約です（${yen(data.thresholdYen)}以上）。仮契約のあと議決を得て、議決日を入力してください。`,
  CONTRACT_WITHOUT_VOTE: '議会の議決が必要な契約です。議決日を入力するまで、本契約の契約日は入れられません。',
  CONTRACT_BEFORE_VOTE: (data) =>
    `契約日（${day(data.contractDate)}）が、議決日（${day(data.voteDate)}）より前です。契約日を確かめてください。`,
  SMALL_CONTRACT_OVER: (data) =>
    `少額随意契約の限度額（${yen(data.limitYen)}）を超えています。随意契約とする別の理由があるか、確かめてください。`,
  APPLICATION_MISSING:
    '電子契約利用申出書（相手方の承諾）の日付がありません。申出書を受け取ってから送ってください。',
  AMENDMENT_ON_PAPER:
    '書面に指定した変更契約です。原契約の申出書を使えないため、電子では送信できません。書面の契約に切り替えるか、この変更契約の申出書を受け取って日付を入力してください。',
  APPLICATION_AFTER_SENDING: (data) =>
    `申出書の日付（${day(data.applicationDate)}）が、送信する日より後です。日付を確かめてください。`,
  SECOND_FACTOR_MISSING: (data) =>
    `2つの方法での本人確認を求める案件です。${data.name === undefined ? '署名者' : `${said(data.name)}さん`}のアクセスコードを入力してください。`,
  CORPORATE_NUMBER_EMPTY: '法人番号が入力されていません。',
  CORPORATE_NUMBER_CHARACTERS: (data) => `${said(data.name)}の法人番号に、数字でない文字があります。`,
  CORPORATE_NUMBER_LENGTH: (data) => `${said(data.name)}の法人番号は、13桁で入力してください。`,
  CORPORATE_NUMBER_CHECK_DIGIT: (data) =>
    `${said(data.name)}の法人番号に、入力の誤りがあります（検査数字が合いません）。`,
  STAMP_SAVED: (data) => `電子契約のため、相手方の印紙税 ${yen(data.savedYen)} は不要です。`,
  STAMP_SAVED_AMENDMENT: (data) =>
    Number(data.increaseYen) > 0
      ? `電子契約のため、相手方の印紙税 ${yen(data.savedYen)} は不要です（増額分 ${yen(data.increaseYen)} に対する額）。`
      : `電子契約のため、相手方の印紙税 ${yen(data.savedYen)} は不要です（金額が増えない変更契約の額）。`,
  STAMP_UNCLEAR: '紙で作るときの印紙税の要否は、契約の内容によります（節約額には数えません）。',
  MAILS_DEAD: (data) =>
    `送信できなかったメールが${said(data.count)}件あります。宛先を直すか、送り直してください。${lastReason(data.reply)}`,
  MAILS_RETURNED: (data) =>
    `届かなかったメールが${said(data.count)}件あります。宛先を確かめてください。${lastReason(data.reply)}`,
  MAILS_DELAYED: (data) =>
    `まだ送れていないメールが${said(data.count)}件あります。自動で送り直しています。${lastReason(data.reply)}`,
  TEST_PARTS: (data) => `テスト用の部品が${said(data.count)}件あります。本番で使う前に置き換えてください。`,
  BACKUP_NOT_RUN: (data) => `バックアップが${said(data.days)}日間とれていません。管理者に知らせてください。`,
  MAIL_SHARED: (data) => `${said(data.name)}さんのアドレスは、複数の人が読むもののようです。`,
  MAIL_FREE: (data) => `${said(data.name)}さんのアドレスは無料メールです。本人のものか確かめてください。`,
  MAIL_DOMAIN_TYPO: (data) => `${said(data.name)}さんのアドレスは、書き間違いかもしれません。`,
  MAIL_DOT_PLACE: (data) =>
    `${said(data.name)}さんのアドレスは「.」の位置が変わっています。届くか確かめてください。`,
  EVIDENCE_LAPSING: (data) =>
    `保存期間より先に証拠の期限が来る文書が${said(data.count)}件あります。「保管庫」の「一括検証」で、文書と直しかたを確かめてください。`,
}

/** Where something can be done about it. */
const noticePath: Readonly<Record<string, readonly string[]>> = {
  MAILS_DEAD: ['settings', 'outbox'],
  MAILS_RETURNED: ['settings', 'outbox'],
  MAILS_DELAYED: ['settings', 'outbox'],
  TEST_PARTS: ['settings', 'readiness'],
  BACKUP_NOT_RUN: ['keeping', 'backup'],
  BACKUP_NOT_SET: ['keeping', 'backup'],
  BACKUP_NEVER: ['keeping', 'backup'],
  BACKUP_FAILED: ['keeping', 'backup'],
  COMMITS_LOST: ['audit'],
  TIMESTAMP_OVERDUE: ['keeping', 'import'],
  TIMESTAMP_DUE: ['keeping', 'import'],
}

/** undefined: the notice is about the page it stands on, or nothing can be done from a screen. */
export function pathOfNotice(code: string): readonly string[] | undefined {
  return Object.hasOwn(noticePath, code) ? noticePath[code] : undefined
}

/** The sentence of a rule that is only known by its code, as in failures. */
export function ruleSentence(code: string): string {
  return noticeSentence({ code, data: {} })
}

/** Sentence of a notice; an unknown code is shown as it is, so that nothing is lost silently. */
export function noticeSentence(notice: { readonly code: string; readonly data: Data }): string {
  const known = Object.hasOwn(noticeText, notice.code) ? noticeText[notice.code] : undefined
  if (known === undefined) return `${notice.code}（${Object.values(notice.data).map(said).join('、')}）`
  return typeof known === 'string' ? known : known(notice.data)
}
