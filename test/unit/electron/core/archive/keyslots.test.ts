import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  addKeyslot,
  beginRotation,
  changeKeyslot,
  createKeyslots,
  finishRotation,
  keyslotsPath,
  listKeyslots,
  loginLabel,
  openKeyslots,
  pendingRotation,
  removeKeyslot,
  type SlotKey,
} from '../../../../../electron/core/archive/keyslots.ts'
import type { MasterKey } from '../../../../../electron/core/archive/master-key.ts'
import { newRecoveryCode, parseRecoveryCode } from '../../../../../electron/core/archive/recovery-code.ts'
import { type ManualClock, manualClock } from '../../../../../electron/core/kit/clock.ts'
import { temporaryFolder } from '../../../../support/archive/temporary-archive.ts'

let folder: string
let clock: ManualClock
let master: MasterKey
const password = (label: string, text: string): SlotKey => ({
  label,
  secret: { kind: 'password', password: text, scryptCost: 2 ** 10 },
})
const HANAKO = password('hanako', 'はなこの長い合言葉')
const secretOf = (key: MasterKey): string => key.lend((bytes) => bytes.toString('hex'))

beforeEach(async () => {
  folder = temporaryFolder()
  clock = manualClock('2026-04-01T00:00:00Z')
  master = await createKeyslots(folder, HANAKO, clock)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the same password opens the same master key, in any Unicode form', async () => {
  const typed = password('hanako', 'はなこの長い合言葉'.normalize('NFD'))
  expect(secretOf(await openKeyslots(folder, typed, clock))).toBe(secretOf(master))
})

test('every kind of slot opens the same master key', async () => {
  const code = newRecoveryCode()
  const bytes = Buffer.alloc(32, 7)
  const recovery: SlotKey = { label: 'sheet-1', secret: { kind: 'recovery', code } }
  const keychain: SlotKey = { label: 'pc-1', secret: { kind: 'keychain', bytes } }
  await addKeyslot(folder, master, recovery, clock)
  await addKeyslot(folder, master, keychain, clock)
  for (const key of [HANAKO, recovery, keychain])
    expect(secretOf(await openKeyslots(folder, key, clock))).toBe(secretOf(master))
  expect((await listKeyslots(folder)).map((slot) => slot.kind)).toEqual(['password', 'recovery', 'keychain'])
})

test('a new password slot takes scrypt N = 2^17, r = 8, p = 1 and says so in the file', async () => {
  await addKeyslot(
    folder,
    master,
    { label: 'taro', secret: { kind: 'password', password: 'x'.repeat(12) } },
    clock,
  )
  const file = JSON.parse(readFileSync(keyslotsPath(folder), 'utf8'))
  expect(file.content.slots[1].secret.kdf).toMatchObject({ name: 'scrypt', N: 131_072, r: 8, p: 1 })
})

test('neither password nor master key nor login name stands in the file', async () => {
  const label = loginLabel('Hanako')
  await addKeyslot(folder, master, password(label, '別の合言葉です'), clock)
  const text = readFileSync(keyslotsPath(folder), 'utf8')
  for (const secret of [
    '別の合言葉です',
    secretOf(master),
    Buffer.from(secretOf(master), 'hex').toString('base64'),
  ])
    expect(text).not.toContain(secret)
  expect(label).toBe(loginLabel(' ＨＡＮＡＫＯ '))
  expect(label).not.toContain('hanako')
})

describe('wrong secrets', () => {
  test('are refused with one code for wrong password and unknown person', async () => {
    for (const key of [password('hanako', 'ちがう'), password('nobody', 'はなこの長い合言葉')])
      await expect(openKeyslots(folder, key, clock)).rejects.toMatchObject({ code: 'WRONG_SECRET' })
  })

  test('are counted on disk: after five the right password has to wait, too, and then works', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(openKeyslots(folder, password('hanako', 'ちがう'), clock)).rejects.toMatchObject({
        code: 'WRONG_SECRET',
      })
    await expect(openKeyslots(folder, HANAKO, clock)).rejects.toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
      data: { retryAtEpochMs: clock.now() + 5_000 },
    })
    clock.advance(5_000)
    await openKeyslots(folder, HANAKO, clock)
    // The count is gone: a single wrong attempt does not lock again.
    await expect(openKeyslots(folder, password('hanako', 'ちがう'), clock)).rejects.toMatchObject({
      code: 'WRONG_SECRET',
    })
    await openKeyslots(folder, HANAKO, clock)
  })

  test('wait twice as long each time, at most an hour', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await openKeyslots(folder, password('hanako', 'ちがう'), clock).catch((error: unknown) => error)
      clock.advance(3_600_000)
    }
    await openKeyslots(folder, password('hanako', 'ちがう'), clock).catch((error: unknown) => error)
    await expect(openKeyslots(folder, HANAKO, clock)).rejects.toMatchObject({
      data: { retryAtEpochMs: clock.now() + 3_600_000 },
    })
  })
})

