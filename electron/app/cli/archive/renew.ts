import { type Command, type ExitCode, parseCommand } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { unfinished } from './long-work.ts'
import { problemText } from './problem-text.ts'
import { count } from './words.ts'

const USAGE = `使い方: desk archive renew [--json]
        desk archive renew --received

長期保存の更新: 証拠の期限が1年以内に来るファイルに、新しい保存用タイムスタンプを付けます。ふだんは画面を開いて
いる間に自動で行われます。付けられないものがあれば、終了コードは1です。
  --received  取り込みなどで受け取った文書のうち、まだタイムスタンプのないものに付ける（2か月と7営業日以内に要ります）
${DESK_USAGE}`

const OPTIONS = { ...DESK_OPTIONS, received: { type: 'boolean', default: false } } as const

export const renewArchiveCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseCommand(args, { options: OPTIONS, files: [0, 0] })
    return atDesk(values.data, io, (desk) =>
      values.received ? stampReceived(desk, values.json) : renew(desk, values.json),
    )
  },
}

async function renew({ client, io, longWork }: ArchiveDesk, json: boolean): Promise<ExitCode> {
  const { taskId } = must(await client.archive.renew({}))
  await longWork.ended(taskId)
  const { due, counts, rows, code } = must(await client.archive.renewalResult({ taskId }))
  const { renewed, later, failed } = counts
  const rowsOf = (outcome: keyof typeof counts) => rows.filter((row) => row.outcome === outcome)
  if (code !== null) throw unfinished(io, code, `それまでに更新した${count(renewed)}件はそのままです。`)
  if (json) io.print(JSON.stringify({ due, ...counts, rows }))
  else {
    io.print(
      due === 0
        ? '更新の要るファイルはありません。'
        : `対象 ${count(due)}件、更新 ${count(renewed)}件、あとで自動 ${count(later)}件、失敗 ${count(failed)}件`,
    )
    for (const row of [...rowsOf('later'), ...rowsOf('failed')])
      io.print(`  ${row.title}（案件 ${row.caseId}）: ${problemText(row.code)}`)
  }
  return failed === 0 ? 0 : 1
}

async function stampReceived({ client, io, longWork }: ArchiveDesk, json: boolean): Promise<ExitCode> {
  const { taskId } = must(await client.imports.stampReceived({}))
  await longWork.ended(taskId)
  const { lines, made, refused, problems, code } = must(await client.imports.taskResult({ taskId }))
  if (code !== null)
    throw unfinished(io, code, `それまでにタイムスタンプを付けた${count(made)}件はそのままです。`)
  if (json) io.print(JSON.stringify({ due: lines, stamped: made, failed: refused, problems }))
  else {
    io.print(
      lines === 0
        ? 'タイムスタンプのない受け取り文書はありません。'
        : `対象 ${count(lines)}件、タイムスタンプを付けたもの ${count(made)}件、付けられなかったもの ${count(refused)}件`,
    )
    for (const { title, file, reason } of problems) io.print(`  ${title}（文書 ${file}）: ${reason}`)
  }
  return refused === 0 ? 0 : 1
}
