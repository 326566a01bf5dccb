import { type Command, parseCommand, required } from '../command.ts'
import { checkAndPrint } from './print-check.ts'
import { SECRET_USAGE, secretFor } from './slot-secret.ts'

const USAGE = `使い方: desk archive check --data フォルダー [--json]

データベース、保管ファイル、署名、操作ログの連なりを調べます。問題があれば終了コードは1です。

${SECRET_USAGE}`

const OPTIONS = {
  data: { type: 'string' },
  recovery: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

export const checkCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseCommand(args, { options: OPTIONS, files: [0, 0] })
    const folder = required('data', values.data)
    return checkAndPrint(folder, await secretFor(values), values, io)
  },
}
