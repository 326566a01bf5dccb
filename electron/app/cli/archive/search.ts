import type { SearchHit, SearchQuery, Snippet } from '../../../../shared/bridge/archive.ts'
import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import { formatEraDay } from '../../../../shared/text/era.ts'
import { type Command, type CommandIo, parseCommand, UsageError, wholeNumber } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must, stopIfEnded } from './desk.ts'
import { QUERY_OPTIONS, QUERY_USAGE, readQuery, withFolders } from './query-options.ts'
import { waitForWholeIndex } from './whole-index.ts'
import { count, stateText, yenText } from './words.ts'

const USAGE = `使い方: desk archive search 言葉… [条件] [--order 並び順] [--limit 件数] [--offset 件数 | --all] [--json]

保管庫を探します。PDFの中の言葉も対象です。例:
  desk archive search 令和7年度 1,000万円以上 '(株)髙橋組' 橋梁

${QUERY_USAGE}

  --order 並び順    newest 新しい順（指定しないとき）、oldest 古い順、relevance 関連の強い順、amount 金額の大きい順
  --limit 件数      表示する件数（1〜200、指定しなければ50）
  --offset 件数     はじめのこの件数を飛ばす
  --all            見つかったものをすべて出す
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  ...QUERY_OPTIONS,
  order: { type: 'string', default: 'newest' },
  limit: { type: 'string', default: '50' },
  offset: { type: 'string', default: '0' },
  all: { type: 'boolean', default: false },
} as const

const ORDERS = ['newest', 'oldest', 'relevance', 'amount'] as const
const PAGE = 200

type Answer = OutputOf<Bridge['archive']['search']>
type Row = (typeof SearchHit)['_output']
/** Hits with the place in their documents where the words stand. */
type Found = Omit<Answer, 'rows'> & { readonly rows: readonly (Row & { readonly snippet: Snippet | null })[] }
type Page = { readonly offset: number; readonly limit: number }

export const searchCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: OPTIONS, files: [0, 200] })
    const order = ORDERS.find((each) => each === values.order)
    if (order === undefined)
      throw new UsageError(`--order は ${ORDERS.join('、')} のどれかで指定してください。`)
    const page = {
      limit: wholeNumber('limit', values.limit, [1, PAGE]),
      offset: wholeNumber('offset', values.offset, [0, Number.MAX_SAFE_INTEGER]),
    }
    const typed = { ...readQuery(positionals, values), order }
    return atDesk(values.data, io, async (desk) => {
      await waitForWholeIndex(desk)
      const query = await withFolders(desk, typed, values.folder)
      const found = values.all ? await searchAll(desk, query) : await searchPage(desk, query, page)
      if (values.json) io.print(JSON.stringify(found))
      else printFound(found, values.all ? 0 : page.offset, io)
      return 0
    })
  },
}

/** Cases whose documents are looked through with one call. */
const SNIPPETS_AT_ONCE = 10

async function searchPage({ client }: ArchiveDesk, query: SearchQuery, page: Page): Promise<Found> {
  const answer = must(await client.archive.search({ ...query, ...page }))
  const snippets = new Map<string, Snippet | null>()
  const { words } = answer
  for (let at = 0; words.length > 0 && at < answer.rows.length; at += SNIPPETS_AT_ONCE) {
    const caseIds = answer.rows.slice(at, at + SNIPPETS_AT_ONCE).map(({ id }) => id)
    const { rows } = must(await client.archive.snippets({ caseIds, words }))
    for (const { caseId, snippet } of rows) snippets.set(caseId, snippet)
  }
  return { ...answer, rows: answer.rows.map((row) => ({ ...row, snippet: snippets.get(row.id) ?? null })) }
}

/** Page after page to the end of what was found first; where that was an estimate, pages far down are not full. */
async function searchAll(desk: ArchiveDesk, query: SearchQuery): Promise<Found> {
  const first = await searchPage(desk, query, { offset: 0, limit: PAGE })
  const found = new Map(first.rows.map((row) => [row.id, row]))
  const tell = desk.longWork.counter('検索', first.total)
  for (let offset = PAGE; offset < first.total; offset += PAGE) {
    stopIfEnded(desk.io)
    const next = await searchPage(desk, query, { offset, limit: PAGE })
    for (const row of next.rows) found.set(row.id, row)
    tell(Math.min(offset + PAGE, first.total))
  }
  const rows = [...found.values()]
  return { ...first, rows, total: rows.length, totalIsEstimate: first.totalIsEstimate }
}

function printFound(found: Found, offset: number, io: CommandIo): void {
  const { rows, total, totalIsEstimate, understood } = found
  const limits = understood.filter(({ kind }) => kind !== 'word').map(({ text }) => `「${text}」`)
  if (limits.length > 0) io.tell(`条件として読み取ったもの: ${limits.join('')}`)
  if (rows.length === 0) {
    io.print(
      total === 0 ? '条件に合う契約はありません。' : `${count(total)}件のうち、この先の契約はありません。`,
    )
    return
  }
  const shown =
    rows.length === total ? '' : `（${count(offset + 1)}件目から${count(offset + rows.length)}件目まで）`
  io.print(`${totalIsEstimate ? '約' : ''}${count(total)}件見つかりました${shown}。`)
  for (const row of rows) io.print(['', ...describe(row)].join('\n'))
}

function describe(row: Found['rows'][number]): string[] {
  const day = row.contractDate === null ? '日付なし' : formatEraDay(row.contractDate)
  const keeping = [
    row.retentionEndsOn === null ? '' : `保存期限 ${formatEraDay(row.retentionEndsOn)}`,
    row.hold ? '廃棄停止' : '',
  ]
  const more = [
    `状態 ${stateText(row.state)}`,
    row.department,
    row.contractNumber === '' ? '' : `契約番号 ${row.contractNumber}`,
    ...keeping,
  ]
  return [
    `${day}  ${yenText(row.amount)}  ${row.counterpartyNames.join('、')}  ${row.title}`,
    `  番号 ${row.id}  ${more.filter((part) => part !== '').join('  ')}`,
    ...(row.snippet === null ? [] : [`  ${row.snippet.source}: ${marked(row.snippet)}`]),
  ]
}

/** Found words in 【…】: a terminal has no marker pen. */
function marked({ text, marks }: Snippet): string {
  let result = ''
  let at = 0
  for (const [start, end] of marks) {
    result += `${text.slice(at, start)}【${text.slice(start, end)}】`
    at = end
  }
  return result + text.slice(at)
}
