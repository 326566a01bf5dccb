import { type Command, parseCommand, required } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { CASE_USAGE, findCase } from './find-case.ts'

const USAGE = `使い方: desk archive hold 案件 --why 理由
        desk archive hold 案件 --release --why 理由

廃棄停止: 訴訟や監査などのため、保存期間が過ぎても廃棄できないようにします。--release は停止を解きます。
どちらも理由が訂正削除履歴に残ります。${CASE_USAGE}
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  why: { type: 'string' },
  release: { type: 'boolean', default: false },
} as const

export const holdCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: OPTIONS, files: [1, 1], what: '案件' })
    const [name = ''] = positionals
    const why = required('why', values.why)
    const hold = !values.release
    return atDesk(values.data, io, async (desk) => {
      const caseId = await findCase(desk, name)
      must(await desk.client.archive.setHold({ caseId, hold, why }))
      if (values.json) io.print(JSON.stringify({ caseId, hold }))
      else io.print(hold ? `廃棄を止めました: ${name}` : `廃棄の停止を解きました: ${name}`)
      return 0
    })
  },
}
