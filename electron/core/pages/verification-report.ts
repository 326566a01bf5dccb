// 検証結果報告書: the verdict of the signature panel on paper.
import type { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import type { SignatureReport, Verdict, VerificationReport } from '../../../shared/model/verification.ts'
import { formatEvidenceTime, formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import { makeReport } from './make-report.ts'
import type { MadeReport, ReportBlock } from './report-model.ts'

export type VerifiedFile = {
  readonly fileName: string
  readonly sha256: Sha256Hex
  readonly report: VerificationReport
}

export type VerificationPrintData = {
  readonly townName: string
  readonly verifiedAt: EpochMs
  readonly verifiedBy: string
  readonly files: readonly VerifiedFile[]
}

const VERDICTS: Record<Verdict, string> = {
  valid: '有効です。署名の後に変更はありません。',
  'valid-with-permitted-changes': '有効です。署名の後の変更は、許された範囲だけです。',
  changed: '署名の後に、許されていない変更があります。',
  'unknown-signer': '文書は変更されていませんが、署名者を確認できません。',
  broken: '改変あり。署名された内容が壊れています。',
  unsigned: '署名がありません。',
  unreadable: 'ファイルを読み取れません。',
}
const TRUST: Record<SignatureReport['trust'], string> = {
  trusted: '信頼できる認証局の証明書です',
  unknown: '証明書の発行元を確認できません',
  revoked: '証明書が失効しています',
  expired: '証明書の有効期間が過ぎています',
  'not-yet-valid': '証明書の有効期間の前です',
  unusable: '署名に使えない証明書です',
}
const REVOCATION: Record<SignatureReport['revocation'], string> = {
  good: '失効していないことを確認しました',
  revoked: '失効しています',
  unknown: '失効情報がありません',
}

/** Prints verdicts as they are given; judges nothing itself. */
export function makeVerificationReport(data: VerificationPrintData): Promise<MadeReport> {
  return makeReport({
    title: '検証結果報告書',
    headLines: [`検証日時 ${formatJapaneseDateTime(data.verifiedAt)}`, `検証した者 ${data.verifiedBy}`],
    footer: `${data.townName} 検証結果報告書`,
    author: data.townName,
    createdAt: data.verifiedAt,
    blocks: data.files.flatMap(fileBlocks),
  })
}

function fileBlocks({ fileName, sha256, report }: VerifiedFile): ReportBlock[] {
  return [
    { type: 'heading', text: fileName },
    {
      type: 'facts',
      rows: [
        ['結果', VERDICTS[report.verdict]],
        ['SHA-256', sha256],
        ['署名の数', `${report.signatures.length}`],
        ...report.problems.map((problem) => ['注意', problem.text] as const),
      ],
    },
    ...report.signatures.flatMap(signatureBlocks),
  ]
}

function integrityText({ integrity, verdict }: SignatureReport): string {
  if (verdict === 'unreadable') return '確かめられません'
  return integrity === 'intact' ? '署名の後に書き換えられていません' : '改変あり'
}

function signatureBlocks(signature: SignatureReport, index: number): ReportBlock[] {
  const { signer, timestamp, changesAfter } = signature
  const title = signature.kind === 'signature' ? '署名' : '文書タイムスタンプ'
  const when = (iso: string | null) =>
    iso === null ? 'なし' : formatEvidenceTime(Date.parse(iso) as EpochMs)
  return [
    { type: 'subheading', text: `${index + 1}. ${title} ${signature.field}` },
    {
      type: 'facts',
      rows: [
        ['結果', VERDICTS[signature.verdict]],
        ['署名者', [signer.commonName, signer.organization ?? ''].filter(Boolean).join(' / ')],
        ['内容', integrityText(signature)],
        ['証明書', `${TRUST[signature.trust]}。${REVOCATION[signature.revocation]}。`],
        ['署名の日時（申告）', when(signature.claimedAt)],
        ['タイムスタンプ', timestamp ? `${when(timestamp.time)}\n${timestamp.authority}` : 'なし'],
        ['形式', `${signature.level} ${signature.algorithm} ${signature.subFilter}`],
        ['版', `${signature.revision} / ${signature.revisions}`],
        ['証拠の期限', when(signature.evidenceUntil)],
        ...changesAfter.items.map((item) => ['署名後の変更', item.text] as const),
        ...signature.reasons.map((reason) => ['理由', reason.text] as const),
      ],
    },
  ]
}
