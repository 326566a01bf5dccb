/** A small copy of the repository's shape in a temporary folder, with the real check configurations and planted files. */
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const CONFIGURATIONS = [
  'package.json',
  'tsconfig.json',
  'shared/tsconfig.json',
  'electron/tsconfig.json',
  'electron/core/tsconfig.json',
  'renderer/tsconfig.json',
  'renderer/vite.config.ts',
  'test/tsconfig.json',
  'test/checks',
]

export type PlantedTree = {
  readonly folder: string
  /** Runs a program of node_modules in the tree; text of both streams. */
  readonly run: (program: string, ...args: string[]) => string
  readonly remove: () => Promise<void>
}

/** @param files path in the tree → contents */
export async function plantTree(files: Readonly<Record<string, string>>): Promise<PlantedTree> {
  const folder = await mkdtemp(join(tmpdir(), 'planted-'))
  for (const path of CONFIGURATIONS) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await cp(join(ROOT, path), join(folder, path), { recursive: true })
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return {
    folder,
    run: (program, ...args) => {
      const result = spawnSync(join(ROOT, 'node_modules', program), args, {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 64 << 20,
      })
      return `${result.stdout}${result.stderr}`
    },
    remove: () => rm(folder, { recursive: true }),
  }
}
