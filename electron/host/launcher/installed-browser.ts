import { spawn } from 'node:child_process'
import { access, constants, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** What the machine says about itself; tests give another machine. */
export type Machine = {
  readonly platform: NodeJS.Platform
  readonly environment: Environment
  /** True when the program runs as root, under which Chromium refuses to start. */
  readonly isRoot: boolean
  readonly isExecutable: (path: string) => Promise<boolean>
}

export const thisMachine: Machine = {
  platform: process.platform,
  environment: process.env,
  isRoot: process.getuid?.() === 0,
  isExecutable: async (path) => {
    try {
      await access(path, constants.X_OK)
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error) return false
      throw error
    }
  },
}

/** True when a window can be shown: always on Windows and macOS, with a display server on Linux. */
export function hasDisplay({ platform, environment }: Machine): boolean {
  if (platform === 'win32' || platform === 'darwin') return true
  return Boolean(environment.DISPLAY) || Boolean(environment.WAYLAND_DISPLAY)
}

const LINUX_NAMES = [
  'microsoft-edge',
  'microsoft-edge-stable',
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
]
const MAC_NAMES = ['Microsoft Edge', 'Google Chrome', 'Chromium']
const WINDOWS_PATHS = [
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
]

/** The first installed browser of the Chromium family: they alone have windows without address bar (`--app`). */
export async function findBrowser(machine: Machine): Promise<string | undefined> {
  for (const path of candidates(machine)) if (await machine.isExecutable(path)) return path
  return undefined
}

function candidates({ platform, environment }: Machine): string[] {
  if (platform === 'darwin')
    return MAC_NAMES.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
  if (platform === 'win32') {
    const roots = [environment['ProgramFiles(x86)'], environment.ProgramFiles, environment.LOCALAPPDATA]
    return WINDOWS_PATHS.flatMap((parts) => roots.flatMap((root) => (root ? [join(root, ...parts)] : [])))
  }
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return LINUX_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
}

export type BrowserWindow = {
  /** Resolves with the seconds it was open. */
  readonly closed: Promise<number>
}

/**
 * Opens an address in a window without address bar, in a profile of its own that is deleted afterwards: no
 * extension of the person's browser reads contracts, and nothing of them stays in its history.
 */
export async function openAppWindow(browserPath: string, url: string): Promise<BrowserWindow> {
  const profile = await mkdtemp(join(tmpdir(), 'keiyaku-window-'))
  const started = performance.now()
  const child = spawn(
    browserPath,
    [
      `--app=${url}`,
      `--user-data-dir=${profile}`,
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-extensions',
      '--disable-sync',
      '--disable-background-networking',
      '--disable-component-update',
      '--window-size=1360,860',
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
  return {
    closed: ended.then(async () => {
      await rm(profile, { recursive: true, force: true, maxRetries: 3 })
      return (performance.now() - started) / 1000
    }),
  }
}
