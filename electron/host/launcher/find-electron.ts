import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type ElectronSearch = {
  /** node_modules/electron: the package without its binary until that is downloaded. */
  readonly packageFolder: string
  /** The download is given up after this; the program then opens in a browser instead. */
  readonly timeoutMs: number
  readonly tell: (text: string) => void
}

/** Path of Electron's program: there already, or downloaded by the package's own installer; else undefined. Never hangs. */
export async function findElectron(search: ElectronSearch): Promise<string | undefined> {
  const present = await installedBinary(search.packageFolder)
  if (present !== undefined) return present
  const installer = join(search.packageFolder, 'install.js')
  if (!existsSync(installer)) return undefined
  search.tell(
    `画面の部品（Electron）を取得しています。最大 ${Math.round(search.timeoutMs / 1000)} 秒待ちます。`,
  )
  const outcome = await runInstaller(installer, search.timeoutMs)
  if (outcome !== 'done') search.tell(`Electron を取得できませんでした（${outcome}）。ブラウザーで開きます。`)
  return installedBinary(search.packageFolder)
}

/** The package writes the program's relative path to path.txt once it is unpacked. */
async function installedBinary(packageFolder: string): Promise<string | undefined> {
  const pathFile = join(packageFolder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(packageFolder, 'dist', (await readFile(pathFile, 'utf8')).trim())
  return existsSync(binary) ? binary : undefined
}

function runInstaller(installer: string, timeoutMs: number): Promise<'done' | 'timeout' | 'failed'> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [installer], { stdio: 'ignore' })
    const timer = setTimeout(() => {
      resolve('timeout')
      child.kill('SIGKILL')
    }, timeoutMs)
    const end = (outcome: 'done' | 'failed') => {
      clearTimeout(timer)
      resolve(outcome)
    }
    child.once('error', () => end('failed'))
    child.once('close', (code) => end(code === 0 ? 'done' : 'failed'))
  })
}
