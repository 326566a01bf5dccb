/**
 * The lists of an export: index, digests, manifest, log, history, and the sheet that explains them. What they are made from
 * waits in a spool, one JSON line a fact, and is read again for each list.
 */
import type { FileVerdict } from '../../../shared/bridge/outcomes.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { valueWord } from '../../../shared/model/history-words.ts'
import { contractKindNames, contractMethodNames } from '../../../shared/model/names.ts'
import { formatEvidenceTime, formatJapaneseDate } from '../../../shared/rules/japanese-date.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import { listCaseChanges } from '../../core/archive/tables/changes.ts'
import type { Viewer } from '../../core/archive/tables/viewer.ts'
import { listCaseEntries } from '../../core/audit/log.ts'
import { reasonWords } from '../../core/pages/verdict-words.ts'
import { LOG_HEAD, logCells } from '../audit/read-log.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv.ts'
import type { Office } from '../office.ts'
import type { Examined } from './examine-file.ts'
import { findingWord } from './finding-words.ts'
import { HISTORY_HEAD, historyCells, historyRows } from './history-rows.ts'
import { encodeShiftJis } from './shift-jis.ts'
import { createPause } from './span-tasks.ts'

export type NotedFile = {
  readonly found: CaseRecord
  /** null: the case has no file. */
  readonly document: CaseDocument | null
  readonly name: string
  readonly examined: Examined | null
}
type NotedEntry = { readonly name: string; readonly sha256: string; readonly sizeBytes: number }
type FileFact = {
  readonly kind: 'file' | 'problem' | 'empty'
  readonly caseId: string
  readonly documentId: string | null
  readonly name: string
  readonly sha256: string
  readonly verdict: FileVerdict | null
  /** The row of the index. */
  readonly cells: readonly string[]
}
type Fact = FileFact | ({ readonly kind: 'entry' } & NotedEntry)

export type ExportAbout = {
  readonly townName: string
  readonly exportedBy: string
  readonly cases: number
}

type Bytes = AsyncGenerator<Uint8Array>
export type ExportNotes = {
  readonly addFile: (file: NotedFile) => Promise<void>
  /** Something that lies in the ZIP now. */
  readonly addEntry: (entry: NotedEntry) => Promise<void>
  readonly count: (kind: Fact['kind']) => number
  readonly index: () => Bytes
  readonly indexShiftJis: () => Bytes
  /** After `indexShiftJis`: what it could not write; undefined when it could write everything. */
  readonly missingLetters: () => Uint8Array | undefined
  readonly readMe: (about: ExportAbout) => Uint8Array
  readonly sums: () => Bytes
  readonly manifest: (about: ExportAbout) => Bytes
  readonly drop: () => Promise<void>
}

const INDEX_HEAD = [
  ...['取引年月日', '取引金額', '取引先', '件名', '契約番号', '状態', 'ファイル名', 'SHA-256', '検証結果'],
  ...['理由', '文書', '契約種別', '契約方法', '所管課', '法人番号', '取引年月日（和暦）'],
]
/** The sheet names so many bad files itself; the index has all of them. */
const MOST_NAMED = 100

export function openNotes(office: Office, about: string): ExportNotes {
  const spool = office.temporary.spool()
  // A spool is written, then read: entries made while lists are read go on in memory. They are the lists themselves.
  const late: Fact[] = []
  const counts = new Map<Fact['kind'], number>()
  const bad: string[] = []
  const missing = new Set<string>()
  let isRead = false
  const add = async (fact: Fact): Promise<void> => {
    counts.set(fact.kind, (counts.get(fact.kind) ?? 0) + 1)
    if (isRead) late.push(fact)
    else await spool.write(Buffer.from(`${JSON.stringify(fact)}\n`))
  }
  const facts = async function* (): AsyncGenerator<Fact> {
    isRead = true
    for await (const line of linesOf(spool.read())) yield JSON.parse(line) as Fact
    yield* late
  }
  const rows = async function* (): AsyncGenerator<string> {
    yield csvLine(INDEX_HEAD)
    for await (const fact of facts()) if (fact.kind !== 'entry') yield csvLine(fact.cells)
  }
  return {
    addFile: (file) => {
      const fact = factOf(file)
      if (fact.kind === 'problem' && bad.length < MOST_NAMED)
        bad.push(`${fact.name || file.found.title}（${findingWord(fact.verdict)}）`)
      return add(fact)
    },
    addEntry: (entry) => add({ kind: 'entry', ...entry }),
    count: (kind) => counts.get(kind) ?? 0,
    index: async function* () {
      yield Buffer.from(BYTE_ORDER_MARK)
      for await (const row of rows()) yield Buffer.from(row)
    },
    indexShiftJis: async function* () {
      for await (const row of rows()) {
        const encoded = encodeShiftJis(row)
        for (const letter of encoded.missing) missing.add(letter)
        yield encoded.bytes
      }
    },
    missingLetters: () => (missing.size === 0 ? undefined : textFile(missingNote([...missing]))),
    readMe: (facts) => textFile(readMeLines(office, { ...facts, about, counts, bad })),
    sums: async function* () {
      for await (const fact of facts())
        if (fact.kind === 'entry') yield Buffer.from(`${fact.sha256}  ${fact.name}\n`)
    },
    manifest: (given) => manifestOf(office, { ...given, about, counts }, facts()),
    drop: spool.drop,
  }
}

