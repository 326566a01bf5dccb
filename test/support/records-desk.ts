/** An office with its people in a temporary folder, closed again: what `desk archive …` finds on a records officer's PC. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeApplication } from '../../electron/app/compose.ts'
import { silentLogger } from '../../electron/core/kit/logger.ts'
import { type BridgeClient, bridge } from '../../shared/bridge/bridge.ts'
import { createClient } from '../../shared/bridge/client.ts'
import type { Role } from '../../shared/model/user.ts'
import { archiveHere, type CommandOutcome, type RunningCommand, startDesk } from './command-line.ts'
import { PASSWORD } from './office.ts'
import { must } from './office-process.ts'
import { plainPdf } from './plain-pdf.ts'
import { workThreads } from './work-threads.ts'

/** 管理者, two of 記録担当, 監査, and a 契約担当 of another 課. */
const PEOPLE = [
  ['kiroku', '記録 花子', '行政課', ['records']],
  ['kiroku2', '保存 次郎', '行政課', ['records']],
  ['kansa', '監査 三郎', '監査委員', ['auditor']],
  ['kensetsu', '建設 四郎', '建設課', ['clerk']],
] as const satisfies readonly (readonly [string, string, string, readonly Role[]])[]

export type LoginName = (typeof PEOPLE)[number][0] | 'kanri'

export type RecordsDesk = {
  readonly folder: string
  readonly data: string
  readonly path: (name: string) => string
  /** In this process; `start` has one of its own. */
  readonly archive: (who: LoginName, ...args: string[]) => Promise<CommandOutcome>
  /** The one JSON value of a command that must succeed. */
  readonly json: (who: LoginName, ...args: string[]) => Promise<unknown>
  readonly start: (who: LoginName, ...args: string[]) => RunningCommand
  /** A list and its PDFs, each of other bytes, as files; returns what `import` wants. */
  readonly writeImport: (name: string, lines: readonly (readonly string[])[]) => Promise<string[]>
  /** The same archive as the window has it, in this process. */
  readonly inWindow: <T>(work: (client: BridgeClient) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

const IMPORT_HEAD = [
  ...['ファイル名', '件名', '取引先', '取引年月日', '取引金額', '契約番号', '所管課', '完結日', '保存期間'],
]

export async function openRecordsDesk(): Promise<RecordsDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'records-'))
  const data = join(folder, 'archive')
  const path = (name: string) => join(folder, name)
  await atWindow(data, async (client) => {
    must(
      await client.session.setUp({
        townName: '扶桑町',
        loginName: 'kanri',
        displayName: '管理 太郎',
        department: '行政課',
        password: PASSWORD,
      }),
    )
    for (const [loginName, displayName, department, roles] of PEOPLE)
      must(
        await client.users.create({
          loginName,
          displayName,
          department,
          roles: [...roles],
          password: PASSWORD,
        }),
      )
  })
  const environment = (who: LoginName) => ({
    KEIYAKU_USER: who,
    KEIYAKU_PASSWORD: PASSWORD,
    KEIYAKU_DATA: data,
  })
  const archive: RecordsDesk['archive'] = (who, ...args) => archiveHere(environment(who), ...args)
  return {
    folder,
    data,
    path,
    archive,
    json: async (who, ...args) => {
      const { code, output, messages } = await archive(who, ...args, '--json')
      if (code !== 0) throw new Error(`Exit ${code}: ${messages}`)
      return JSON.parse(output)
    },
    start: (who, ...args) => startDesk(environment(who), 'archive', ...args),
    writeImport: async (name, lines) => {
      const csv = [IMPORT_HEAD, ...lines].map((cells) => cells.map((cell) => `"${cell}"`).join(','))
      await writeFile(path(`${name}.csv`), `${csv.join('\r\n')}\r\n`)
      return ['--csv', path(`${name}.csv`), '--files', await writePdfs(path(name), lines)]
    },
    inWindow: (work) =>
      atWindow(data, async (client) => {
        must(await client.session.logIn({ loginName: 'kanri', password: PASSWORD }))
        return work(client)
      }),
    close: () => rm(folder, { recursive: true }),
  }
}

async function writePdfs(folder: string, lines: readonly (readonly string[])[]): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const [file = ''] of lines) await writeFile(join(folder, file), plainPdf(2_000, `${folder} ${file}`))
  return folder
}

async function atWindow<T>(dataDir: string, work: (client: BridgeClient) => Promise<T>): Promise<T> {
  const application = await composeApplication({
    dataDir,
    background: 'none',
    quickKeys: true,
    work: workThreads(),
    logger: silentLogger,
    services: {
      keychain: undefined,
      startProgram: () => {
        throw new Error('No program may be started')
      },
    },
  })
  const connection = { id: 'window', from: '127.0.0.1' }
  try {
    return await work(createClient(bridge, (channel, input) => application.call(channel, input, connection)))
  } finally {
    await application.close()
  }
}
