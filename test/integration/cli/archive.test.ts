import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addKeyslot, loginLabel } from '../../../electron/core/archive/keyslots.ts'
import { createArchive } from '../../../electron/core/archive/open.ts'
import { newRecoveryCode } from '../../../electron/core/archive/recovery-code.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { deskWith } from '../../support/command-line.ts'

const USER = { KEIYAKU_USER: 'Kiroku', KEIYAKU_PASSWORD: '保管庫の合い言葉' }
const recoveryCode = newRecoveryCode()
let folder: string
let data: string
let target: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-cli-'))
  data = join(folder, 'data')
  target = join(folder, 'backup')
  const archive = await createArchive(
    { folder: data, clock: systemClock },
    {
      label: loginLabel('kiroku'),
      secret: { kind: 'password', password: USER.KEIYAKU_PASSWORD, scryptCost: 2 ** 14 },
    },
  )
  await addKeyslot(
    data,
    archive.master(),
    { label: '1', secret: { kind: 'recovery', code: recoveryCode } },
    systemClock,
  )
  archive.close()
})
afterAll(() => rm(folder, { recursive: true }))

const archive = (...args: string[]) => deskWith(USER, 'archive', ...args)

test('check finds nothing wrong with a sound archive', async () => {
  const outcome = await archive('check', '--data', data, '--json')
  expect([outcome.code, outcome.messages]).toEqual([0, ''])
  expect(JSON.parse(outcome.output)).toMatchObject({ ok: true, problems: [], cases: 0, files: 0 })
  expect((await archive('check', '--data', data)).output).toContain('問題は見つかりませんでした')
})

test('backup is verified, and a restore drill finds it whole and leaves nothing behind', async () => {
  const made = await archive('backup', '--data', data, '--to', target, '--json')
  expect([made.code, JSON.parse(made.output)]).toMatchObject([0, { generation: expect.any(String) }])
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('keiyaku-restore-'))
  const drill = await archive('restore', '--from', target, '--drill', '--json')
  expect([drill.code, JSON.parse(drill.output)]).toMatchObject([0, { ok: true }])
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('keiyaku-restore-'))).toEqual(before)
})

test('a restored archive opens with the recovery sheet', async () => {
  const restored = join(folder, 'restored')
  expect((await archive('restore', '--from', target, '--data', restored)).code).toBe(0)
  const byCode = await deskWith(
    { KEIYAKU_RECOVERY_CODE: recoveryCode.toLowerCase() },
    'archive',
    'check',
    '--data',
    restored,
    '--recovery',
    '--json',
  )
  expect([byCode.code, JSON.parse(byCode.output)]).toMatchObject([0, { ok: true }])
})

test('a damaged backup is refused before anything is written', async () => {
  const [generation = ''] = await readdir(join(target, 'generations'))
  const path = join(target, 'generations', generation, 'archive.db')
  const bytes = await readFile(path)
  const changed = Buffer.from(bytes)
  changed[changed.length - 100] = (changed[changed.length - 100] ?? 0) ^ 1
  await writeFile(path, changed)
  const outcome = await archive('restore', '--from', target, '--data', join(folder, 'never'), '--json')
  await writeFile(path, bytes)
  expect([outcome.code, JSON.parse(outcome.output)]).toMatchObject([1, { error: { code: 'BACKUP_DAMAGED' } }])
  expect(await readdir(folder)).not.toContain('never')
})

test('a damaged database is said, exit 1', async () => {
  const damaged = join(folder, 'damaged')
  await archive('restore', '--from', target, '--data', damaged)
  const path = join(damaged, 'archive.db')
  const bytes = await readFile(path)
  bytes.fill(0x5a, bytes.length - 4096)
  await writeFile(path, bytes)
  const outcome = await archive('check', '--data', damaged)
  expect(outcome.code).toBe(1)
  expect(outcome.output + outcome.messages).toMatch(/壊れています/)
})

test.each<[string, Record<string, string>, string[], number, string]>([
  ['a wrong password', { ...USER, KEIYAKU_PASSWORD: 'no' }, ['check', '--data', 'DATA'], 1, '違います'],
  ['a folder without archive', USER, ['check', '--data', 'EMPTY'], 1, '保管庫はありません'],
  [
    'a backup folder without backup',
    USER,
    ['restore', '--from', 'EMPTY', '--drill'],
    1,
    '控えが見つかりません',
  ],
  [
    'a restore over an archive',
    USER,
    ['restore', '--from', 'TARGET', '--data', 'DATA'],
    1,
    '空ではありません',
  ],
  ['no password and nobody to ask', {}, ['check', '--data', 'DATA'], 2, 'KEIYAKU_USER'],
  ['no action', USER, [], 2, '使い方'],
  ['an unknown action', USER, ['delete', '--data', 'DATA'], 2, '使い方'],
  ['no folder', USER, ['check'], 2, '--data'],
])('%s is refused', async (_name, environment, args, code, sentence) => {
  const places: Record<string, string> = { DATA: data, TARGET: target, EMPTY: join(folder, 'nothing') }
  const outcome = await deskWith(environment, 'archive', ...args.map((arg) => places[arg] ?? arg))
  expect(outcome.code).toBe(code)
  expect(outcome.messages).toContain(sentence)
})