test('after a change only the new password opens, and the old file copy only with the old one', async () => {
  const copy = readFileSync(keyslotsPath(folder))
  const next = password('hanako', 'あたらしい合言葉')
  await changeKeyslot(folder, master, next, clock)
  await expect(openKeyslots(folder, HANAKO, clock)).rejects.toMatchObject({ code: 'WRONG_SECRET' })
  expect(secretOf(await openKeyslots(folder, next, clock))).toBe(secretOf(master))
  writeFileSync(keyslotsPath(folder), copy)
  await expect(openKeyslots(folder, next, clock)).rejects.toMatchObject({ code: 'WRONG_SECRET' })
})

test('a removed person is out; the last person cannot be removed', async () => {
  await addKeyslot(folder, master, password('taro', 'たろうの長い合言葉'), clock)
  await removeKeyslot(folder, master, 'password', 'hanako')
  await expect(openKeyslots(folder, HANAKO, clock)).rejects.toMatchObject({ code: 'WRONG_SECRET' })
  await expect(removeKeyslot(folder, master, 'password', 'hanako')).rejects.toMatchObject({
    code: 'SLOT_NOT_FOUND',
  })
  await expect(removeKeyslot(folder, master, 'password', 'taro')).rejects.toMatchObject({ code: 'LAST_SLOT' })
})

test('a slot added or exchanged without the master key is noticed', async () => {
  const path = keyslotsPath(folder)
  const stranger = temporaryFolder()
  await createKeyslots(stranger, password('stranger', 'よそものの合言葉'), clock)
  const file = JSON.parse(readFileSync(path, 'utf8'))
  file.content.slots[0].publicKey = JSON.parse(
    readFileSync(keyslotsPath(stranger), 'utf8'),
  ).content.slots[0].publicKey
  writeFileSync(path, JSON.stringify(file))
  await expect(addKeyslot(folder, master, password('x', 'ながいながい合言葉'), clock)).rejects.toMatchObject({
    code: 'KEYSLOTS_DAMAGED',
  })
  rmSync(stranger, { recursive: true })
})

test.each(['', '{', '{"format":"other"}', 'null'])(
  'a file that reads 「%s」 is damaged, not a crash',
  async (text) => {
    writeFileSync(keyslotsPath(folder), text)
    await expect(openKeyslots(folder, HANAKO, clock)).rejects.toMatchObject({ code: 'KEYSLOTS_DAMAGED' })
  },
)

describe('rotation of the master key', () => {
  test('gives every slot the new key without its password, and the old key opens nothing more', async () => {
    const code = newRecoveryCode()
    const recovery: SlotKey = { label: 'sheet', secret: { kind: 'recovery', code } }
    await addKeyslot(folder, master, recovery, clock)
    const next = await beginRotation(folder, master)
    expect(secretOf(next)).not.toBe(secretOf(master))
    const pending = await pendingRotation(folder, HANAKO)
    expect(pending === undefined ? '' : secretOf(pending)).toBe(secretOf(next))
    expect(secretOf(await openKeyslots(folder, HANAKO, clock))).toBe(secretOf(master))
    await finishRotation(folder)
    for (const key of [HANAKO, recovery]) {
      const opened = await openKeyslots(folder, key, clock)
      expect([opened.generation, secretOf(opened)]).toEqual([2, secretOf(next)])
    }
    await expect(addKeyslot(folder, master, recovery, clock)).rejects.toMatchObject({
      code: 'KEYSLOTS_DAMAGED',
    })
  })
})

describe('recovery code', () => {
  test('survives how people type it', () => {
    const code = newRecoveryCode()
    expect(code).toMatch(/^([2-9A-HJ-NP-Y]{6}-){6}[2-9A-HJ-NP-Y]{6}$/)
    expect(parseRecoveryCode(code.toLowerCase().replaceAll('-', ' '))).toBe(code)
    expect(
      parseRecoveryCode(code.replace(/[A-Z0-9]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))),
    ).toBe(code)
  })

  test('names the mistyped group, for every place and every wrong symbol', () => {
    const code = newRecoveryCode()
    const symbols = '23456789ABCDEFGHJKLMNPQRSTUVWXY'
    for (let at = 0; at < code.length; at += 1) {
      if (code[at] === '-') continue
      for (const symbol of symbols) {
        if (symbol === code[at]) continue
        const wrong = code.slice(0, at) + symbol + code.slice(at + 1)
        expect(groupsOf(wrong)).toEqual([Math.floor(at / 7) + 1])
      }
    }
  })

  test('finds swapped neighbours, swapped groups, and a code that is too short or too long', () => {
    const code = newRecoveryCode()
    const groups = code.split('-')
    const [first = '', second = '', ...rest] = groups
    if (first[0] !== first[1])
      expect(groupsOf([`${first[1]}${first[0]}${first.slice(2)}`, second, ...rest].join('-'))).toEqual([1])
    if (first !== second) expect(groupsOf([second, first, ...rest].join('-'))).toEqual([1, 2])
    expect(groupsOf(code.slice(0, -1))).toEqual([7])
    expect(groupsOf(`${code}-${first}`)).toEqual([8])
  })

  test('is another one every time', () => {
    expect(new Set(Array.from({ length: 200 }, newRecoveryCode)).size).toBe(200)
  })
})

function groupsOf(typed: string): unknown {
  try {
    return parseRecoveryCode(typed)
  } catch (error) {
    return (error as { data: { groups: number[] } }).data.groups
  }
}
