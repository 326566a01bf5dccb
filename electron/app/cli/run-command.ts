import { ArchiveError } from '../../core/archive/errors.ts'
import { PortalStartError } from '../../core/portal/errors.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { type Command, type CommandIo, type CommandTable, Refusal, UsageError } from './command.ts'
import { ARCHIVE_REFUSALS, factsOf, holderOf, SIGNING_REFUSALS } from './refusal-texts.ts'

const WRONG_USAGE = 2

/**
 * Runs one command line. Exit codes: 0 done, 1 refused (the reason is printed), 2 wrong usage.
 * With `--json` a refusal is one JSON value on standard output as well.
 */
export async function runCommandLine(
  commands: CommandTable,
  args: readonly string[],
  io: CommandIo,
): Promise<number> {
  const [name = '', ...rest] = args
  if (name === '--help' || name === 'help') {
    io.print(overview(commands))
    return 0
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) {
    io.tell(name === '' ? overview(commands) : `知らない命令です: ${name}\n\n${overview(commands)}`)
    return WRONG_USAGE
  }
  const { command, args: own } = await innermost(await load(), rest)
  if (own.includes('--help')) {
    io.print(command.usage)
    return 0
  }
  try {
    return await command.run(own, io)
  } catch (error) {
    if (error instanceof UsageError) {
      io.tell(`${error.message}\n\n${command.usage}`)
      return WRONG_USAGE
    }
    return refuse(error, own.includes('--json'), io)
  }
}

/** `archive search …` is the command of the verb `search`; everything before the verb is its name. */
async function innermost(
  command: Command,
  args: readonly string[],
): Promise<{ readonly command: Command; readonly args: readonly string[] }> {
  const [verb = '', ...rest] = args
  const load =
    command.verbs !== undefined && Object.hasOwn(command.verbs, verb) ? command.verbs[verb] : undefined
  return load === undefined ? { command, args } : innermost(await load(), rest)
}

function refuse(error: unknown, json: boolean, io: CommandIo): number {
  const { code, text } = explain(error)
  io.tell(text)
  if (json) io.print(JSON.stringify({ error: { code, text } }))
  return 1
}

/** Expected failures have a sentence; a bug shows where it happened, for whoever can mend it. */
function explain(error: unknown): { readonly code: string; readonly text: string } {
  if (error instanceof Refusal) return { code: error.code, text: error.message }
  if (error instanceof SigningError)
    return { code: error.code, text: `${SIGNING_REFUSALS[error.code]}${factsOf(error.data)}` }
  if (error instanceof ArchiveError)
    return { code: error.code, text: `${ARCHIVE_REFUSALS[error.code]}${holderOf(error.data)}` }
  if (error instanceof PortalStartError)
    return { code: error.code, text: `ポータルを起動できません。（${error.message}）` }
  const file = fileRefusal(error)
  if (file !== undefined) return file
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'INTERNAL', text: `予期しない誤りが起きました。\n${detail}` }
}

const FILE_TEXTS: Readonly<Record<string, string>> = {
  ENOENT: 'ファイルまたはフォルダーが見つかりません',
  EACCES: 'ファイルまたはフォルダーを開く権限がありません',
  EPERM: 'ファイルまたはフォルダーを開く権限がありません',
  EISDIR: 'ファイルではなくフォルダーです',
  ENOTDIR: 'フォルダーではありません',
  ENOSPC: 'ディスクの空きがありません',
  EROFS: '書き込めない場所です',
}

function fileRefusal(error: unknown): { readonly code: string; readonly text: string } | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined
  const text = FILE_TEXTS[String(error.code)]
  return text === undefined ? undefined : { code: String(error.code), text: `${text}: ${String(error.path)}` }
}

function overview(commands: CommandTable): string {
  return [
    '使い方: npm run --silent desk -- 命令 [引数…]',
    '',
    `命令: ${Object.keys(commands).join('、')}`,
    '',
    '命令ごとの使い方は「命令 --help」で表示します。',
  ].join('\n')
}
