import { type ParseArgsConfig, parseArgs } from 'node:util'

/** Where a command writes. `print` is what was asked for (standard output), `tell` are messages (standard error). */
export type CommandIo = {
  readonly print: (text: string) => void
  readonly tell: (text: string) => void
  /** Lines from the office that started the command as its child; nobody else sends any. */
  readonly onLine: (listener: (line: string) => void) => void
  /** Aborted when the person ends the command (Ctrl+C, or the office that started it is gone). */
  readonly ended: AbortSignal
}

/** 0 = done, 1 = a clear refusal that was printed. Wrong usage is thrown as {@link UsageError} (2). */
export type ExitCode = 0 | 1

export type Command = {
  /** Japanese, several lines: shown with --help and after wrong usage. */
  readonly usage: string
  readonly run: (args: readonly string[], io: CommandIo) => Promise<ExitCode>
  /** Words after the command's name that are commands of their own: `archive search`. */
  readonly verbs?: CommandTable
}

/** Loads a command when it is asked for: `verify` need not wait for the archive's code. */
export type CommandTable = Readonly<Record<string, () => Promise<Command>>>

/** The arguments make no sense: the text says in Japanese what is wrong. */
export class UsageError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'UsageError'
  }
}

/** A refusal that the person can do something about: one Japanese sentence and a code for programs. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, text: string, cause?: unknown) {
    super(text, { cause })
    this.name = 'Refusal'
    this.code = code
  }
}

type Options = NonNullable<ParseArgsConfig['options']>

type CommandLine<O> = {
  readonly options: O
  /** How many words may stand without an option. */
  readonly files: readonly [least: number, most: number]
  /** What these words are. @default 'ファイル' */
  readonly what?: string
}

/** Parses strictly: an unknown option, a missing value or the wrong number of words is a {@link UsageError}. */
export function parseCommand<const O extends Options>(args: readonly string[], spec: CommandLine<O>) {
  const parsed = parseOrExplain(args, spec.options)
  const [least, most] = spec.files
  const count = parsed.positionals.length
  if (count < least) throw new UsageError(`${spec.what ?? 'ファイル'}の指定が足りません。`)
  if (count > most) throw new UsageError(`余分な引数があります: ${parsed.positionals.slice(most).join(' ')}`)
  return parsed
}

function parseOrExplain<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error
    const name = /'(-[^' =<]*)/.exec(error instanceof Error ? error.message : '')?.[1] ?? ''
    throw new UsageError(
      code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
        ? `知らないオプションです: ${name}`
        : `オプションの値が正しくありません: ${name}`,
    )
  }
}

/** A whole number within bounds, or {@link UsageError}. */
export function wholeNumber(option: string, text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(`--${option} は ${least} から ${most} までの整数で指定してください。`)
}

export function required(option: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new UsageError(`--${option} を指定してください。`)
  return value
}
