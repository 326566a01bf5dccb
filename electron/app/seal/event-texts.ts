/** The events a 締結証明書 tells, in its own words; other log entries are internal and not printed. */
import type { LogData } from '../../core/audit/log.ts'

const TEXTS: Readonly<Record<string, (data: LogData) => string>> = {
  'approval.requested': () => '決裁を依頼しました',
  'approval.approved': (data) =>
    `決裁しました${data.decisionNumber ? `（決裁番号 ${data.decisionNumber}）` : ''}`,
  'case.sent': () => '署名の依頼を始めました',
  'signer.asked': (data) => `${data.to} あての署名依頼を用意しました`,
  'mail.sent': (data) => `${data.to} あてのメールを送信しました（${data.reply}）`,
  'portal.opened': (data) => `${data.signer} が文書の画面を開きました（IPアドレス ${data.ipAddress}）`,
  'signer.corrected': (data) => `署名者のあて先を ${data.from} から ${data.to} に訂正しました`,
  'signer.declined': (data) => `${data.signer} が辞退しました`,
  'signer.consented': (data) => `${data.signer} が同意しました（IPアドレス ${data.ipAddress}）`,
  'signer.signed': (data) =>
    `${data.signer} の署名を付けました（${data.type === 'party' ? '当事者型' : '立会人型'}）`,
  'case.concluded': () => 'すべての署名を検証し、締結済みとしました',
}

export function eventText(action: string, data: LogData): string | undefined {
  return TEXTS[action]?.(data)
}
