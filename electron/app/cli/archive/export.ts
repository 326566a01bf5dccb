import { SearchQuery } from '../../../../shared/bridge/archive.ts'
import { type Command, parseCommand, Refusal, required, UsageError } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must, stopIfEnded } from './desk.ts'
import { reserveNewFile } from './new-file.ts'
import { QUERY_OPTIONS, QUERY_USAGE, readQuery, withFolders } from './query-options.ts'
import { verdictCounts, verdictLine } from './verdicts.ts'
import { waitForWholeIndex } from './whole-index.ts'
import { count } from './words.ts'

const USAGE = `使い方: desk archive export --out ファイル.zip 言葉… [条件] [--json]
        desk archive export --out ファイル.zip --all

ダウンロードの求め: 条件に合う契約のPDF、締結証明書、一覧（CSV）、SHA-256の一覧、操作ログの抜粋、検証結果を
1つのZIPに書き出します。同じ名前のファイルがあれば、何もせずにやめます。

  --out ファイル.zip  書き出すファイル
  --all             条件を付けずに、保管庫のすべてを書き出す

${QUERY_USAGE}
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  ...QUERY_OPTIONS,
  out: { type: 'string' },
  all: { type: 'boolean', default: false },
} as const

const EVERYTHING = JSON.stringify(SearchQuery.parse({}))

export const exportCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: OPTIONS, files: [0, 200] })
    const path = required('out', values.out)
    const typed = readQuery(positionals, values)
    const isLimited = JSON.stringify(typed) !== EVERYTHING || values.folder !== undefined
    if (!isLimited && !values.all)
      throw new UsageError(
        '言葉か条件を指定してください。保管庫のすべてを書き出すときは --all を付けてください。',
      )
    return atDesk(values.data, io, async (desk) => {
      await waitForWholeIndex(desk)
      const query = await withFolders(desk, typed, values.folder)
      const file = await reserveNewFile(path)
      try {
        const { taskId } = must(await desk.client.archive.export({ query }))
        await desk.longWork.ended(taskId)
        stopIfEnded(io)
        const { ticket, rows, code } = must(await desk.client.archive.taskResult({ taskId }))
        if (ticket === null)
          throw new Refusal(code ?? 'INTERNAL', '書き出せませんでした。何も残していません。')
        const { sizeBytes, pieces } = await desk.read(ticket)
        await file.fill(desk.longWork.watched('書き出し', pieces, sizeBytes))
        const verdicts = verdictCounts(rows)
        if (values.json) io.print(JSON.stringify({ file: path, sizeBytes, files: rows.length, verdicts }))
        else {
          io.print(`書き出しました: ${path}（PDF ${count(rows.length)}件、${count(sizeBytes)}バイト）`)
          io.print(verdictLine(verdicts))
        }
        return 0
      } finally {
        await file.abandon()
      }
    })
  },
}
