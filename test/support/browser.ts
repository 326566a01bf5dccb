/**
 * A real browser for tests, out of an npm package: Chromium's headless shell of @sparticuz/chromium driven by playwright-core.
 *
 * It is unpacked once per version into the system's temporary folder (in a private folder that is renamed into place, so that test
 * processes starting together never run a half-written file). Where libnss3 and its relatives are missing, the copies inside the
 * package serve. Japanese glyphs come from the Noto Sans JP of node_modules: a fresh machine has no Japanese font.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'

const MODULES = resolve(dirname(fileURLToPath(import.meta.url)), '../../node_modules')
const PACKAGE = join(MODULES, '@sparticuz/chromium')

const SWITCHES = [
  '--no-sandbox', // CI runs as root, where the sandbox refuses to start; the pages under test are our own.
  '--disable-gpu',
  '--disable-webgl',
  '--font-render-hinting=none',
  '--disable-dev-shm-usage',
  '--lang=ja',
]

type Installation = { readonly executable: string; readonly environment: Record<string, string> }

let installation: Promise<Installation | string> | undefined

/** Why no browser can be started here, in one English sentence; undefined when one can. */
export async function whyNoBrowser(): Promise<string | undefined> {
  installation ??= install()
  const found = await installation
  if (typeof found !== 'string') return undefined
  console.warn(`\n*** Browser tests are skipped: ${found} ***\n`)
  return found
}

/**
 * Starts a browser; close it when done. Use `await whyNoBrowser()` with `describe.skipIf` first.
 * `crypto.subtle` exists on http://127.0.0.1 only, not on about:blank.
 */
export async function launchBrowser(): Promise<Browser> {
  installation ??= install()
  const found = await installation
  if (typeof found === 'string') throw new Error(found)
  return chromium.launch({
    executablePath: found.executable,
    args: SWITCHES,
    env: { ...withoutUndefined(process.env), ...found.environment },
  })
}

async function install(): Promise<Installation | string> {
  try {
    const version = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as { version: string }
    const home = join(tmpdir(), `keiyaku-desk-browser-${version.version}-${process.getuid?.() ?? 0}`)
    if (!existsSync(home)) await unpackInto(home)
    const fonts = await writeFontConfiguration(home)
    const executable = join(home, 'chromium')
    // In the locale of a bare machine (POSIX) the browser neither opens nor saves files with Japanese names.
    const plain = { FONTCONFIG_FILE: fonts, LC_ALL: 'C.UTF-8' }
    const withLibraries = { ...plain, LD_LIBRARY_PATH: join(home, 'lib') }
    for (const environment of [plain, withLibraries])
      if (starts(executable, environment)) return { executable, environment }
    return `${executable} does not start (${startError(executable, withLibraries)}); on Debian: apt-get install libnss3 libnspr4 libexpat1`
  } catch (error) {
    return `the browser of @sparticuz/chromium cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function unpackInto(home: string): Promise<void> {
  const staging = await mkdtemp(`${home}-`)
  try {
    await inflate('chromium.br', join(staging, 'chromium'))
    await chmod(join(staging, 'chromium'), 0o755)
    await inflate('al2023.tar.br', join(staging, 'libraries.tar'))
    const untar = spawnSync('tar', ['xf', 'libraries.tar'], { cwd: staging })
    if (untar.status !== 0) throw new Error(`tar: ${untar.stderr?.toString() ?? 'not found'}`)
    await rm(join(staging, 'libraries.tar'))
    await rename(staging, home)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    if (!existsSync(home)) throw error // Otherwise another process was faster, and its copy is as good.
  }
}

async function inflate(name: string, target: string): Promise<void> {
  await pipeline(
    createReadStream(join(PACKAGE, 'bin', name)),
    createBrotliDecompress(),
    createWriteStream(target),
  )
}

async function writeFontConfiguration(home: string): Promise<string> {
  const path = join(home, `fonts-${createHash('sha256').update(MODULES).digest('hex').slice(0, 12)}.conf`)
  const cache = join(home, 'font-cache')
  await mkdir(cache, { recursive: true })
  const folders = ['/usr/share/fonts', join(MODULES, '@expo-google-fonts', 'noto-sans-jp')]
  await writeFile(
    path,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders
      .map((folder) => `<dir>${folder}</dir>`)
      .join('')}<cachedir>${cache}</cachedir></fontconfig>`,
  )
  return path
}

function starts(executable: string, environment: Record<string, string>): boolean {
  return spawnSync(executable, ['--version'], { env: { ...process.env, ...environment } }).status === 0
}

function startError(executable: string, environment: Record<string, string>): string {
  const run = spawnSync(executable, ['--version'], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  })
  return (run.error?.message ?? run.stderr).trim().split('\n').at(-1) ?? 'no message'
}

function withoutUndefined(values: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
