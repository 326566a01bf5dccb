// 検証結果報告書: the verdict of the signature panel on paper.
import type { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import type { SignatureReport, VerificationReport } from '../../../shared/model/verification.ts'
import { formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import { makeReport } from './make-report.ts'
import type { MadeReport, Report, ReportBlock } from './report-model.ts'
import {
  authorityWords,
  integrityWords,
  REVOCATION_SENTENCES,
  signerWords,
  TRUST_SENTENCES,
  timeWords,
  VERDICT_SENTENCES,
} from './verdict-words.ts'

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

/** Tells verdicts as they are given; judges nothing itself. */
export function verificationReport(data: VerificationPrintData): Report {
  return {
    title: '検証結果報告書',
    headLines: [`検証日時 ${formatJapaneseDateTime(data.verifiedAt)}`, `検証した者 ${data.verifiedBy}`],
    footer: `${data.townName} 検証結果報告書`,
    author: data.townName,
    createdAt: data.verifiedAt,
    blocks: data.files.flatMap(fileBlocks),
  }
}

export function makeVerificationReport(data: VerificationPrintData): Promise<MadeReport> {
  return makeReport(verificationReport(data))
}

function fileBlocks({ fileName, sha256, report }: VerifiedFile): ReportBlock[] {
  return [
    { type: 'heading', text: fileName },
    {
      type: 'facts',
      rows: [
        ['結果', VERDICT_SENTENCES[report.verdict]],
        ['SHA-256', sha256],
        ['署名の数', `${report.signatures.length}`],
        ...report.problems.map((problem) => ['注意', problem.text] as const),
      ],
    },
    ...report.signatures.flatMap(signatureBlocks),
  ]
}

function signatureBlocks(signature: SignatureReport, index: number): ReportBlock[] {
  const { timestamp, changesAfter } = signature
  const title = signature.kind === 'signature' ? '署名' : '文書タイムスタンプ'
  return [
    { type: 'subheading', text: `${index + 1}. ${title} ${signature.field}` },
    {
      type: 'facts',
      rows: [
        ['結果', VERDICT_SENTENCES[signature.verdict]],
        ['署名者', signerWords(signature)],
        ['内容', integrityWords(signature)],
        ['証明書', `${TRUST_SENTENCES[signature.trust]}。${REVOCATION_SENTENCES[signature.revocation]}。`],
        ['署名の日時（申告）', timeWords(signature.claimedAt)],
        ['タイムスタンプ', timestamp ? `${timeWords(timestamp.time)}\n${authorityWords(timestamp)}` : 'なし'],
        ['形式', `${signature.level} ${signature.algorithm} ${signature.subFilter}`],
        ['版', `${signature.revision} / ${signature.revisions}`],
        ['証拠の期限', timeWords(signature.evidenceUntil)],
        ...changesAfter.items.map((item) => ['署名後の変更', item.text] as const),
        ...signature.reasons.map((reason) => ['理由', reason.text] as const),
      ],
    },
  ]
}
