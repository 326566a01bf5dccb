/** 一括検証結果報告書: what was found in numbers, what is doubtful with its reasons, then every file with every timestamp. */
import type { FileVerdict } from '../../../shared/bridge/outcomes.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { formatBothDates, formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import type { Report, ReportBlock } from '../../core/pages/report-model.ts'
import { reasonWords, shortTime, signatureLines } from '../../core/pages/verdict-words.ts'
import type { Office } from '../office.ts'
import { readSettings } from '../settings/read-settings.ts'
import type { Examined } from './examine-file.ts'
import { findingWord } from './finding-words.ts'
import { isGood } from './outcomes.ts'

/** One file as it stands in the table; plain data, a few hundred bytes. */
export type SpanLine = {
  readonly number: number
  readonly subject: string
  readonly finding: string
  readonly evidence: string
}

/** The whole span in numbers; grows by counts and doubtful files only. */
export type SpanSum = {
  readonly span: string
  readonly verifiedBy: string
  cases: number
  casesWithoutFile: number
  files: number
  signatures: number
  accredited: number
  notAccredited: number
  unknownAccreditation: number
  untrusted: number
  withoutTimestamp: number
  readonly findings: Map<FileVerdict, number>
  readonly doubtful: string[][]
}

/** The paper names so many doubtful files with their reasons; all of them are in the table of files. */
const MOST_DOUBTFUL = 2_000

export function startSum(span: string, verifiedBy: string, cases: number): SpanSum {
  const zero = { files: 0, signatures: 0, accredited: 0, notAccredited: 0, unknownAccreditation: 0 }
  return {
    ...{ span, verifiedBy, cases, ...zero },
    ...{ casesWithoutFile: 0, untrusted: 0, withoutTimestamp: 0 },
    findings: new Map(),
    doubtful: [],
  }
}

/** Counts one file and gives its line. */
export function addFile(
  sum: SpanSum,
  found: CaseRecord,
  document: CaseDocument,
  examined: Examined,
): SpanLine {
  const { verdict, report } = examined
  sum.files += 1
  sum.findings.set(verdict, (sum.findings.get(verdict) ?? 0) + 1)
  for (const { timestamp } of report?.signatures ?? []) {
    sum.signatures += 1
    if (timestamp === null) sum.withoutTimestamp += 1
    else {
      if (timestamp.accredited === undefined) sum.unknownAccreditation += 1
      else if (timestamp.accredited) sum.accredited += 1
      else sum.notAccredited += 1
      if (!timestamp.trusted) sum.untrusted += 1
    }
  }
  const { contractDate, counterparties } = found.fields
  const name = [found.title, document.title].join('\n')
  if (!isGood(verdict) && sum.doubtful.length < MOST_DOUBTFUL)
    sum.doubtful.push([
      String(sum.files),
      name,
      findingWord(verdict),
      report === null
        ? '保存したときの内容を読み出せません。バックアップから戻してください。'
        : reasonWords(report),
    ])
  return {
    number: sum.files,
    subject: [
      `${contractDate === null ? '契約日なし' : formatBothDates(contractDate)}　${found.contractNumber}`.trim(),
      name,
      counterparties.map((party) => party.name).join('、'),
      `SHA-256 ${document.current.sha256}`,
    ].join('\n'),
    finding: findingWord(verdict),
    evidence: evidenceWords(examined),
  }
}

function evidenceWords({ report }: Examined): string {
  if (report === null) return ''
  if (report.signatures.length === 0) return '署名なし'
  const until = report.signatures
    .flatMap(({ evidenceUntil }) => evidenceUntil ?? [])
    .sort()
    .at(-1)
  return [
    ...report.signatures.map(signatureLines),
    ...(until === undefined ? [] : [`証拠の期限 ${shortTime(until)}`]),
  ].join('\n')
}

/** The sheets in front: numbers, method, doubtful files. */
export function summaryBlocks(sum: SpanSum): ReportBlock[] {
  const number = (value: number) => `${value.toLocaleString('ja-JP')}件`
  const optional = (label: string, value: number) =>
    value === 0 ? [] : [[label, number(value)] as [string, string]]
  const stamps = sum.signatures - sum.withoutTimestamp
  const doubtful = [...sum.findings].reduce((all, [verdict, n]) => (isGood(verdict) ? all : all + n), 0)
  return [
    {
      type: 'facts',
      rows: [
        ['期間', sum.span],
        ['契約', number(sum.cases)],
        ...optional('うち文書のない契約', sum.casesWithoutFile),
        ['ファイル', number(sum.files)],
        ...[...sum.findings].map(
          ([verdict, n]) => [`　${findingWord(verdict)}`, number(n)] as [string, string],
        ),
        ['署名と文書タイムスタンプ', number(sum.signatures)],
        ['タイムスタンプ', number(stamps)],
        ['　総務大臣認定', number(sum.accredited)],
        ['　非認定', number(sum.notAccredited)],
        ...optional('　認定の有無は未確認', sum.unknownAccreditation),
        ...optional('　信頼を確認できないもの', sum.untrusted),
        ...optional('タイムスタンプのない署名', sum.withoutTimestamp),
      ],
    },
    {
      type: 'paragraph',
      text: '保管庫のファイルをすべて読み出し、保存したときのSHA-256と同じであること、それぞれの署名とタイムスタンプが有効であることを、ネットワークを使わずに確かめました。認定の有無は、プログラムに登録された総務大臣認定の時刻認証業務の一覧によります。時刻は、すべて日本標準時です。',
      size: 9,
    },
    ...(doubtful === 0
      ? [{ type: 'paragraph' as const, text: '確かめるべきファイルはありませんでした。' }]
      : [
          { type: 'heading' as const, text: `確かめるもの（${number(doubtful)}）` },
          {
            type: 'table' as const,
            columns: [
              { label: '番号', share: 8, align: 'right' as const },
              { label: '件名 / 文書', share: 34 },
              { label: '結果', share: 18 },
              { label: '理由', share: 40 },
            ],
            rows: sum.doubtful,
          },
        ]),
    ...(doubtful > sum.doubtful.length
      ? [
          {
            type: 'paragraph' as const,
            text: `ここには初めの${number(sum.doubtful.length)}を載せています。残りは「検証したファイル」の結果の欄を見てください。`,
          },
        ]
      : []),
  ]
}

export function fileBlocks(lines: readonly SpanLine[]): ReportBlock[] {
  return [
    { type: 'heading', text: '検証したファイル' },
    {
      type: 'table',
      columns: [
        { label: '番号', share: 7, align: 'right' },
        { label: '契約日 / 件名 / 文書 / 取引先', share: 40 },
        { label: '結果', share: 13 },
        { label: '署名者、タイムスタンプの時刻と発行者', share: 40 },
      ],
      rows: lines.map((line) => [String(line.number), line.subject, line.finding, line.evidence]),
    },
  ]
}

export function spanReport(
  office: Office,
  sum: SpanSum,
  blocks: readonly ReportBlock[],
  part: string | null,
): Report {
  const { townName } = readSettings(office.archive.db).town
  const now = office.clock.now()
  return {
    title: '一括検証結果報告書',
    ...(part === null ? {} : { subtitle: part }),
    headLines: [`検証日時 ${formatJapaneseDateTime(now)}`, `検証した者 ${sum.verifiedBy}`, townName],
    footer: `${townName} 一括検証結果報告書${part === null ? '' : ` ${part}`}`,
    author: townName,
    createdAt: now,
    blocks,
  }
}
