import { describe, expect, test } from 'vitest'
import { archiveCommand } from '../../../../../electron/app/cli/archive.ts'
import { runCommandLine } from '../../../../../electron/app/cli/run-command.ts'

async function run(...args: string[]) {
  const printed: string[] = []
  const told: string[] = []
  const code = await runCommandLine({ archive: async () => archiveCommand }, args, {
    print: (text) => printed.push(text),
    tell: (text) => told.push(text),
    onLine: () => undefined,
    ended: new AbortController().signal,
  })
  return { code, output: printed.join('\n'), messages: told.join('\n') }
}

const VERBS = Object.keys(archiveCommand.verbs ?? {})

describe('desk archive', () => {
  test('--help names every verb in one line each', async () => {
    const { code, output } = await run('archive', '--help')
    const named = [...output.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, verb]) => verb)
    expect([code, named.sort()]).toEqual([0, [...VERBS].sort()])
    expect(VERBS).toHaveLength(18)
  })

  test.each(VERBS)('%s --help says how it is used, and opens nothing', async (verb) => {
    const { code, output } = await run('archive', verb, '--help')
    expect(code).toBe(0)
    expect(output).toMatch(new RegExp(`^使い方: desk archive ${verb}( |$)`, 'm'))
    expect(output).toContain('--json')
    expect(output).toContain('--data')
  })

  test.each<[string[], string]>([
    [['archive'], '命令を指定してください'],
    [['archive', 'delete'], '知らない命令です: archive delete'],
    [['archive', 'toString'], '知らない命令です: archive toString'],
    [['archive', 'show'], '案件の指定が足りません'],
    [['archive', 'get', 'x'], '--out を指定してください'],
    [['archive', 'hold', 'x'], '--why を指定してください'],
    [['archive', 'search', '--order', 'random'], '--order は'],
    [['archive', 'search', '--limit', '201'], '--limit は 1 から 200'],
    [['archive', 'search', '--from', 'きのう'], '--from は日付で'],
    [['archive', 'export', '--out', 'x.zip'], '--all を付けてください'],
    [['archive', 'disposals', '--propose', '--confirm', 'x'], '別々に行ってください'],
    [['archive', 'disposals', '--propose', 'x'], '--why を指定してください'],
    [['archive', 'disposals', 'x'], '--propose か --withdraw か --confirm'],
    [['archive', 'keys', '--rotate'], '--why を指定してください'],
    [['archive', 'keys', '--why', 'x'], '--rotate と一緒に'],
    [['archive', 'folders', '--unknown'], '知らないオプションです: --unknown'],
  ])('%j is wrong usage', async (args, sentence) => {
    const { code, output, messages } = await run(...args)
    expect([code, output]).toEqual([2, ''])
    expect(messages).toContain(sentence)
    expect(messages).toContain('使い方: desk archive')
  })
})
