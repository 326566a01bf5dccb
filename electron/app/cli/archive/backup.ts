import { backUp } from '../../../core/archive/backup.ts'
import { openArchive } from '../../../core/archive/open.ts'
import { systemClock } from '../../../core/kit/clock.ts'
import { type Command, parseCommand, required } from '../command.ts'
import { SECRET_USAGE, secretFor } from './slot-secret.ts'

const USAGE = `使い方: desk archive backup --data フォルダー --to 保存先 [--json]

控えを1世代作り、書いたものをすべて読み直して確かめます。

${SECRET_USAGE}`

const OPTIONS = {
  data: { type: 'string' },
  to: { type: 'string' },
  recovery: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

export const backupCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseCommand(args, { options: OPTIONS, files: [0, 0] })
    const folder = required('data', values.data)
    const target = required('to', values.to)
    const archive = await openArchive({ folder, clock: systemClock }, await secretFor(values))
    try {
      const report = await backUp(archive, { target, now: systemClock.now(), signal: io.ended })
      io.print(
        values.json
          ? JSON.stringify(report)
          : `控えを作りました: ${report.generation}（${report.files} ファイル、うち新しく ${report.copiedFiles} ファイル）`,
      )
      return 0
    } finally {
      archive.close()
    }
  },
}
