import { expect, test } from 'vitest'
import { type Sender, senderRefusal } from '../../../../../electron/host/electron/sender-check.ts'

const isKnownWindow = (id: number) => id === 7
const ours: Sender = {
  sender: { id: 7 },
  senderFrame: { origin: 'keiyaku://app', parent: null, detached: false },
}
const frame = (part: Partial<NonNullable<Sender['senderFrame']>>): Sender => ({
  ...ours,
  senderFrame: { origin: 'keiyaku://app', parent: null, detached: false, ...part },
})

test('lets the top frame of a known window with our own page through', () => {
  expect(senderRefusal(ours, isKnownWindow)).toBeUndefined()
})

test.each<[string, Sender, string]>([
  ['a window that was never admitted', { ...ours, sender: { id: 8 } }, 'unknown-window'],
  ['a frame that is gone', { ...ours, senderFrame: null }, 'no-frame'],
  ['a detached frame', frame({ detached: true }), 'no-frame'],
  ['a frame inside our page', frame({ parent: {} }), 'not-top-frame'],
  ['another host of our scheme', frame({ origin: 'keiyaku://evil' }), 'foreign-origin'],
  ['a longer host', frame({ origin: 'keiyaku://app.evil.example' }), 'foreign-origin'],
  ['a trailing slash', frame({ origin: 'keiyaku://app/' }), 'foreign-origin'],
  ['a web site', frame({ origin: 'https://app' }), 'foreign-origin'],
  ['a file', frame({ origin: 'file://' }), 'foreign-origin'],
  ['an opaque origin', frame({ origin: 'null' }), 'foreign-origin'],
  ['an empty origin', frame({ origin: '' }), 'foreign-origin'],
])('refuses %s', (_name, sender, reason) => {
  expect(senderRefusal(sender, isKnownWindow)).toBe(reason)
})
