import type { LapsingEvidence } from '../../../../shared/bridge/archive.ts'
import { type Command, parseCommand } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { count, dayText, timeText } from './words.ts'

const USAGE = `使い方: desk archive evidence [--json]

証拠の状態: 署名とタイムスタンプで、保存期限まで検証できるかを表示します。
保存期限より先に証拠の切れるファイルがあれば、終了コードは1です（「archive renew」で更新します）。
${DESK_USAGE}`

/** What stands in the way, and what to do. */
const REASONS: Readonly<Record<LapsingEvidence['reason'], string>> = {
  RENEWAL_OFF: 'タイムスタンプの外部接続が止められています。設定でつないでください。',
  RENEWAL_LATE:
    '更新が間に合っていません。時刻認証局につながるか確かめ、「archive renew」で更新してください。',
  NO_TIMESTAMP: 'タイムスタンプがありません。「archive renew --received」で付けてください。',
}

export const evidenceCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseCommand(args, { options: DESK_OPTIONS, files: [0, 0] })
    return atDesk(values.data, io, async ({ client }) => {
      const evidence = must(await client.archive.evidence({}))
      const { files, lapsing, nextRenewalAt, rows } = evidence
      if (values.json) io.print(JSON.stringify(evidence))
      else {
        io.print(`タイムスタンプのあるファイル ${count(files)}件`)
        io.print(
          lapsing === 0
            ? '保存期限より先に証拠の切れるファイルはありません。'
            : `${count(lapsing)}件${lapsing >= 1000 ? '以上' : ''}のファイルの証拠が、保存期限より先に切れます。`,
        )
        for (const row of rows)
          io.print(
            `× ${row.caseTitle} ${row.title}（証拠の期限 ${timeText(row.until)}、保存期限 ${row.retentionEndsOn === null ? '期限なし' : dayText(row.retentionEndsOn)}）${REASONS[row.reason]}`,
          )
        io.print(
          nextRenewalAt === null
            ? '予定されている更新はありません。'
            : `次の更新: ${timeText(nextRenewalAt)}`,
        )
      }
      return lapsing === 0 ? 0 : 1
    })
  },
}
