import type { EpochMs } from '../../../shared/model/brand.ts'
import type { SignatureReport, Verdict } from '../../../shared/model/verification.ts'
import { formatTimeBoth } from '../format.ts'

export const signatureText = {
  title: '署名パネル',
  checking: '署名を検証しています…',
  verifiedAt: (at: EpochMs) => `${formatTimeBoth(at)} に検証しました（通信はしていません）。`,
  print: '検証結果報告書（PDF）',
  printName: '検証結果報告書',
  details: '詳しい内容',
  viewRevision: '署名時点の版を見る',
  revisionName: '署名時点の版',
  changes: 'この署名の後の変更',
  showPage: (page: number) => `${page}ページを見る`,
  problems: '文書全体について',
  none: 'この文書には電子署名がありません。',
  facts: {
    signer: '署名者（証明書）',
    organization: '組織',
    name: '署名した人',
    reason: '署名の理由',
    location: '場所',
    contact: '連絡先',
    claimedAt: '署名者が示した日時',
    timestamp: 'タイムスタンプ',
    authority: '時刻認証局',
    integrity: '改変の有無',
    trust: '証明書の信頼',
    revocation: '失効の確認',
    coverage: '署名の範囲',
    revision: '版',
    level: '署名の水準',
    algorithm: '暗号の方式',
    evidenceUntil: '検証できる期限',
    field: '署名欄の名前',
    reasons: '判定の理由',
  },
  integrity: {
    intact: '署名した内容は変わっていません。',
    broken: '署名した内容が変わっています。',
    unknown: '確かめられません。',
  },
  trust: {
    trusted: '信頼できる証明書です。',
    unknown: '発行元を確認できません。',
    revoked: '失効した証明書です。',
    expired: '有効期間が切れています。',
    'not-yet-valid': '有効期間が始まっていません。',
    unusable: '署名に使えない証明書です。',
  },
  revocation: {
    good: '失効していません。',
    revoked: '失効しています。',
    unknown: '失効の情報がありません。',
  },
  coverage: {
    'whole-file': 'ファイル全体',
    revision: 'この署名の時点までの内容',
    bad: '範囲が正しくありません',
  },
  revisionOf: (revision: number, revisions: number) => `${revisions}版のうち第${revision}版`,
  trustedAuthority: '（信頼できる）',
  unknownAuthority: '（発行元を確認できません）',
} as const

/** One line for the whole file. */
export const fileSentence: Readonly<Record<Verdict, string>> = {
  valid: 'すべての署名は有効です。署名の後の変更はありません。',
  'valid-with-permitted-changes': 'すべての署名は有効です。署名の後に、許可された変更があります。',
  changed: '署名の後に、許可されていない変更があります。',
  'unknown-signer': '署名した内容は変わっていませんが、署名者の証明書を確認できません。',
  broken: '署名が壊れています。内容が改変されているおそれがあります。',
  unsigned: 'この文書には電子署名がありません。',
  unreadable: 'この文書は検証できません。',
}

function isoTime(iso: string | null): string | undefined {
  return iso === null ? undefined : formatTimeBoth(Date.parse(iso) as EpochMs)
}

/** Who signed, as a person would say it: the named person first, the certificate's owner as what vouches for it. */
export function signerName({ claims, signer, kind }: SignatureReport): string {
  if (kind === 'document-timestamp') return signer.commonName
  if (claims.name === null || claims.name === signer.commonName) return signer.commonName
  return `${claims.name}（証明：${signer.commonName}）`
}

/** One plain sentence per signature; everything else is folded away. */
export function signatureSentence(report: SignatureReport): string {
  const when = isoTime(report.timestamp?.time ?? report.claimedAt)
  const at = when === undefined ? '' : `${when} に`
  const isStamp = report.kind === 'document-timestamp'
  const what = isStamp ? `${signerName(report)}のタイムスタンプ` : `${signerName(report)}の署名`
  switch (report.verdict) {
    case 'valid':
      return isStamp
        ? `${what}は有効です。${at}存在した内容から変わっていません。`
        : `${what}は有効です。${at}署名され、その後の変更はありません。`
    case 'valid-with-permitted-changes':
      return `${what}は有効です。${at}署名され、その後に許可された変更があります。`
    case 'changed':
      return `${what}の後に、許可されていない変更があります。`
    case 'unknown-signer':
      return `${what}の内容は変わっていませんが、証明書を確認できません。`
    case 'broken':
      return `${what}は壊れています。署名した内容が変わっています。`
    case 'unsigned':
    case 'unreadable':
      return `${what}は検証できません。`
  }
}

export function factTime(iso: string | null): string {
  return isoTime(iso) ?? '―'
}
