import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UsageError } from './command.ts'

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
  process.stderr.write(`${prompt}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: true,
  })
  try {
    return await lines.question('')
  } finally {
    lines.close()
    if (hidden) process.stderr.write('\n')
  }
}
