import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { InputOf, OutputOf } from '../../../../shared/bridge/define.ts'
import { fieldWord, valueWord } from '../../../../shared/model/history-words.ts'
import { type Command, parseCommand, wholeNumber } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { refuseExisting } from './new-file.ts'
import { LIST_UNFINISHED, outcomeOf } from './outcome.ts'
import { readDay } from './query-options.ts'
import { count, timeText } from './words.ts'

const USAGE = `使い方: desk archive history [言葉] [--from 日付] [--to 日付] [--limit 件数] [--offset 件数]
        desk archive history [言葉] [--from 日付] [--to 日付] [--csv ファイル] [--pdf ファイル]

訂正削除履歴（変更と削除の前・後・人・日時・理由）を新しい順に表示します。
言葉は、案件名、変更した人、理由、前後の内容のどれかに含まれるものです。
  --from 日付 --to 日付  変更した日（両端を含む）
  --limit 件数          表示する件数（1〜200、指定しなければ50）
  --offset 件数         はじめのこの件数を飛ばす
  --csv ファイル        当てはまるものをすべてCSVに書き出す（UTF-8、表計算ソフト用）
  --pdf ファイル        印刷用のPDFを作る
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  from: { type: 'string' },
  to: { type: 'string' },
  limit: { type: 'string', default: '50' },
  offset: { type: 'string', default: '0' },
  csv: { type: 'string' },
  pdf: { type: 'string' },
} as const

const PAGE = 200

type Query = Pick<InputOf<Bridge['archive']['changes']>, 'text' | 'from' | 'to'>
type Changes = OutputOf<Bridge['archive']['changes']>
export type Change = Changes['rows'][number]

export const historyCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: OPTIONS, files: [0, 50] })
    const query: Query = {
      text: positionals.join(' '),
      from: readDay('from', values.from, 'first'),
      to: readDay('to', values.to, 'last'),
    }
    const page = {
      limit: wholeNumber('limit', values.limit, [1, PAGE]),
      offset: wholeNumber('offset', values.offset, [0, Number.MAX_SAFE_INTEGER]),
    }
    for (const path of [values.csv, values.pdf]) if (path !== undefined) await refuseExisting(path)
    return atDesk(values.data, io, async (desk) => {
      if (values.csv !== undefined || values.pdf !== undefined) {
        await save(desk, query, values)
        return 0
      }
      const found = must(await desk.client.archive.changes({ ...query, ...page }))
      io.print(values.json ? JSON.stringify(found) : describe(found).join('\n'))
      return 0
    })
  },
}

/** Files first, then what was written: nothing is said of a file that is not there. */
async function save(
  desk: ArchiveDesk,
  query: Query,
  {
    csv,
    pdf,
    json,
  }: { readonly csv?: string | undefined; readonly pdf?: string | undefined; readonly json: boolean },
): Promise<void> {
  const { papers } = desk.client
  if (csv !== undefined) {
    const { taskId } = must(await papers.exportHistory(query))
    await desk.save((await outcomeOf(desk, taskId, LIST_UNFINISHED)).ticket, csv)
  }
  if (pdf !== undefined) await desk.save(must(await papers.printHistory(query)).ticket, pdf)
  const files = [csv, pdf].filter((path) => path !== undefined)
  desk.io.print(json ? JSON.stringify({ files }) : `書き出しました: ${files.join('、')}`)
}

function describe({ rows, total, totalIsCapped }: Changes): string[] {
  if (rows.length === 0) return ['記録はありません。']
  const shown = rows.length === total ? '' : `のうち${count(rows.length)}件`
  return [
    `${count(total)}件${totalIsCapped ? '以上' : ''}${shown}（新しい順）`,
    ...describeChanges(rows, true),
  ]
}

/** What was saved at once stands under one line of who, when and why. Also the history of one case in `show`. */
export function describeChanges(rows: readonly Change[], withTitle: boolean): string[] {
  let last = ''
  return rows.flatMap((row) => {
    const title = withTitle ? (row.caseTitle === '' ? '（案件の外）' : row.caseTitle) : ''
    const why = row.why === '' ? '' : `理由: ${row.why}`
    const head = [timeText(row.at), row.who, title, why].filter((part) => part !== '').join('  ')
    const isNew = head !== last
    last = head
    return [
      ...(isNew ? [`  ${head}`] : []),
      `    ${fieldWord(row.field, row.entity)}: ${before(row)}${quoted(row, row.newValue)}`,
    ]
  })
}

/** A value that was empty before needs no arrow. */
function before(row: Change): string {
  return row.oldValue === null ? '' : `${quoted(row, row.oldValue)} → `
}

function quoted({ field, entity }: Change, value: string | null): string {
  return value === null ? '（なし）' : `「${valueWord(field, value, entity)}」`
}
