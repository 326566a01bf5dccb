// 締結証明書: the facts of a concluded contract as they were, on paper and as data inside the same file.
import type { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import { formatEvidenceTime, formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import { makeReport } from './make-report.ts'
import type { MadeReport, ReportBlock } from './report-model.ts'

export type CertificateDocument = {
  readonly title: string
  readonly fileName: string
  /** sign 署名対象, view 閲覧のみ */
  readonly role: 'sign' | 'view'
  /** SHA-256 of the bytes that were shown to the signers. */
  readonly shownSha256: Sha256Hex
  /** SHA-256 of the final file with all signatures; null for documents only shown. */
  readonly signedSha256: Sha256Hex | null
  readonly pageCount: number
  readonly sizeBytes: number
}

export type CertificateSigner = {
  readonly side: 'town' | 'counterparty'
  readonly signatureType: 'witness' | 'party'
  readonly company: string
  readonly position: string
  readonly name: string
  /** Empty for the town's own party signature. */
  readonly mailAddress: string
  /** Texts, for example 「メールで送った本人用リンク」「アクセスコード」. */
  readonly authentication: readonly string[]
  readonly requestedAt: EpochMs | null
  readonly viewedAt: EpochMs | null
  readonly consentedAt: EpochMs | null
  readonly signedAt: EpochMs | null
  readonly ipAddress: string
  readonly userAgent: string
  /** The sentence the signer agreed to, as shown. */
  readonly consentStatement: string
  readonly certificate: {
    readonly subject: string
    readonly issuer: string
    readonly serialNumber: string
  } | null
  readonly timestamp: {
    readonly time: EpochMs
    readonly authority: string
    /** 総務大臣認定 by the list of the program at that time. */
    readonly accredited: boolean
  } | null
}

export type CertificateEvent = { readonly at: EpochMs; readonly actor: string; readonly text: string }

/** Frozen values: what was true at conclusion, not what the database says today. */
export type CompletionCertificateData = {
  readonly certificateNumber: string
  readonly issuedAt: EpochMs
  readonly townName: string
  /** True when any key, TSA or server was a test part: printed on every page. */
  readonly test: boolean
  readonly concludedAt: EpochMs
  readonly case: {
    readonly title: string
    readonly contractNumber: string
    /** As on the contract, for example 「11,000,000円(税込)」 or 「単価契約(金額の記載なし)」. */
    readonly amount: string
    readonly contractDate: string
    readonly kind: string
    readonly method: string
    readonly department: string
    readonly counterparties: readonly string[]
  }
  readonly documents: readonly CertificateDocument[]
  readonly signers: readonly CertificateSigner[]
  readonly events: readonly CertificateEvent[]
}

export const CERTIFICATE_DATA_FILE = 'completion-certificate.json'

const SIDE = { town: '町', counterparty: '相手方' } as const
const SIGNATURE_TYPE = { witness: '立会人型（契約印タイプ）', party: '当事者型（実印タイプ）' } as const

/**
 * Makes the certificate PDF; the same facts are inside as JSON (`completion-certificate.json`, times in epoch ms).
 * Not signed here: the app seals it. The certificate repeats facts; proof is in the signatures of the documents.
 */
export function makeCompletionCertificate(data: CompletionCertificateData): Promise<MadeReport> {
  const json = JSON.stringify({ format: 'keiyaku-desk/completion-certificate/1', ...data }, null, 2)
  return makeReport({
    title: '締結証明書',
    subtitle: data.case.title,
    headLines: [
      `証明書番号 ${data.certificateNumber}`,
      `発行日時 ${formatJapaneseDateTime(data.issuedAt)}`,
      data.townName,
    ],
    ...(data.test ? { mark: 'テスト用' } : {}),
    footer: `${data.townName} 締結証明書 ${data.certificateNumber}`,
    author: data.townName,
    createdAt: data.issuedAt,
    blocks: [
      {
        type: 'paragraph',
        text: `次の契約が電子署名により締結されたことについて、${data.townName}の電子契約システムに記録された事実を証明します。時刻は、すべて日本標準時です。`,
      },
      ...caseBlocks(data),
      ...documentBlocks(data.documents),
      ...data.signers.flatMap(signerBlocks),
      ...eventBlocks(data.events),
      { type: 'heading', text: 'この証明書について' },
      {
        type: 'paragraph',
        text: 'この証明書は、締結の時に記録された事実を後から書き換えずに載せたものです。文書が変更されていないことと署名の有効性は、署名済み文書の電子署名とタイムスタンプによって確認してください。同じ内容のデータ（JSON形式）を、このPDFファイルに添付しています。',
        size: 9,
      },
    ],
    attachments: [
      {
        name: CERTIFICATE_DATA_FILE,
        mimeType: 'application/json',
        description: '締結証明書のデータ',
        bytes: new TextEncoder().encode(json),
      },
    ],
  })
}

function caseBlocks(data: CompletionCertificateData): ReportBlock[] {
  const facts = data.case
  return [
    { type: 'heading', text: '契約' },
    {
      type: 'facts',
      rows: [
        ['件名', facts.title],
        ['契約番号', facts.contractNumber || 'なし'],
        ['契約の種別・方法', [facts.kind, facts.method].filter((part) => part !== '').join(' / ')],
        ['契約金額', facts.amount],
        ['契約日', facts.contractDate],
        ['所管課', facts.department],
        ['相手方', facts.counterparties.join('\n')],
        ['締結日時', formatEvidenceTime(data.concludedAt)],
      ],
    },
  ]
}

function documentBlocks(documents: readonly CertificateDocument[]): ReportBlock[] {
  return [
    { type: 'heading', text: `文書（${documents.length}件）` },
    ...documents.flatMap((document, index): ReportBlock[] => [
      { type: 'subheading', text: `${index + 1}. ${document.title}` },
      {
        type: 'facts',
        rows: [
          ['区分', document.role === 'sign' ? '署名対象' : '閲覧のみ'],
          ['ファイル名', document.fileName],
          [
            'ページ数・大きさ',
            `${document.pageCount}ページ・${document.sizeBytes.toLocaleString('ja-JP')}バイト`,
          ],
          ['提示した文書のSHA-256', document.shownSha256],
          ...(document.signedSha256 === null
            ? []
            : [['署名済み文書のSHA-256', document.signedSha256] as const]),
        ],
      },
    ]),
  ]
}

function signerBlocks(signer: CertificateSigner, index: number): ReportBlock[] {
  const time = (at: EpochMs | null) => (at === null ? '記録なし' : formatEvidenceTime(at))
  const row = (label: string, value: string): [string, string][] => (value === '' ? [] : [[label, value]])
  const { certificate, timestamp } = signer
  return [
    ...(index === 0 ? [{ type: 'heading', text: '署名' } as const] : []),
    {
      type: 'subheading',
      text: `${index + 1}. ${[signer.company, signer.position, signer.name].filter(Boolean).join(' ')}`,
    },
    {
      type: 'facts',
      rows: [
        [
          '署名者',
          `${SIDE[signer.side]} ${[signer.company, signer.position, signer.name].filter(Boolean).join(' ')}`,
        ],
        ['署名の型', SIGNATURE_TYPE[signer.signatureType]],
        ...row('メールアドレス', signer.mailAddress),
        ...row('本人の確認', signer.authentication.join('、')),
        ...(signer.requestedAt === null ? [] : row('依頼の日時', time(signer.requestedAt))),
        ...(signer.viewedAt === null ? [] : row('文書を表示した日時', time(signer.viewedAt))),
        ...(signer.consentedAt === null ? [] : row('同意の日時', time(signer.consentedAt))),
        ['署名の日時', time(signer.signedAt)],
        ...row('同意の内容', signer.consentStatement),
        ...row('IPアドレス', signer.ipAddress),
        ...row('ブラウザ', signer.userAgent),
        ...(certificate === null
          ? []
          : row(
              '署名に用いた証明書',
              `${certificate.subject}\n発行者 ${certificate.issuer}\nシリアル番号 ${certificate.serialNumber}`,
            )),
        [
          'タイムスタンプ',
          timestamp === null
            ? '記録なし'
            : `${formatEvidenceTime(timestamp.time)}\n${timestamp.authority}（${timestamp.accredited ? '総務大臣認定' : '非認定'}）`,
        ],
      ],
    },
  ]
}

function eventBlocks(events: readonly CertificateEvent[]): ReportBlock[] {
  return [
    { type: 'heading', text: '経過' },
    {
      type: 'table',
      columns: [
        { label: '日時', share: 30 },
        { label: '操作した者', share: 24 },
        { label: '内容', share: 46 },
      ],
      rows: events.map((event) => [
        formatEvidenceTime(event.at).replace('（', '\n（'),
        event.actor,
        event.text,
      ]),
    },
  ]
}
