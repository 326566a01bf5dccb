import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Application } from '../../../../../electron/app/host-port.ts'
import { silentLogger } from '../../../../../electron/core/kit/logger.ts'
import { CALL_CHANNEL, EVENT_CHANNEL } from '../../../../../electron/host/electron/bridge-ipc.ts'
import {
  type ElectronHostParts,
  runElectronHost,
} from '../../../../../electron/host/electron/run-electron-host.ts'
import type { Sender } from '../../../../../electron/host/electron/sender-check.ts'
import { type FakeApplication, fakeApplication, memoryFile } from '../../../../support/fake-application.ts'
import { type FakeElectron, fakeElectron } from '../../../../support/fake-electron.ts'

async function start(
  electron: FakeElectron = fakeElectron(),
  change: Partial<ElectronHostParts> = {},
): Promise<{ electron: FakeElectron; application: FakeApplication }> {
  const application = fakeApplication()
  await runElectronHost(electron.api, {
    startApplication: async () => application,
    openPageFiles: async () => async (path) =>
      path === '/none.js' ? undefined : new Response(`page ${path}`),
    startProgram: () => {
      throw new Error('no program is started in this test')
    },
    preloadPath: '/dist/preload.cjs',
    platform: 'linux',
    logger: silentLogger,
    ...change,
  })
  return { electron, application }
}

const page = (id = 1, origin = 'keiyaku://app'): Sender => ({
  sender: { id },
  senderFrame: { origin, parent: null, detached: false },
})

const get = (electron: FakeElectron, url: string, init: RequestInit & { initiatorOrigin?: string } = {}) => {
  const { initiatorOrigin, ...rest } = init
  const request = Object.assign(
    new Request(url, rest),
    initiatorOrigin === undefined ? {} : { initiatorOrigin },
  )
  return electron.sessions[0]?.handlers.get('keiyaku')?.(request)
}

