import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import { actionText } from '../../../../shared/model/log-actions.ts'
import { type Command, type CommandIo, type ExitCode, parseCommand, wholeNumber } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { unfinished } from './long-work.ts'
import { LIST_UNFINISHED, outcomeOf } from './outcome.ts'
import { readDay } from './query-options.ts'
import { count, timeText } from './words.ts'

const USAGE = `使い方: desk archive log [--from 日付] [--to 日付] [--actor 人] [--limit 件数] [--offset 件数]
        desk archive log --check
        desk archive log [--from 日付] [--to 日付] --csv ファイル

操作ログを新しい順に表示します。見たことも操作ログに残ります。
  --from 日付 --to 日付  操作した日（両端を含む）
  --actor 人            操作した人の名前
  --limit 件数          表示する件数（1〜200、指定しなければ50）
  --offset 件数         はじめのこの件数を飛ばす
  --check              記録のつながりとタイムスタンプを検査する。切れていれば、その番号を示し、終了コードは1
  --csv ファイル        期間の記録をすべてCSVに書き出す（UTF-8、表計算ソフト用）
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  from: { type: 'string' },
  to: { type: 'string' },
  actor: { type: 'string', default: '' },
  limit: { type: 'string', default: '50' },
  offset: { type: 'string', default: '0' },
  check: { type: 'boolean', default: false },
  csv: { type: 'string' },
} as const

type Entries = OutputOf<Bridge['audit']['list']>

export const logCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseCommand(args, { options: OPTIONS, files: [0, 0] })
    const span = { from: readDay('from', values.from, 'first'), to: readDay('to', values.to, 'last') }
    const page = {
      limit: wholeNumber('limit', values.limit, [1, 200]),
      offset: wholeNumber('offset', values.offset, [0, Number.MAX_SAFE_INTEGER]),
    }
    const { csv, json } = values
    return atDesk(values.data, io, async (desk) => {
      if (values.check) return check(desk, json, io)
      if (csv !== undefined) {
        const { taskId } = must(await desk.client.audit.export(span))
        await desk.save((await outcomeOf(desk, taskId, LIST_UNFINISHED)).ticket, csv)
        io.print(json ? JSON.stringify({ file: csv }) : `書き出しました: ${csv}`)
        return 0
      }
      const found = must(await desk.client.audit.list({ ...span, actor: values.actor, ...page }))
      io.print(json ? JSON.stringify(found) : describe(found).join('\n'))
      return 0
    })
  },
}

function describe({ rows, total, totalIsCapped }: Entries): string[] {
  if (rows.length === 0) return ['この条件の記録はありません。']
  const shown = rows.length === total ? '' : `のうち${count(rows.length)}件`
  return [
    `${count(total)}件${totalIsCapped ? '以上' : ''}${shown}（新しい順。内容の細かい値は --json か --csv で）`,
    ...rows.map(({ seq, at, actor, action, caseTitle }) =>
      [`  ${seq}`, timeText(at), actor, actionText(action), caseTitle]
        .filter((part) => part !== '')
        .join('  '),
    ),
  ]
}

async function check(desk: ArchiveDesk, json: boolean, io: CommandIo): Promise<ExitCode> {
  const task = must(await desk.client.audit.check({}))
  await desk.longWork.ended(task.taskId)
  const { found } = must(await desk.client.audit.checked(task))
  if (found === null) throw unfinished(io, 'INTERNAL', '検査の結果は出ていません。')
  const { entries, firstBrokenSeq, anchoredUntilSeq, lastAnchorAt } = found
  if (json) io.print(JSON.stringify(found))
  else {
    io.print(
      firstBrokenSeq === null
        ? `${count(entries)}件の記録は、すべてつながっています。書き換えはありません。`
        : `${firstBrokenSeq}番の記録でつながりが切れています。書き換えや欠落のおそれがあります。システム管理者に知らせてください。`,
    )
    io.print(
      anchoredUntilSeq === null
        ? 'タイムスタンプはまだついていません。'
        : `${anchoredUntilSeq}番までの記録にタイムスタンプがついています（${timeText(lastAnchorAt)}）。`,
    )
  }
  return firstBrokenSeq === null ? 0 : 1
}
