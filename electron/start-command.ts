import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Command, type CommandIo, parseCommand, UsageError, wholeNumber } from './app/cli/command.ts'
import { jsonLogger } from './app/cli/json-logger.ts'
import { dataFolder } from './app/data-folder.ts'
import { programPaths } from './app/program-paths.ts'
import { openPageFiles } from './app/serve/page-files.ts'
import { nodePrograms } from './app/work/node-program.ts'
import { ensureBuilt } from './build.ts'
import { type BrowserHost, type BrowserHostOptions, startBrowserHost } from './host/browser/server.ts'
import { findElectron } from './host/launcher/find-electron.ts'
import { findBrowser, hasDisplay, openAppWindow, thisMachine } from './host/launcher/installed-browser.ts'
import { runElectron } from './host/launcher/run-electron.ts'
import { claimInstance } from './host/launcher/running-instance.ts'

const ROOT = resolve(import.meta.dirname, '..')
const ELECTRON_DOWNLOAD_TIMEOUT_MS = 90_000
/** A window that closes sooner was no window: a browser that cannot run here. */
const WINDOW_MIN_SECONDS = 3

const USAGE = `使い方: npm start -- [オプション]

電子契約デスクを起動します。
  --data DIR               データを置くフォルダー（指定しなければ利用者ごとの標準の場所）
  --browser                Electron を使わず、ブラウザーで開く
  --no-window              画面を開かず、アドレスだけを表示する
  --port N                 ブラウザーで開くときに待ち受ける番号（指定しなければ空いている番号）
  --host H --tls-cert F --tls-key F
                           庁内のほかのPCからも使うとき: 待ち受けるアドレスと、証明書・鍵（PEM）`

const OPTIONS = {
  data: { type: 'string' },
  browser: { type: 'boolean', default: false },
  'no-window': { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  host: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
} as const

type Values = ReturnType<typeof parseStart>['values']

function parseStart(args: readonly string[]) {
  return parseCommand(args, { options: OPTIONS, files: [0, 0] })
}

export const startCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parseStart(args)
    const port = wholeNumber('port', values.port, [0, 65_535])
    const tls = await readTls(values)
    const dataDir = dataFolder(values.data)
    const wantsElectron = !values.browser && !values['no-window'] && tls === undefined
    if (wantsElectron && hasDisplay(thisMachine) && (await startInElectron(dataDir, io))) return 0
    await serve({ dataDir, port, tls, opensWindow: !values['no-window'] }, io)
    return 0
  },
}

/** @returns false when Electron cannot be had or cannot run on this machine */
async function startInElectron(dataDir: string, io: CommandIo): Promise<boolean> {
  const binary = await findElectron({
    packageFolder: join(ROOT, 'node_modules/electron'),
    timeoutMs: ELECTRON_DOWNLOAD_TIMEOUT_MS,
    tell: io.tell,
  })
  if (binary === undefined) return false
  await build(['renderer', 'portal', 'electron'], io)
  const outcome = await runElectron(binary, ROOT, { ...process.env, KEIYAKU_DATA: dataDir })
  if (outcome === 'ended') return true
  io.tell('Electron の画面を開けませんでした。ブラウザーで開きます。')
  return false
}

async function build(names: Parameters<typeof ensureBuilt>[0], io: CommandIo): Promise<void> {
  const built = await ensureBuilt(names)
  if (built.length > 0) io.tell('画面の準備ができました。')
}

type Serving = {
  readonly dataDir: string
  readonly port: number
  readonly tls: BrowserHostOptions['tls'] | undefined
  readonly opensWindow: boolean
}

/** Serves until the person ends it: Ctrl+C, or closing the window that was opened here. */
async function serve(serving: Serving, io: CommandIo): Promise<void> {
  const ready = Promise.withResolvers<BrowserHost>()
  const instance = await claimInstance(serving.dataDir, async () => (await ready.promise).openingUrl())
  if (instance.kind === 'running') {
    io.tell('電子契約デスクはすでに動いています。')
    if (instance.url !== undefined) await present(instance.url, serving.opensWindow, io)
    return
  }
  // Not before: a second start must not replace the pages that the first one is serving.
  // Loading the application takes as long as looking through the sources: both at once.
  const [{ composeApplication }] = await Promise.all([
    import('./app/compose.ts'),
    build(['renderer', 'portal'], io),
  ])
  const logger = jsonLogger(io.tell)
  const application = await composeApplication({
    dataDir: serving.dataDir,
    logger,
    services: { keychain: undefined, startProgram: nodePrograms(programPaths.commandLine) },
  })
  try {
    const host = await startBrowserHost({
      application,
      logger,
      port: serving.port,
      pageFiles: await openPageFiles(programPaths.officePages),
      ...(serving.tls === undefined ? {} : { tls: serving.tls }),
    })
    ready.resolve(host)
    await Promise.race([
      present(host.openingUrl(), serving.opensWindow, io).then(neverUnlessClosed),
      ended(io),
    ])
    await host.close()
  } finally {
    await application.close()
    await instance.release()
  }
}

/** @returns true when a window was opened and the person closed it */
async function present(url: string, opensWindow: boolean, io: CommandIo): Promise<boolean> {
  io.print(`電子契約デスクを開くアドレス（一度だけ使えます）:\n${url}`)
  if (!opensWindow || thisMachine.isRoot || !hasDisplay(thisMachine)) return false
  const browser = await findBrowser(thisMachine)
  if (browser === undefined) return false
  const window = await openAppWindow(browser, url)
  return (await window.closed) >= WINDOW_MIN_SECONDS
}

function neverUnlessClosed(wasClosed: boolean): Promise<void> | undefined {
  return wasClosed ? undefined : new Promise<void>(() => undefined)
}

function ended({ ended: signal }: CommandIo): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function readTls(values: Values): Promise<BrowserHostOptions['tls'] | undefined> {
  const { 'tls-cert': certPath, 'tls-key': keyPath, host } = values
  if (certPath === undefined && keyPath === undefined && host === undefined) return undefined
  if (certPath === undefined || keyPath === undefined)
    throw new UsageError('--host を使うときは --tls-cert と --tls-key を指定してください。')
  const [certificatePem, keyPem] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')])
  return { certificatePem, keyPem, host: host ?? '0.0.0.0' }
}
