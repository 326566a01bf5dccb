// Verdicts in plain Japanese, the same on every paper. They say what was checked and nothing more.
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { SignatureReport, Verdict, VerificationReport } from '../../../shared/model/verification.ts'
import { formatBothDates, formatEvidenceTime, japaneseDay } from '../../../shared/rules/japanese-date.ts'

/** For a column. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  valid: '有効',
  'valid-with-permitted-changes': '有効（許された変更あり）',
  changed: '許されていない変更あり',
  'unknown-signer': '改変なし・署名者は未確認',
  broken: '改変あり',
  unsigned: '署名なし',
  unreadable: '読み取れない',
}

export const VERDICT_SENTENCES: Readonly<Record<Verdict, string>> = {
  valid: '署名は有効です。署名の後に変更はありません。',
  'valid-with-permitted-changes': '署名は有効です。署名の後の変更は、許された範囲だけです。',
  changed: '署名の後に、許されていない変更があります。',
  'unknown-signer': '文書は変更されていませんが、署名者を確認できません。',
  broken: '改変あり。署名された内容が壊れています。',
  unsigned: '署名はありません。',
  unreadable: 'ファイルを読み取れません。',
}

export const TRUST_SENTENCES: Readonly<Record<SignatureReport['trust'], string>> = {
  trusted: '信頼できる認証局の証明書です',
  unknown: '証明書の発行元を確認できません',
  revoked: '証明書が失効しています',
  expired: '証明書の有効期間が過ぎています',
  'not-yet-valid': '証明書の有効期間の前です',
  unusable: '署名に使えない証明書です',
}

export const REVOCATION_SENTENCES: Readonly<Record<SignatureReport['revocation'], string>> = {
  good: '失効していないことを確認しました',
  revoked: '失効しています',
  unknown: '失効情報がありません',
}

/** 令和8年4月1日 14:05:33（2026-04-01T14:05:33+09:00） */
export function timeWords(iso: string | null): string {
  return iso === null ? 'なし' : formatEvidenceTime(Date.parse(iso) as EpochMs)
}

/** 令和8年4月1日（2026年）14:05:33, in Japan: for narrow columns. */
export function shortTime(iso: string): string {
  const at = Date.parse(iso) as EpochMs
  const clock = new Date(at + 9 * 3_600_000).toISOString().slice(11, 19)
  return `${formatBothDates(japaneseDay(at))}${clock}`
}

/** 総務大臣認定タイムスタンプ, 非認定, or that nobody looked (L10). */
export function accreditationWord(timestamp: NonNullable<SignatureReport['timestamp']>): string {
  if (timestamp.accredited === undefined) return '認定の有無は未確認'
  return timestamp.accredited ? '総務大臣認定' : '非認定'
}

/** The authority with what is known of it. */
export function authorityWords(timestamp: NonNullable<SignatureReport['timestamp']>): string {
  const trust = timestamp.trusted ? '' : '・信頼を確認できません'
  return `${timestamp.authority}（${accreditationWord(timestamp)}${trust}）`
}

export function integrityWords({ integrity, verdict }: SignatureReport): string {
  if (verdict === 'unreadable') return '確かめられません'
  return integrity === 'intact' ? '署名の後に書き換えられていません' : '改変あり'
}

/** Whose signature: name, organisation. */
export function signerWords({ signer }: SignatureReport): string {
  return [signer.commonName, signer.organization ?? ''].filter(Boolean).join(' / ')
}

/** One signature in a cell: what, who, when by which clock, verdict. */
export function signatureLines(signature: SignatureReport, index: number): string {
  const { timestamp, claimedAt, verdict } = signature
  const kind = signature.kind === 'signature' ? '署名' : '文書タイムスタンプ'
  const lines = [
    `${index + 1}. ${kind}　${VERDICT_WORDS[verdict]}`,
    ...(signature.kind === 'signature' ? [signerWords(signature)] : []),
    ...(timestamp === null
      ? [`タイムスタンプなし${claimedAt === null ? '' : `（申告の時刻 ${shortTime(claimedAt)}）`}`]
      : [shortTime(timestamp.time), authorityWords(timestamp)]),
  ]
  return lines.join('\n')
}

/** Every reason and problem once. */
export function reasonWords(report: VerificationReport): string {
  const texts = [...report.problems, ...report.signatures.flatMap(({ reasons }) => reasons)].map(
    ({ text }) => text,
  )
  return [...new Set(texts)].join('\n')
}
