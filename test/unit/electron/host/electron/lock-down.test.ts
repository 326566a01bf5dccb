import { expect, test } from 'vitest'
import { silentLogger } from '../../../../../electron/core/kit/logger.ts'
import { denyPermissions, lockNavigation } from '../../../../../electron/host/electron/lock-down.ts'
import { FakeContents, FakeSession } from '../../../../support/fake-electron.ts'

function lockedContents(): FakeContents {
  const contents = new FakeContents(1)
  lockNavigation(contents, silentLogger)
  return contents
}

test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s stays on our own pages', (event) => {
  const contents = lockedContents()
  expect(contents.navigate(event, 'keiyaku://app/')).toBe(true)
  expect(contents.navigate(event, 'keiyaku://app/cases/1?tab=2#x')).toBe(true)
  for (const url of [
    'https://example.com/',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'keiyaku://app.example/',
    'keiyaku://apple/',
    'keiyaku://user@evil/',
    'keiyaku:app',
    'javascript:alert(1)',
    'data:text/html,x',
    'about:blank',
    'keiyaku://app/files/ticket',
    '',
  ])
    expect([url, contents.navigate(event, url)]).toEqual([url, false])
})

test('no frame inside the page may navigate, not even to our own page', () => {
  expect(lockedContents().navigate('will-frame-navigate', 'keiyaku://app/', false)).toBe(false)
})

test('no second window and no webview can be opened', () => {
  const contents = lockedContents()
  expect(contents.openHandler?.({ url: 'keiyaku://app/' })).toEqual({ action: 'deny' })
  expect(contents.navigate('will-attach-webview', 'keiyaku://app/')).toBe(false)
})

test.each([
  'media',
  'geolocation',
  'notifications',
  'clipboard-read',
  'usb',
  'fileSystem',
  'openExternal',
  'unknown',
])('the permission %s is denied by the request and by the check', (permission) => {
  const session = new FakeSession('office')
  denyPermissions(session, silentLogger)
  const answers: boolean[] = []
  session.request?.({}, permission, (granted) => answers.push(granted))
  expect([answers, session.check?.(null, permission)]).toEqual([[false], false])
})

test('copying text is the one thing allowed; devices and screen capture are not', () => {
  const session = new FakeSession('office')
  denyPermissions(session, silentLogger)
  expect(session.check?.(null, 'clipboard-sanitized-write')).toBe(true)
  expect(session.device?.()).toBe(false)
  const streams: object[] = []
  session.display?.({}, (answer) => streams.push(answer))
  expect(streams).toEqual([{}])
})
