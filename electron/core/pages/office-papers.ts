// Papers of the records staff: 廃棄証明書 and the cover of a printed copy (写し).
import type { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import type { VerificationReport } from '../../../shared/model/verification.ts'
import {
  formatEvidenceTime,
  formatJapaneseDate,
  formatJapaneseDateTime,
  japaneseDay,
} from '../../../shared/rules/japanese-date.ts'
import { makeReport } from './make-report.ts'
import type { MadeReport, Report, ReportBlock } from './report-model.ts'
import { reasonWords, signatureLines, VERDICT_SENTENCES } from './verdict-words.ts'

export type DisposalCertificateData = {
  readonly townName: string
  /** 令和13年度 廃第1号 */
  readonly number: string
  readonly disposedAt: EpochMs
  /** The second of two different people (L23); who asked for it stands with each contract. */
  readonly approvedBy: string
  readonly items: readonly {
    readonly contractNumber: string
    readonly title: string
    readonly counterparty: string
    readonly contractDate: string
    /** 5年 */
    readonly retention: string
    readonly completedOn: string
    readonly retentionEnd: string
    readonly requestedBy: string
    readonly requestedAt: EpochMs
    /** Why, for example 「保存期間の満了（文書取扱規程）」. */
    readonly basis: string
    readonly files: readonly {
      readonly name: string
      readonly sizeBytes: number
      readonly sha256: Sha256Hex
    }[]
  }[]
}

/**
 * 廃棄証明書: what was destroyed, by whom and why, for every contract. The digests let a kept copy be recognised later.
 * Made from frozen facts: the same facts give the same bytes.
 */
export function makeDisposalCertificate(data: DisposalCertificateData): Promise<MadeReport> {
  const { items } = data
  const files = items.reduce((sum, item) => sum + item.files.length, 0)
  const number = (value: number) => `${value.toLocaleString('ja-JP')}件`
  return makeReport({
    title: '廃棄証明書',
    headLines: [`番号 ${data.number}`, `廃棄日時 ${formatJapaneseDateTime(data.disposedAt)}`, data.townName],
    footer: `${data.townName} 廃棄証明書 ${data.number}`,
    author: data.townName,
    createdAt: data.disposedAt,
    blocks: [
      {
        type: 'paragraph',
        text: '保存期間を満了した次の電子契約の文書を、復元できない方法で廃棄したことを証明します。',
      },
      {
        type: 'facts',
        rows: [
          ['契約', number(items.length)],
          ['文書のファイル', number(files)],
          ['廃棄を求めた者', [...new Set(items.map(({ requestedBy }) => requestedBy))].join('、')],
          ['廃棄を承認した者', data.approvedBy],
          ['廃棄日時', formatEvidenceTime(data.disposedAt)],
          ['方法', '文書の暗号鍵を消し、ファイルを削除しました。'],
        ],
      },
      { type: 'heading', text: '廃棄した契約' },
      {
        type: 'table',
        columns: [
          { label: '番号', share: 7, align: 'right' },
          { label: '件名 / 相手方 / 契約番号', share: 33 },
          { label: '契約日', share: 15 },
          { label: '保存期間', share: 21 },
          { label: '廃棄を求めた者と日、根拠', share: 24 },
        ],
        rows: items.map((item, index) => [
          String(index + 1),
          [item.title, item.counterparty, item.contractNumber].filter(Boolean).join('\n'),
          item.contractDate,
          [item.retention, item.completedOn && `完結 ${item.completedOn}`, `満了 ${item.retentionEnd}`]
            .filter(Boolean)
            .join('\n'),
          `${item.requestedBy}\n${formatJapaneseDate(japaneseDay(item.requestedAt))}\n${item.basis}`,
        ]),
      },
      { type: 'heading', text: '廃棄した文書のSHA-256' },
      {
        type: 'table',
        columns: [
          { label: '番号', share: 7, align: 'right' },
          { label: '文書', share: 27 },
          { label: 'バイト', share: 13, align: 'right' },
          { label: 'SHA-256', share: 53 },
        ],
        rows: items.flatMap((item, index) =>
          item.files.map((file) => [
            String(index + 1),
            file.name,
            file.sizeBytes.toLocaleString('ja-JP'),
            file.sha256,
          ]),
        ),
      },
      {
        type: 'paragraph',
        text: '契約の件名、相手方、訂正削除履歴、操作ログ、上のSHA-256は、記録として残しています。バックアップに含まれる控えは、その世代を消すときに消えます。',
        size: 9,
      },
    ],
  })
}

/** One document of a copied contract, as it was found when the copy was made. */
export type CopiedDocument = {
  readonly title: string
  readonly sha256: Sha256Hex
  /** Pages in the copy; null: its pages are not in it, for the reason given. */
  readonly pages: number | null
  readonly missingBecause: string
  /** null: the file could not be read. */
  readonly verified: { readonly report: VerificationReport; readonly at: EpochMs } | null
}

export type CopyCoverData = {
  readonly townName: string
  readonly title: string
  /** Label and value, in the order of the paper. */
  readonly facts: readonly (readonly [string, string])[]
  readonly printedAt: EpochMs
  readonly printedBy: string
  readonly documents: readonly CopiedDocument[]
}

/**
 * The sheets in front of a printed contract: what it is a copy of, and what was verified. It always says 写し: a second
 * original on paper would be taxed (印紙税).
 */
export function copyCover(data: CopyCoverData): Report {
  return {
    title: '電子契約の写し',
    subtitle: data.title,
    headLines: [`印刷日時 ${formatJapaneseDateTime(data.printedAt)}`, `印刷した者 ${data.printedBy}`],
    mark: '写し',
    footer: `${data.townName} 電子契約の写し（原本は電子ファイルです）`,
    author: data.townName,
    createdAt: data.printedAt,
    blocks: [
      {
        type: 'paragraph',
        text: 'この印刷物は、電子署名により締結した契約の写しです。契約書の原本は、電子署名とタイムスタンプが付された電子ファイルであり、この印刷物は原本ではありません。',
      },
      { type: 'facts', rows: data.facts },
      { type: 'heading', text: '文書と署名の確認' },
      ...data.documents.flatMap(documentBlocks),
      ...(data.documents.length === 0
        ? [{ type: 'paragraph' as const, text: 'この契約には、保管している文書がありません。' }]
        : []),
    ],
  }
}

function documentBlocks(document: CopiedDocument, index: number): ReportBlock[] {
  const { verified } = document
  return [
    { type: 'subheading', text: `${index + 1}. ${document.title}` },
    {
      type: 'facts',
      rows: [
        ['写し', document.pages === null ? document.missingBecause : `${document.pages}頁`],
        ['原本のSHA-256', document.sha256],
        ...(verified === null ? [] : verifiedRows(verified)),
      ],
    },
  ]
}

function verifiedRows({
  report,
  at,
}: NonNullable<CopiedDocument['verified']>): (readonly [string, string])[] {
  const reasons = reasonWords(report)
  return [
    ['確認の結果', VERDICT_SENTENCES[report.verdict]],
    ...(reasons === '' ? [] : [['注意', reasons] as const]),
    ...report.signatures.map(
      (signature, index) =>
        [
          signature.kind === 'signature' ? '署名' : '文書タイムスタンプ',
          signatureLines(signature, index),
        ] as const,
    ),
    ['確認した日時', formatEvidenceTime(at)],
  ]
}

export type CopyIndexData = {
  readonly townName: string
  readonly about: string
  readonly printedAt: EpochMs
  readonly printedBy: string
  /** `place`: the sheet, as `@part`, or the file in the ZIP. */
  readonly rows: readonly {
    readonly date: string
    readonly title: string
    readonly counterparty: string
    readonly amount: string
    readonly finding: string
    readonly place: string
  }[]
  readonly placeLabel: string
}

/** 目次 of the copies of several contracts. */
export function copyIndex(data: CopyIndexData): Report {
  return {
    title: '電子契約の写し　目次',
    headLines: [`印刷日時 ${formatJapaneseDateTime(data.printedAt)}`, `印刷した者 ${data.printedBy}`],
    mark: '写し',
    footer: `${data.townName} 電子契約の写し（原本は電子ファイルです）`,
    author: data.townName,
    createdAt: data.printedAt,
    blocks: [
      {
        type: 'facts',
        rows: [
          ['条件', data.about],
          ['契約', `${data.rows.length.toLocaleString('ja-JP')}件`],
        ],
      },
      {
        type: 'table',
        columns: [
          { label: '番号', share: 8, align: 'right' },
          { label: '契約日', share: 19 },
          { label: '件名 / 相手方', share: 35 },
          { label: '契約金額', share: 15, align: 'right' },
          { label: '署名の確認', share: 15 },
          { label: data.placeLabel, share: 8, align: 'right' },
        ],
        rows: data.rows.map((row, index) => [
          String(index + 1),
          row.date,
          `${row.title}\n${row.counterparty}`,
          row.amount,
          row.finding,
          row.place,
        ]),
      },
    ],
  }
}
