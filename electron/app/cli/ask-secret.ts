import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Refusal, UsageError } from './command.ts'

type Question = {
  /** Environment variable that answers without asking, for unattended runs. */
  readonly variable: string
  readonly prompt: string
  readonly hidden: boolean
}

/** A value that must not stand on the command line, where every process of the machine can read it. */
export async function ask({ variable, prompt, hidden }: Question): Promise<string> {
  const given = process.env[variable]
  if (given !== undefined && given !== '') return given
  if (!process.stdin.isTTY)
    throw new UsageError(`${prompt}を入力できません。環境変数 ${variable} で渡してください。`)
  // A shown line is drawn anew with its prompt at every key; a hidden one is not drawn at all.
  if (hidden) process.stderr.write(`${prompt}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: true,
  })
  const closed = new AbortController()
  // The terminal hands Ctrl+C and Ctrl+D to us as keys while it is asked something; without this the question never ends.
  lines.once('SIGINT', () => lines.close())
  lines.once('close', () => closed.abort())
  try {
    return await lines.question(hidden ? '' : `${prompt}: `, { signal: closed.signal })
  } catch (error) {
    if (closed.signal.aborted) throw new Refusal('CANCELLED', '中止しました。')
    throw error
  } finally {
    lines.close()
    if (hidden) process.stderr.write('\n')
  }
}
