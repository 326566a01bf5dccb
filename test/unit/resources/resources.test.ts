import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../../resources/${path}`, import.meta.url))

describe('help texts', () => {
  const files = [
    ...readdirSync(new URL('../../../resources/help', import.meta.url)).map((name) => `help/${name}`),
    'changelog/ja.md',
  ]

  it.each(files)('%s has one title, no HTML and no broken table', (file) => {
    const lines = read(file).toString('utf8').split('\n')
    expect(lines[0]).toMatch(/^# \S/)
    expect(lines.filter((line) => line.startsWith('# '))).toHaveLength(1)
    expect(lines.filter((line) => /<\w|\]\(http|!\[/.test(line))).toEqual([])
    let columns = 0
    for (const line of lines) {
      const cells = line.startsWith('|') ? line.split('|').length : 0
      if (cells > 0 && columns > 0) expect([line, cells]).toEqual([line, columns])
      columns = cells
    }
  })

  it('carries the two documents that 電子帳簿保存法 asks for', () => {
    expect(read('help/overview.md').toString('utf8')).toMatch(/^# システム概要書/)
    expect(read('help/manual.md').toString('utf8')).toMatch(/^# 操作説明書/)
  })
})

describe('words of the screens', () => {
  // Names of states, roles and actions are shared with papers and the command line.
  const sources = ['../../../renderer/', '../../../shared/model/']
    .map((folder) => new URL(folder, import.meta.url))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => readFileSync(new URL(name.replaceAll('\\', '/'), folder), 'utf8')),
    )
    .join('\n')

  it.each(['help/manual.md', 'help/overview.md'])('quoted 「…」 in %s stand on a screen', (file) => {
    const quoted = [
      ...read(file)
        .toString('utf8')
        .matchAll(/「([^」]+)」/g),
    ].map((match) => match[1] ?? '')
    expect(quoted.length).toBeGreaterThan(3)
    expect([...new Set(quoted)].filter((word) => !sources.includes(word))).toEqual([])
  })
})

describe('icons', () => {
  it.each([
    ['16x16.png', 16],
    ['32x32.png', 32],
    ['48x48.png', 48],
    ['256x256.png', 256],
    ['512x512.png', 512],
    ['icon.png', 1024],
  ])('%s is a PNG with %i pixels a side', (name, size) => {
    const bytes = read(`icons/${name}`)
    expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG')
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([size, size])
  })
})
