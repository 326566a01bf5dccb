import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import { roleNames } from '../../../../shared/model/names.ts'
import { type Command, parseCommand } from '../command.ts'
import { atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'

const USAGE = `使い方: desk archive folders [--json]

フォルダと、それを見られる課・役割を表示します。
${DESK_USAGE}`

type Folder = OutputOf<Bridge['archive']['folders']>['rows'][number]

export const foldersCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseCommand(args, { options: DESK_OPTIONS, files: [0, 0] })
    return atDesk(values.data, io, async ({ client }) => {
      const { rows } = must(await client.archive.folders({}))
      if (values.json) io.print(JSON.stringify({ rows }))
      else
        io.print(rows.length === 0 ? 'フォルダはまだありません。' : tree(rows, rootsOf(rows), '').join('\n'))
      return 0
    })
  },
}

/** Also a folder in one that this person may not see. */
function rootsOf(rows: readonly Folder[]): Folder[] {
  const ids = new Set<string | null>(rows.map(({ id }) => id))
  return rows.filter(({ parentId }) => !ids.has(parentId))
}

function tree(rows: readonly Folder[], level: readonly Folder[], indent: string): string[] {
  return level.flatMap((folder) => [
    `${indent}${folder.name}  ${readers(folder)}`,
    ...tree(
      rows,
      rows.filter(({ parentId }) => parentId === folder.id),
      `${indent}  `,
    ),
  ])
}

/** 記録担当, 監査 and 承認者 see every folder and are not named again. */
function readers({ id, roles, departments }: Folder): string {
  const who = [...departments, ...roles.map((role) => roleNames[role])]
  return `見られる人: ${who.length === 0 ? '記録担当・監査・承認者のみ' : who.join('、')}  番号 ${id}`
}
