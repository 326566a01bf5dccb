import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PlantedTree, plantTree } from '../../support/planted-tree.ts'

const LONG_FUNCTION = `export function f(n: number): number {\n${'  n += 1\n'.repeat(81)}  return n\n}\n`
const LONG_FILE = Array.from({ length: 401 }, (_, index) => `export const line${index} = ${index}`).join('\n')

/** Rule → source that breaks it. One file each, in electron/app unless a path is given. */
const BIOME: readonly (readonly [rule: string, source: string, path?: string])[] = [
  ['noExplicitAny', 'export const a: any = 1\n'],
  ['noNonNullAssertion', "export const a = 'x'.at(0)!\n"],
  ['noDefaultExport', 'export default 1\n'],
  ['noBarrelFile', "export { one } from './one.ts'\nexport { two } from './two.ts'\n"],
  ['noReExportAll', "export * from './one.ts'\n"],
  ['noEmptyBlockStatements', 'export function f(): void {\n  if (Date.now() > 0) {\n  }\n}\n'],
  ['useImportType', "import { One } from './one.ts'\nexport type A = One\n"],
  ['noUnusedImports', "import { one } from './one.ts'\nexport const a = 1\n"],
]

const OXLINT: readonly (readonly [rule: string, source: string, path?: string])[] = [
  ['typescript(no-floating-promises)', 'export async function f() {\n  Promise.resolve(1)\n}\n'],
  ['typescript(no-misused-promises)', 'export const a = [1].forEach(async () => undefined)\n'],
  [
    'typescript(switch-exhaustiveness-check)',
    "export function f(a: 'x' | 'y'): number {\n  switch (a) {\n    case 'x':\n      return 1\n  }\n  return 2\n}\n",
  ],
  ['typescript(no-unnecessary-type-assertion)', 'const n: number = 1\nexport const a = n as number\n'],
  ['typescript(ban-ts-comment)', '// @ts-ignore\nexport const a: string = 1\n'],
  ['typescript(only-throw-error)', "export function f(): never {\n  throw 'text'\n}\n"],
  [
    'swallowed-errors(no-empty-catch)',
    'export function f(): void {\n  try {\n    Date.now()\n  } catch {}\n}\n',
  ],
  ['swallowed-errors(no-nameless-rejection)', 'export const a = Promise.resolve(1).catch(() => 2)\n'],
  ['eslint(max-params)', 'export function f(a: 1, b: 2, c: 3, d: 4, e: 5) {\n  return [a, b, c, d, e]\n}\n'],
  ['eslint(max-lines-per-function)', LONG_FUNCTION],
  ['eslint(max-lines)', LONG_FILE],
  [
    'react-hooks(rules-of-hooks)',
    "import { useState } from 'react'\nexport function Part({ on }: { on: boolean }) {\n  if (on) useState(1)\n  return null\n}\n",
    'renderer/ui/part.tsx',
  ],
  [
    'react-hooks(exhaustive-deps)',
    "import { useEffect } from 'react'\nexport function Part({ n }: { n: number }) {\n  useEffect(() => console.info(n), [])\n  return null\n}\n",
    'renderer/ui/part2.tsx',
  ],
]

/** Compiler message → source that must not compile in its folder. */
const TYPES: readonly (readonly [message: string, path: string, source: string])[] = [
  ['erasableSyntaxOnly', 'electron/app/e1.ts', 'export enum Color {\n  Red,\n}\n'],
  ['erasableSyntaxOnly', 'electron/app/e2.ts', 'export class A {\n  constructor(readonly a: number) {}\n}\n'],
  ["'window'", 'electron/core/mail/w.ts', 'export const a = window.name\n'],
  ["'document'", 'electron/app/d.ts', 'export const a = document.title\n'],
  ["'process'", 'shared/p.ts', 'export const a = process.pid\n'],
  ["'window'", 'shared/w.ts', 'export const a = window.name\n'],
  ["'node:fs'", 'shared/n.ts', "import { readFileSync } from 'node:fs'\nexport const a = readFileSync\n"],
  ["'process'", 'renderer/ui/p.ts', 'export const a = process.pid\n'],
  ["'Buffer'", 'renderer/ui/b.ts', 'export const a = Buffer.from([])\n'],
  ['undefined', 'shared/u.ts', 'export const f = (list: number[]): number => list[0]\n'],
]

