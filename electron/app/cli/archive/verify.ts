import { type Command, parseCommand, Refusal } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must, stopIfEnded } from './desk.ts'
import { reserveNewFile } from './new-file.ts'
import { readDay } from './query-options.ts'
import { isBad, verdictCounts, verdictLine, verdictWord } from './verdicts.ts'
import { waitForWholeIndex } from './whole-index.ts'
import { count } from './words.ts'

const USAGE = `使い方: desk archive verify [--from 日付] [--to 日付] [--report ファイル.pdf] [--json]

一括検証: 期間内の契約のすべての署名とタイムスタンプを検証します。期間は取引年月日で、両端を含みます。
改変や、許されていない変更や、読み取れないファイルがあれば、終了コードは1です。
  --report ファイル.pdf  一括検証結果報告書を書き出す
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  from: { type: 'string' },
  to: { type: 'string' },
  report: { type: 'string' },
} as const

export const verifySpanCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseCommand(args, { options: OPTIONS, files: [0, 0] })
    const dateFrom = readDay('from', values.from, 'first')
    const dateTo = readDay('to', values.to, 'last')
    return atDesk(values.data, io, async (desk) => {
      await waitForWholeIndex(desk)
      const paper = values.report === undefined ? undefined : await reserveNewFile(values.report)
      try {
        const { taskId } = must(await desk.client.archive.verifySpan({ dateFrom, dateTo }))
        await desk.longWork.ended(taskId)
        stopIfEnded(io)
        const { rows, ticket, code } = must(await desk.client.archive.taskResult({ taskId }))
        if (code !== null) throw new Refusal(code, '検証を終えられませんでした。')
        if (paper !== undefined) {
          if (ticket === null) throw new Refusal('INTERNAL', '報告書を作れませんでした。')
          await paper.fill((await desk.read(ticket)).pieces)
        }
        const bad = rows.filter(({ verdict }) => isBad(verdict))
        const verdicts = verdictCounts(rows)
        if (values.json) io.print(JSON.stringify({ files: rows.length, verdicts, rows }))
        else {
          io.print(`${count(rows.length)}件のファイルを検証しました。`)
          io.print(verdictLine(verdicts))
          for (const { title, caseId, verdict } of bad)
            io.print(`× ${verdictWord(verdict)}: ${title}（案件 ${caseId}）`)
          if (values.report !== undefined) io.print(`報告書: ${values.report}`)
        }
        return bad.length === 0 ? 0 : 1
      } finally {
        await paper?.abandon()
      }
    })
  },
}
