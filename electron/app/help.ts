import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ok } from '../../shared/result.ts'
import type { Runtime } from './runtime.ts'

const DOCUMENTS = [
  { id: 'operation-manual', title: '操作説明書', file: 'help/manual.md' },
  { id: 'system-outline', title: 'システム概要書', file: 'help/overview.md' },
  { id: 'glossary', title: '用語集', file: 'help/glossary.md' },
  { id: 'changelog', title: '更新履歴', file: 'changelog/ja.md' },
] as const

/** ヘルプ: 操作説明書 and システム概要書 are in the program itself (L17). */
export async function readHelp(runtime: Runtime) {
  const documents = await Promise.all(
    DOCUMENTS.map(async ({ id, title, file }) => ({
      id,
      title,
      markdown: await readFile(join(runtime.resourcesDir, file), 'utf8'),
    })),
  )
  return ok({ documents })
}
