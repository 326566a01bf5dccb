import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  findBrowser,
  hasDisplay,
  type Machine,
  openAppWindow,
} from '../../../../../electron/host/launcher/installed-browser.ts'

const machine = (part: Partial<Machine>, ...programs: string[]): Machine => ({
  platform: 'linux',
  environment: { PATH: '/usr/local/bin:/usr/bin' },
  isRoot: false,
  isExecutable: async (path) => programs.includes(path),
  ...part,
})

describe('finding a browser', () => {
  test('takes Edge, Chrome or Chromium from the path on Linux', async () => {
    expect(await findBrowser(machine({}, '/usr/bin/chromium', '/usr/bin/firefox'))).toBe('/usr/bin/chromium')
    expect(await findBrowser(machine({}, '/usr/bin/firefox'))).toBeUndefined()
    expect(await findBrowser(machine({ environment: {} }, '/usr/bin/chromium'))).toBeUndefined()
  })

  test('knows the places of macOS', async () => {
    const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
    expect(await findBrowser(machine({ platform: 'darwin' }, chrome))).toBe(chrome)
  })

  test('looks below the program folders of Windows', async () => {
    const seen: string[] = []
    await findBrowser(
      machine({
        platform: 'win32',
        environment: { ProgramFiles: 'C:\\P', LOCALAPPDATA: 'C:\\L' },
        isExecutable: async (path) => {
          seen.push(path)
          return false
        },
      }),
    )
    expect(seen.length).toBe(6)
    expect(seen[0]).toContain('msedge.exe')
  })
})

test.each([
  ['linux', {}, false],
  ['linux', { DISPLAY: '' }, false],
  ['linux', { DISPLAY: ':0' }, true],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['win32', {}, true],
  ['darwin', {}, true],
] as const)('on %s with %j a window can be shown: %s', (platform, environment, expected) => {
  expect(hasDisplay(machine({ platform, environment }))).toBe(expected)
})

describe('the window', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'browser-'))
    await writeFile(join(folder, 'browser'), `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/arguments"\n`)
    await chmod(join(folder, 'browser'), 0o755)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('opens as an app in a profile of its own that does not stay', async () => {
    const window = await openAppWindow(join(folder, 'browser'), 'http://127.0.0.1:1/open/x')
    await window.closed
    const args = (await readFile(join(folder, 'arguments'), 'utf8')).split('\n')
    expect(args[0]).toBe('--app=http://127.0.0.1:1/open/x')
    expect(args).toContain('--disable-extensions')
    const profile = args.find((argument) => argument.startsWith('--user-data-dir='))?.split('=')[1] ?? ''
    expect(profile).toContain('keiyaku-window-')
    await expect(readFile(profile)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('that cannot be opened counts as closed', async () => {
    const window = await openAppWindow(join(folder, 'none'), 'http://127.0.0.1:1/')
    expect(await window.closed).toBeLessThan(10)
  })
})