test('opens a sandboxed window on our own scheme, in a session that leaves nothing on disk', async () => {
  const { electron } = await start()
  expect(electron.schemes).toEqual([
    {
      scheme: 'keiyaku',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ])
  expect(electron.windows[0]?.options.webPreferences).toMatchObject({
    preload: '/dist/preload.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    spellcheck: false,
  })
  expect(electron.windows[0]?.loaded).toEqual(['keiyaku://app/'])
  expect(electron.sessions[0]?.partition.startsWith('persist:')).toBe(false)
  expect(electron.sessions[0]?.check?.(null, 'media')).toBe(false)
  expect(electron.windows[0]?.webContents.navigate('will-navigate', 'https://example.com/')).toBe(false)
})

test('answers calls of its own page only', async () => {
  const { electron, application } = await start()
  expect(await electron.invoke(page(), 'cases.list', { q: '橋' })).toEqual({
    ok: true,
    value: { channel: 'cases.list', input: { q: '橋' } },
  })
  expect(application.calls[0]?.connection).toEqual({ id: expect.any(String), from: 'window' })
  for (const sender of [page(2), page(1, 'https://example.com'), { ...page(), senderFrame: null }])
    expect(await electron.invoke(sender, 'cases.list', {})).toMatchObject({ error: { code: 'FORBIDDEN' } })
  expect(await electron.invoke(page(), { toString: 'x' }, {})).toMatchObject({
    error: { code: 'INPUT_INVALID' },
  })
  expect(application.calls.length).toBe(1)
})

test('sends events to the window until it is closed, then ends its connection and refuses its calls', async () => {
  const { electron, application } = await start()
  const [window] = electron.windows
  application.announce({ topic: 'mail-changed' })
  expect(window?.webContents.sent).toEqual([{ channel: EVENT_CHANNEL, value: { topic: 'mail-changed' } }])
  window?.close()
  expect(application.announce({ topic: 'mail-changed' })).toBe(0)
  expect(application.ended.length).toBe(1)
  expect(await electron.invoke(page(), 'cases.list', {})).toMatchObject({ error: { code: 'FORBIDDEN' } })
  expect((await get(electron, 'keiyaku://app/'))?.status).toBe(503)
})

test('serves files with ranges under its scheme', async () => {
  const { electron, application } = await start()
  application.files.set('t1', memoryFile(new TextEncoder().encode('0123456789')))
  const part = await get(electron, 'keiyaku://app/files/t1', { headers: { range: 'bytes=2-4' } })
  expect([part?.status, part?.headers.get('content-range'), await part?.text()]).toEqual([
    206,
    'bytes 2-4/10',
    '234',
  ])
  expect((await get(electron, 'keiyaku://app/files/none'))?.status).toBe(404)
  expect((await get(electron, 'keiyaku://app/none.js'))?.status).toBe(404)
  expect(await (await get(electron, 'keiyaku://app/cases/1'))?.text()).toBe('page /cases/1')
})

test('serves nothing to other origins, for other hosts, or for a form', async () => {
  const { electron, application } = await start()
  const foreign = { initiatorOrigin: 'https://example.com' }
  expect((await get(electron, 'keiyaku://app/', foreign))?.status).toBe(403)
  expect((await get(electron, 'keiyaku://app/', { initiatorOrigin: 'null' }))?.status).toBe(403)
  expect((await get(electron, 'keiyaku://other/'))?.status).toBe(404)
  const headers = { 'x-file-name': 'a.pdf' }
  const post = { method: 'POST', body: 'x', initiatorOrigin: 'keiyaku://app' }
  expect((await get(electron, 'keiyaku://app/uploads', { ...post, headers }))?.status).toBe(403)
  const ours = { ...headers, 'x-keiyaku-request': '1' }
  expect((await get(electron, 'keiyaku://app/uploads', { ...post, headers: ours }))?.status).toBe(200)
  expect(application.uploads.length).toBe(1)
})

test('a second start only brings the first to the front', async () => {
  const { electron } = await start()
  const [window] = electron.windows
  if (window !== undefined) window.minimized = true
  electron.app.emit('second-instance')
  expect([window?.minimized, window?.shown]).toEqual([false, ['show', 'focus']])

  const second = fakeElectron()
  second.app.isFirst = false
  let composed = 0
  const startApplication = async () => {
    composed += 1
    return fakeApplication()
  }
  await start(second, { startApplication })
  expect([composed, second.windows.length, second.app.did]).toEqual([0, 0, ['quit', 'ended']])
})

test('closes the application once before the process ends', async () => {
  const closings: string[] = []
  const electron = fakeElectron()
  const application: Application = { ...fakeApplication(), close: async () => void closings.push('closed') }
  await start(electron, { startApplication: async () => application })
  electron.app.quit()
  electron.app.quit()
  expect(electron.app.did).not.toContain('ended')
  await expect.poll(() => electron.app.did.includes('ended')).toBe(true)
  expect(closings).toEqual(['closed'])
})

test('a page that dies is loaded anew without its log-in, and given up after three times', async () => {
  const { electron, application } = await start()
  const [window] = electron.windows
  const die = () => window?.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
  await electron.invoke(page(), 'session.status', {})
  die()
  expect(window?.loaded.length).toBe(2)
  expect(application.ended).toEqual([application.calls[0]?.connection])
  await electron.invoke(page(), 'session.status', {})
  expect(application.calls[1]?.connection.id).not.toBe(application.calls[0]?.connection.id)
  die()
  die()
  expect(electron.errorBoxes).toEqual(['画面を表示できません'])
  expect(electron.app.did).toContain('quit')
})

test('a start that fails says so and ends', async () => {
  const electron = fakeElectron()
  await start(electron, { startApplication: () => Promise.reject(new Error('disk')) })
  expect([electron.errorBoxes, electron.app.did]).toEqual([
    ['電子契約デスクを起動できません'],
    ['ready', 'exit 1'],
  ])
})

test('the menu is Japanese and prints the window', async () => {
  const { electron } = await start()
  const labels = JSON.stringify(electron.menus[0]).match(/"label":"([^"]+)"/g) ?? []
  expect(labels.length).toBeGreaterThan(15)
  for (const label of labels) expect(label).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/)
  const submenu = electron.menus[0]?.[0]?.submenu
  const print = Array.isArray(submenu) ? submenu[0]?.click : undefined
  Reflect.apply(print ?? (() => undefined), undefined, [])
  expect(electron.windows[0]?.webContents.prints).toBe(1)
})

test('the preload is one short file that speaks the same channels', () => {
  const text = readFileSync('electron/preload.ts', 'utf8')
  expect(text.split('\n').length).toBeLessThanOrEqual(30)
  expect(text).toContain(`'${CALL_CHANNEL}'`)
  expect(text).toContain(`'${EVENT_CHANNEL}'`)
  expect(text.match(/^import .*$/gm)).toEqual(["import { contextBridge, ipcRenderer } from 'electron'"])
})
