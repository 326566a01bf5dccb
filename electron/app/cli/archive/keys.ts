import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import { type Command, parseCommand, required, UsageError } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { unfinished } from './long-work.ts'
import { timeText } from './words.ts'

const USAGE = `使い方: desk archive keys [--json]
        desk archive keys --rotate --why 理由

保管庫を開けるもの（パスワード、復旧シート）の数を表示します。
  --rotate    元の鍵をつくり直す。パスワードと復旧シートはそのまま使え、前の鍵では何も開けなくなります
  --why 理由   つくり直す理由（操作ログに残ります）
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  rotate: { type: 'boolean', default: false },
  why: { type: 'string' },
} as const

type Keys = OutputOf<Bridge['keys']['read']>

const KINDS: Readonly<Record<Keys['slots'][number]['kind'], string>> = {
  password: 'パスワード',
  recovery: '復旧シート',
  keychain: 'このPCの鍵束',
}

export const keysCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseCommand(args, { options: OPTIONS, files: [0, 0] })
    if (values.rotate) required('why', values.why)
    else if (values.why !== undefined) throw new UsageError('--why は --rotate と一緒に使います。')
    return atDesk(values.data, io, async ({ client, longWork }) => {
      if (values.rotate) {
        const task = must(await client.keys.rotate({ why: values.why ?? '' }))
        await longWork.ended(task.taskId)
        const { state, code } = must(await client.keys.rotation(task))
        if (state !== 'done') throw unfinished(io, code ?? 'CANCELLED', '前の鍵がそのまま使えます。')
        const { generation } = must(await client.keys.read({}))
        if (values.json) io.print(JSON.stringify({ generation }))
        else io.print(`元の鍵をつくり直しました（第${generation}世代）。`)
        return 0
      }
      const keys = must(await client.keys.read({}))
      if (values.json) io.print(JSON.stringify(keys))
      else {
        io.print(`元の鍵: 第${keys.generation}世代`)
        for (const { kind, createdAt } of keys.slots)
          io.print(`  ${KINDS[kind]}  登録 ${timeText(createdAt)}`)
      }
      return 0
    })
  },
}
