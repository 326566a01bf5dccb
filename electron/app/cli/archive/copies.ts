import { type Command, parseCommand, required } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { CASE_USAGE, findCases } from './find-case.ts'
import { reserveNewFile } from './new-file.ts'
import { outcomeOf } from './outcome.ts'
import { countBad, isBad, verdictLine } from './verdicts.ts'
import { count } from './words.ts'

const USAGE = `使い方: desk archive copies 案件… --out ファイル.pdf [--json]

写し: 支出命令や監査に添える写しを、指定した順に1つのPDFにします。署名を確かめた結果の表紙のあとに、保管している文書の
全頁が「写し」と示されて続きます。1,000頁か200件を超えるときは、案件ごとのPDFを入れたZIPになります。
つくったことは操作ログに残ります。写せない文書や壊れた文書があれば、終了コードは1です。${CASE_USAGE}

  --out ファイル.pdf  書き出すファイル
${DESK_USAGE}`

const OPTIONS = { ...DESK_OPTIONS, out: { type: 'string' } } as const

export const copiesCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: OPTIONS, files: [1, 1000], what: '案件' })
    const path = required('out', values.out)
    return atDesk(values.data, io, async (desk) => {
      const caseIds = await findCases(desk, positionals)
      const file = await reserveNewFile(path)
      try {
        const { taskId } = must(await desk.client.papers.printCases({ caseIds }))
        const outcome = await outcomeOf(desk, taskId, '写しをつくれませんでした。何も残していません。')
        const { sizeBytes, pieces } = await desk.read(outcome.ticket)
        await file.fill(desk.longWork.watched('書き出し', pieces, sizeBytes))
        const left = outcome.rows.filter(({ verdict }) => verdict === 'not-copied' || isBad(verdict))
        if (values.json)
          io.print(JSON.stringify({ file: path, sizeBytes, cases: caseIds, verdicts: outcome.counts }))
        else {
          const kind = outcome.fileName.endsWith('.zip') ? '（多いため、案件ごとのPDFを入れたZIPです）' : ''
          io.print(`写し: ${path}${kind}（案件 ${count(caseIds.length)}件、${count(sizeBytes)}バイト）`)
          io.print(verdictLine(outcome.counts))
          for (const { title } of left) io.print(`× 表紙を確かめてください: ${title}`)
        }
        return countBad(outcome.counts) + (outcome.counts['not-copied'] ?? 0) === 0 ? 0 : 1
      } finally {
        await file.abandon()
      }
    })
  },
}
