import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listGenerations } from '../../../core/archive/generations.ts'
import { restoreGeneration } from '../../../core/archive/restore.ts'
import { type Command, type CommandIo, type ExitCode, parseCommand, Refusal, required } from '../command.ts'
import { checkAndPrint } from './print-check.ts'
import { SECRET_USAGE, secretFor } from './slot-secret.ts'

const USAGE = `使い方: desk archive restore --from 保存先 --data 空のフォルダー [--generation 世代] [--json]
        desk archive restore --from 保存先 --drill [--generation 世代] [--json]

控えを空のフォルダーに戻して調べます。--drill は練習で、調べたあと消します。

${SECRET_USAGE}`

const OPTIONS = {
  data: { type: 'string' },
  from: { type: 'string' },
  generation: { type: 'string' },
  drill: { type: 'boolean', default: false },
  recovery: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parseRestore>['values']

function parseRestore(args: readonly string[]) {
  return parseCommand(args, { options: OPTIONS, files: [0, 0] })
}

export const restoreCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseRestore(args)
    const target = required('from', values.from)
    const generation = values.generation ?? (await listGenerations(target))[0]
    if (generation === undefined) throw new Refusal('BACKUP_NOT_FOUND', '控えが見つかりません。')
    if (!values.drill)
      return restoreAndCheck({ target, generation }, required('data', values.data), values, io)
    const scratch = await mkdtemp(join(tmpdir(), 'keiyaku-restore-'))
    try {
      return await restoreAndCheck({ target, generation }, join(scratch, 'archive'), values, io)
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  },
}

async function restoreAndCheck(
  source: { readonly target: string; readonly generation: string },
  folder: string,
  values: Values,
  io: CommandIo,
): Promise<ExitCode> {
  await restoreGeneration(source, folder)
  io.tell(`控え ${source.generation} を戻しました。続けて内容を調べます。`)
  return checkAndPrint(folder, await secretFor(values), values, io)
}