const fileOf = (tool: string, index: number, path?: string) => path ?? `electron/app/${tool}-${index}.ts`

/** Path → contents. */
const files: Record<string, string> = {}
let tree: PlantedTree
beforeAll(async () => {
  Object.assign(files, {
    'electron/app/one.ts': 'export type One = number\nexport const one = 1\n',
    'electron/app/two.ts': 'export const two = 2\n',
  })
  for (const [index, [, source, path]] of BIOME.entries()) files[fileOf('biome', index, path)] = source
  for (const [index, [, source, path]] of OXLINT.entries()) files[fileOf('oxlint', index, path)] = source
  for (const [, path, source] of TYPES) files[path] = source
  tree = await plantTree(files)
})
afterAll(() => tree.remove())

describe('Biome', () => {
  let findings: string[]
  beforeAll(() => {
    const output = tree.run(
      '.bin/biome',
      'lint',
      '--config-path=test/checks/biome-rules.json',
      '--max-diagnostics=none',
      '--reporter=github',
      '.',
    )
    findings = output.split('\n')
  }, 60_000)

  test.each(BIOME.map(([rule], index) => [rule, index] as const))('finds %s', (rule, index) => {
    const file = fileOf('biome', index, BIOME[index]?.[2])
    expect(findings.filter((line) => line.includes(file)).join('\n')).toContain(rule)
  })

  test('finds nothing in a plain file', () => {
    expect(findings.filter((line) => line.includes('electron/app/two.ts'))).toEqual([])
  })
})

describe('Oxlint', () => {
  let rulesOf: Map<string, string[]>
  let lintedFiles = 0
  beforeAll(() => {
    const output = tree.run(
      '.bin/oxlint',
      '-c',
      'test/checks/oxlint.json',
      '-f',
      'json',
      'electron',
      'renderer',
    )
    const answer: { diagnostics: { filename: string; code: string }[]; number_of_files: number } =
      JSON.parse(output)
    const { diagnostics } = answer
    lintedFiles = answer.number_of_files
    rulesOf = new Map(
      [...Map.groupBy(diagnostics, ({ filename }) => filename)].map(([file, found]) => [
        file,
        found.map(({ code }) => code),
      ]),
    )
  }, 60_000)
  const found = (file: string) => rulesOf.get(file) ?? []

  test.each(OXLINT.map(([rule], index) => [rule, index] as const))('finds %s', (rule, index) => {
    expect(found(fileOf('oxlint', index, OXLINT[index]?.[2]))).toContain(rule)
  })

  test('finds nothing in a plain file, and has looked at every file', () => {
    const planted = Object.keys(files).filter((path) => /^(electron|renderer)\//.test(path))
    expect(lintedFiles).toBe(planted.length + 1) // renderer/vite.config.ts comes with the tree.
    expect(found('electron/app/two.ts')).toEqual([])
  })
})

describe('the compiler', () => {
  let output: string
  beforeAll(() => {
    output = ['shared', 'electron', 'electron/core', 'renderer']
      .map((folder) => tree.run('typescript-native/bin/tsc', '--noEmit', '--pretty', 'false', '-p', folder))
      .join('\n')
  }, 60_000)

  test.each(TYPES)('says %s in %s', (message, path) => {
    const lines = output.split('\n').filter((line) => line.includes(path))
    expect(lines.join('\n')).toContain(message)
  })

  test('accepts a plain file', () => {
    expect(output.split('\n').filter((line) => line.includes('electron/app/two.ts'))).toEqual([])
  })
})
