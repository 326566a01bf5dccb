/** 一括検証結果: the paper of a bulk verification. Doubtful files first and in full, then all of them in one table. */
import type { IsoDate } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import type { Verdict, VerificationReport } from '../../../shared/model/verification.ts'
import { formatBothDates, formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import type { Report } from '../../core/pages/report-model.ts'
import type { Office } from '../office.ts'
import { readSettings } from '../settings/read-settings.ts'

export type SpanLine = {
  readonly found: CaseRecord
  readonly document: CaseDocument
  readonly report: VerificationReport
}

export const VERDICTS: Readonly<Record<Verdict, string>> = {
  valid: '有効',
  'valid-with-permitted-changes': '有効（許された変更あり）',
  changed: '許されていない変更あり',
  'unknown-signer': '改変なし・署名者は未確認',
  broken: '改変あり',
  unsigned: '署名なし',
  unreadable: '読み取れない',
}
const GOOD: readonly Verdict[] = ['valid', 'valid-with-permitted-changes', 'unsigned']

export function spanReport(
  office: Office,
  verifiedBy: string,
  span: { readonly dateFrom: IsoDate | null; readonly dateTo: IsoDate | null },
  lines: readonly SpanLine[],
): Report {
  const { townName } = readSettings(office.archive.db).town
  const now = office.clock.now()
  const doubtful = lines.filter(({ report }) => !GOOD.includes(report.verdict))
  const counts = Object.entries(VERDICTS)
    .map(
      ([verdict, label]) => [label, lines.filter(({ report }) => report.verdict === verdict).length] as const,
    )
    .filter(([, count]) => count > 0)
  const stamps = lines
    .flatMap(({ report }) => report.signatures)
    .filter(({ timestamp }) => timestamp !== null)
  return {
    title: '一括検証結果報告書',
    headLines: [`検証日時 ${formatJapaneseDateTime(now)}`, `検証した者 ${verifiedBy}`],
    footer: `${townName} 一括検証結果報告書`,
    author: townName,
    createdAt: now,
    blocks: [
      {
        type: 'facts',
        rows: [
          ['期間', `${dayOf(span.dateFrom)} ～ ${dayOf(span.dateTo)}`],
          ['ファイル', `${lines.length}件`],
          ...counts.map(([label, count]) => [label, `${count}件`] as const),
          [
            'タイムスタンプ',
            `${stamps.length}件（信頼できるもの ${stamps.filter(({ timestamp }) => timestamp?.trusted).length}件）`,
          ],
        ],
      },
      ...(doubtful.length === 0
        ? []
        : [
            { type: 'heading' as const, text: '確かめるもの' },
            {
              type: 'table' as const,
              columns: [
                { label: '件名 / 文書', share: 35 },
                { label: '結果', share: 20 },
                { label: '理由', share: 45 },
              ],
              rows: doubtful.map(({ found, document, report }) => [
                `${found.title}\n${document.title}`,
                VERDICTS[report.verdict],
                reasonsOf(report),
              ]),
            },
          ]),
      { type: 'heading', text: '検証したファイル' },
      {
        type: 'table',
        columns: [
          { label: '契約日', share: 14 },
          { label: '件名 / 文書', share: 36 },
          { label: '結果', share: 14 },
          { label: 'SHA-256', share: 36 },
        ],
        rows: lines.map(({ found, document, report }) => [
          found.fields.contractDate ?? '',
          `${found.title}\n${document.title}`,
          VERDICTS[report.verdict],
          document.current.sha256,
        ]),
      },
    ],
  }
}

function reasonsOf(report: VerificationReport): string {
  const texts = [...report.problems, ...report.signatures.flatMap(({ reasons }) => reasons)].map(
    ({ text }) => text,
  )
  return [...new Set(texts)].join('\n')
}

function dayOf(day: IsoDate | null): string {
  return day === null ? '' : formatBothDates(day)
}
