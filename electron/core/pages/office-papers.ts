// Papers of the records staff: 廃棄証明書 and the cover of a printed copy (写し).
import type { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import { formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import { makeReport } from './make-report.ts'
import type { MadeReport } from './report-model.ts'

export type DisposalCertificateData = {
  readonly townName: string
  readonly number: string
  readonly disposedAt: EpochMs
  /** Two different people (L23). */
  readonly requestedBy: string
  readonly approvedBy: string
  /** Why now, for example 「保存期間の満了(文書取扱規程)」. */
  readonly basis: string
  readonly items: readonly {
    readonly contractNumber: string
    readonly title: string
    readonly counterparty: string
    readonly contractDate: string
    /** 5年, 永年 … */
    readonly retention: string
    readonly retentionEnd: string
    readonly files: readonly { readonly name: string; readonly sha256: Sha256Hex }[]
  }[]
}

/** 廃棄証明書: what was destroyed, by whom and why. The hashes let a kept copy be recognised later. */
export function makeDisposalCertificate(data: DisposalCertificateData): Promise<MadeReport> {
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
          ['根拠', data.basis],
          ['件数', `${data.items.length}件`],
          ['廃棄を求めた者', data.requestedBy],
          ['廃棄を承認した者', data.approvedBy],
        ],
      },
      { type: 'heading', text: '廃棄した契約' },
      {
        type: 'table',
        columns: [
          { label: '契約番号', share: 14 },
          { label: '件名 / 相手方', share: 38 },
          { label: '契約日', share: 16 },
          { label: '保存期間', share: 12 },
          { label: '満了日', share: 20 },
        ],
        rows: data.items.map((item) => [
          item.contractNumber,
          `${item.title}\n${item.counterparty}`,
          item.contractDate,
          item.retention,
          item.retentionEnd,
        ]),
      },
      { type: 'heading', text: '廃棄した文書のSHA-256' },
      {
        type: 'table',
        columns: [
          { label: 'ファイル名', share: 40 },
          { label: 'SHA-256', share: 60 },
        ],
        rows: data.items.flatMap((item) => item.files.map((file) => [file.name, file.sha256])),
      },
    ],
  })
}

export type PrintCoverData = {
  readonly townName: string
  readonly title: string
  readonly contractNumber: string
  readonly counterparties: readonly string[]
  readonly amount: string
  readonly contractDate: string
  readonly printedAt: EpochMs
  readonly printedBy: string
  readonly documents: readonly {
    readonly title: string
    readonly pageCount: number
    readonly sha256: Sha256Hex
    /** One sentence of the signature panel. */
    readonly signatureSentence: string
  }[]
}

/** The first sheet of a printed contract. It always says 写し: a second original on paper would be taxed (印紙税). */
export function makePrintCover(data: PrintCoverData): Promise<MadeReport> {
  return makeReport({
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
      {
        type: 'facts',
        rows: [
          ['件名', data.title],
          ['契約番号', data.contractNumber || 'なし'],
          ['相手方', data.counterparties.join('\n')],
          ['契約金額', data.amount],
          ['契約日', data.contractDate],
        ],
      },
      { type: 'heading', text: '文書' },
      {
        type: 'table',
        columns: [
          { label: '文書', share: 28 },
          { label: '頁', share: 7, align: 'right' },
          { label: '署名の確認', share: 30 },
          { label: '原本のSHA-256', share: 35 },
        ],
        rows: data.documents.map((document) => [
          document.title,
          `${document.pageCount}`,
          document.signatureSentence,
          document.sha256,
        ]),
      },
    ],
  })
}