function factOf({ found, document, name, examined }: NotedFile): FileFact {
  const { contractDate, amount, counterparties, kind, method, department } = found.fields
  const verdict = examined?.verdict ?? null
  return {
    kind: document === null ? 'empty' : examined?.isReadable === true ? 'file' : 'problem',
    caseId: found.id,
    documentId: document?.id ?? null,
    name,
    sha256: document?.current.sha256 ?? '',
    verdict,
    cells: [
      contractDate ?? '',
      amount === null ? '' : String(amount),
      counterparties.map((party) => party.name).join('、'),
      found.title,
      found.contractNumber,
      valueWord('state', found.state),
      examined?.isReadable === true ? name : '',
      document?.current.sha256 ?? '',
      document === null ? '文書なし' : findingWord(verdict),
      examined?.report ? reasonWords(examined.report) : '',
      document?.title ?? '',
      contractKindNames[kind],
      contractMethodNames[method],
      department,
      counterparties
        .map((party) => party.corporateNumber)
        .filter(Boolean)
        .join('、'),
      contractDate === null ? '' : formatJapaneseDate(contractDate),
    ],
  }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

function missingNote(missing: readonly string[]): string[] {
  return [
    '「索引_ShiftJIS.csv」では、Shift_JISにない次の文字を「〓」で示しています。',
    '正しい文字は「索引.csv」（UTF-8）を見てください。',
    ...missing,
  ]
}

type ReadMeFacts = ExportAbout & {
  readonly about: string
  readonly counts: ReadonlyMap<Fact['kind'], number>
  readonly bad: readonly string[]
}

function readMeLines(office: Office, facts: ReadMeFacts): string[] {
  const { counts, bad } = facts
  const problems = counts.get('problem') ?? 0
  const number = (value: number) => value.toLocaleString('ja-JP')
  return [
    `${facts.townName} 電子契約データ`,
    '',
    `書き出した日時　${formatEvidenceTime(office.clock.now())}`,
    `書き出した者　　${facts.exportedBy}`,
    `条件　　　　　　${facts.about}`,
    `契約　　　　　　${number(facts.cases)}件`,
    `ファイル　　　　${number(counts.get('file') ?? 0)}件`,
    `入れられなかったファイル　${number(problems)}件`,
    ...bad.map((name) => `　・${name}`),
    ...(problems > bad.length ? ['　（残りは索引の「検証結果」の列を見てください）'] : []),
    '',
    '■目次',
    '年月日_金額_取引先_件名.pdf　　契約書と締結証明書。署名とタイムスタンプの付いた原本と同じファイルです。',
    '索引.csv　　　　　　　　　　　ファイルの一覧（UTF-8）。Excelで開けます。',
    '索引_ShiftJIS.csv　　　　　　　同じ一覧（Shift_JIS）。',
    'verification フォルダ　　　　　ファイルごとの署名の検証結果。「.html」はブラウザで開いて読めます。「.json」は同じ内容のデータです。',
    '操作ログ.csv　　　　　　　　　これらの契約についての操作の記録。',
    '訂正削除履歴.csv　　　　　　　これらの契約についての訂正と削除の記録。',
    'SHA256SUMS.txt、manifest.json　すべてのファイルのSHA-256。',
    '',
    '■確かめかた',
    'ファイルが書き出したときのままであることは、SHA-256で確かめられます。',
    '　Windows：certutil -hashfile ファイル名 SHA256',
    '　macOS、Linux：shasum -a 256 -c SHA256SUMS.txt',
    '署名とタイムスタンプは、PDFをAdobe Acrobat Readerで開き、署名パネルでも確かめられます。',
    '',
    '索引の日付は「年-月-日」、金額は円です。空欄は、契約に記載がないことを示します。時刻は、すべて日本標準時です。',
  ]
}

async function* manifestOf(
  office: Office,
  given: ExportAbout & { readonly about: string; readonly counts: ReadonlyMap<Fact['kind'], number> },
  facts: AsyncIterable<Fact>,
): Bytes {
  const head = {
    format: 'keiyaku-desk-export/1',
    exportedAt: new Date(office.clock.now()).toISOString(),
    ...{ town: given.townName, exportedBy: given.exportedBy, conditions: given.about, cases: given.cases },
    ...{ files: given.counts.get('file') ?? 0, problems: given.counts.get('problem') ?? 0 },
  }
  yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},\n"entries":[`)
  let between = '\n'
  for await (const fact of facts) {
    yield Buffer.from(`${between}${JSON.stringify(manifestLine(fact))}`)
    between = ',\n'
  }
  yield Buffer.from('\n]}\n')
}

/** Entries of the ZIP with their digests; files that are not in it with the digest they should have. */
function manifestLine(fact: Fact): object {
  if (fact.kind === 'entry') return fact
  const { cells: _row, ...line } = fact
  return line
}

/** The log of the exported cases, read case by case while it is written. */
export async function* logLines(office: Office, caseIds: readonly CaseId[]): Bytes {
  yield Buffer.from(BYTE_ORDER_MARK + csvLine(LOG_HEAD))
  yield* linesOfCases(caseIds, (caseId) => listCaseEntries(office.archive.db, caseId).map(logCells))
}

export async function* historyLines(office: Office, viewer: Viewer, caseIds: readonly CaseId[]): Bytes {
  const { db } = office.archive
  yield Buffer.from(BYTE_ORDER_MARK + csvLine(HISTORY_HEAD))
  yield* linesOfCases(caseIds, (caseId) =>
    historyRows(db, viewer, listCaseChanges(db, caseId)).map(historyCells),
  )
}

async function* linesOfCases(caseIds: readonly CaseId[], rowsOf: (caseId: CaseId) => string[][]): Bytes {
  const pause = createPause()
  for (const caseId of caseIds) {
    const text = rowsOf(caseId).map(csvLine).join('')
    if (text !== '') yield Buffer.from(text)
    await pause()
  }
}

/** Text that Windows opens: byte order mark, CR LF. */
function textFile(lines: readonly string[]): Uint8Array {
  return Buffer.from(`${BYTE_ORDER_MARK}${lines.join('\r\n')}\r\n`)
}
