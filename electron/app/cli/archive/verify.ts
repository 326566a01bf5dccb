import { findingWord } from '../../archive/finding-words.ts'
import { type Command, parseCommand } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { reserveNewFile } from './new-file.ts'
import { outcomeOf } from './outcome.ts'
import { readDay } from './query-options.ts'
import { countBad, isBad, verdictLine } from './verdicts.ts'
import { waitForWholeIndex } from './whole-index.ts'
import { count } from './words.ts'

const USAGE = `使い方: desk archive verify [--from 日付] [--to 日付] [--report ファイル.pdf] [--json]

一括検証: 期間内の契約のすべての署名とタイムスタンプを検証します。期間は取引年月日で、両端を含みます。
改変や、許されていない変更や、読み取れないファイルがあれば、終了コードは1です。
  --report ファイル.pdf  一括検証結果報告書を書き出す（1,000ファイルを超えると、分冊のPDFを入れたZIPになります）
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
        const outcome = await outcomeOf(desk, taskId, '検証を終えられませんでした。')
        if (paper !== undefined) await paper.fill((await desk.read(outcome.ticket)).pieces)
        const { rows, files, counts, fileName } = outcome
        if (values.json) io.print(JSON.stringify({ files, verdicts: counts, rows }))
        else {
          io.print(`${count(files)}件のファイルを検証しました。`)
          io.print(verdictLine(counts))
          for (const { title, caseId, verdict } of rows.filter((row) => isBad(row.verdict)))
            io.print(`× ${findingWord(verdict)}: ${title}（案件 ${caseId}）`)
          const kind = fileName.endsWith('.zip') ? '（ファイルが多いため、分冊のPDFを入れたZIPです）' : ''
          if (values.report !== undefined) io.print(`報告書: ${values.report}${kind}`)
        }
        return countBad(counts) === 0 ? 0 : 1
      } finally {
        await paper?.abandon()
      }
    })
  },
}
