/**
 * The office opened for one command. A command speaks to it as a page does, through the bridge: the same permissions,
 * rules, 操作ログ and 訂正削除履歴. Nothing runs by itself meanwhile (mails, jobs, renewals wait for the next start).
 */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { type BridgeClient, bridge } from '../../../../shared/bridge/bridge.ts'
import { createClient } from '../../../../shared/bridge/client.ts'
import type { Result } from '../../../../shared/result.ts'
import { ArchiveError } from '../../../core/archive/errors.ts'
import { archiveExists } from '../../../core/archive/open.ts'
import { newId } from '../../../core/kit/ids.ts'
import { composeApplication } from '../../compose.ts'
import { dataFolder } from '../../data-folder.ts'
import type { Application, Connection } from '../../host-port.ts'
import { programPaths } from '../../program-paths.ts'
import { nodePrograms } from '../../work/node-program.ts'
import { ask } from '../ask-secret.ts'
import { type CommandIo, type ExitCode, Refusal } from '../command.ts'
import { jsonLogger } from '../json-logger.ts'
import { createLongWork, type LongWork } from './long-work.ts'
import { reserveNewFile } from './new-file.ts'
import { refusalOf } from './refusals.ts'

export type ArchiveDesk = {
  readonly client: BridgeClient
  readonly io: CommandIo
  readonly longWork: LongWork
  /** Takes a file, or bytes [start, end) of it, into the encrypted upload area; the id is an input of a later call. */
  readonly upload: (path: string, range?: { readonly start: number; readonly end: number }) => Promise<string>
  /** A file behind a ticket, in pieces. */
  readonly read: (ticket: string) => Promise<{ readonly sizeBytes: number; readonly pieces: Pieces }>
  /** Writes what a ticket stands for into a file that does not exist yet. */
  readonly save: (ticket: string, path: string) => Promise<void>
}

export type Pieces = AsyncIterable<Uint8Array>

/** Options that every command at the desk knows. */
export const DESK_OPTIONS = {
  data: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

export const DESK_USAGE = `  --data フォルダー  保管庫（指定しなければ環境変数 KEIYAKU_DATA、それもなければ標準の場所）
  --json           結果を1つのJSONで出力（項目名は英語、日時は1970年からのミリ秒）

ログイン名とパスワードを入力します（環境変数 KEIYAKU_USER と KEIYAKU_PASSWORD でも可）。見られる範囲とできる操作は
画面と同じで、操作ログに残ります。電子契約デスクの画面が開いている間は使えません。`

/** Logs in, does the work, logs out and closes, also when the person ends the command in the middle. */
export async function atDesk(
  data: string | undefined,
  io: CommandIo,
  work: (desk: ArchiveDesk) => Promise<ExitCode>,
): Promise<ExitCode> {
  const folder = dataFolder(data)
  if (!archiveExists(folder)) throw new ArchiveError('ARCHIVE_NOT_FOUND', 'No keyslots.json')
  const loginName = await ask({ variable: 'KEIYAKU_USER', prompt: 'ログイン名', hidden: false })
  const password = await ask({ variable: 'KEIYAKU_PASSWORD', prompt: 'パスワード', hidden: true })
  const application = await composeApplication({
    dataDir: folder,
    background: 'none',
    logger: { ...jsonLogger(io.tell), info: () => undefined },
    services: { keychain: undefined, startProgram: nodePrograms(programPaths.commandLine) },
  })
  const connection: Connection = { id: newId(), from: 'コマンド' }
  const client = createClient(bridge, (channel, input) => application.call(channel, input, connection))
  const longWork = createLongWork({ application, connection, client, io })
  try {
    must(await client.session.logIn({ loginName, password }))
    try {
      stopIfEnded(io)
      return await work({ client, io, longWork, ...filesOf(application, connection, longWork) })
    } finally {
      const loggedOut = await client.session.logOut({})
      if (!loggedOut.ok) io.tell(refusalOf(loggedOut.error).message)
    }
  } finally {
    longWork.close()
    await application.close()
  }
}

/** The value of an answer; a failure becomes the refusal that the person reads. */
export function must<T>(answer: Result<T, { readonly code: string; readonly data: unknown }>): T {
  if (answer.ok) return answer.value
  throw refusalOf(answer.error)
}

export function stopIfEnded(io: CommandIo): void {
  if (io.ended.aborted) throw new Refusal('CANCELLED', '中止しました。')
}

function filesOf(
  application: Application,
  connection: Connection,
  longWork: LongWork,
): Pick<ArchiveDesk, 'upload' | 'read' | 'save'> {
  const read: ArchiveDesk['read'] = async (ticket) => {
    const file = await application.openFile(ticket, connection)
    if (file === undefined) throw new Refusal('NOT_FOUND', 'ファイルを受け取れませんでした。')
    return { sizeBytes: file.sizeBytes, pieces: file.read(0, file.sizeBytes) }
  }
  return {
    read,
    upload: async (path, range) => {
      // Node counts the last byte in.
      const bytes = createReadStream(
        path,
        range === undefined ? {} : { start: range.start, end: range.end - 1 },
      )
      return must(await application.receiveUpload(basename(path), bytes, connection)).uploadId
    },
    save: async (ticket, path) => {
      const target = await reserveNewFile(path)
      const { sizeBytes, pieces } = await read(ticket)
      await target.fill(longWork.watched('書き出し', pieces, sizeBytes))
    },
  }
}
