import { SearchQuery } from '../../../../shared/bridge/archive.ts'
import type { FileVerdict } from '../../../../shared/bridge/outcomes.ts'
import { findingWord } from '../../archive/finding-words.ts'
import { type Command, parseCommand, required, UsageError } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { reserveNewFile } from './new-file.ts'
import { outcomeOf } from './outcome.ts'
import { QUERY_OPTIONS, QUERY_USAGE, readQuery, withFolders } from './query-options.ts'
import { verdictLine } from './verdicts.ts'
import { waitForWholeIndex } from './whole-index.ts'
import { count } from './words.ts'

const USAGE = `使い方: desk archive export --out ファイル.zip 言葉… [条件] [--json]
        desk archive export --out ファイル.zip --all

ダウンロードの求め: 条件に合う契約のPDF、締結証明書、一覧（CSV）、全ファイルのSHA-256、操作ログと訂正削除履歴の
抜粋、検証結果を1つのZIPに書き出します。同じ名前のファイルがあれば、何もせずにやめます。壊れていて入れられない
ファイルがあれば、名前を表示して、終了コードは1です（ほかのファイルは書き出します）。

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

/** Files that are not in the ZIP. */
const LEFT_OUT: readonly FileVerdict[] = ['damaged', 'missing', 'disposed']
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
        const outcome = await outcomeOf(desk, taskId, '書き出せませんでした。何も残していません。')
        const { files, counts } = outcome
        const { sizeBytes, pieces } = await desk.read(outcome.ticket)
        await file.fill(desk.longWork.watched('書き出し', pieces, sizeBytes))
        const left = outcome.rows.filter(({ verdict }) => LEFT_OUT.includes(verdict))
        if (values.json)
          io.print(JSON.stringify({ file: path, sizeBytes, files, verdicts: counts, leftOut: left }))
        else {
          io.print(`書き出しました: ${path}（ファイル ${count(files)}件、${count(sizeBytes)}バイト）`)
          io.print(verdictLine(counts))
          for (const { title, verdict } of left)
            io.print(`× 入れられませんでした: ${title}（${findingWord(verdict)}）`)
        }
        return left.length === 0 ? 0 : 1
      } finally {
        await file.abandon()
      }
    })
  },
}
