import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loginLabel } from '../../../electron/core/archive/keyslots.ts'
import { createArchive, openArchive } from '../../../electron/core/archive/open.ts'
import { openImport } from '../../../electron/core/archive/tables/imports.ts'
import { insertUser } from '../../../electron/core/archive/tables/users.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { archiveHere } from '../../support/command-line.ts'
import { rawZip, zipOf } from '../../support/make-zip.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

const USER = { KEIYAKU_USER: 'kiroku', KEIYAKU_PASSWORD: '保管庫の合い言葉' }
const key = {
  label: loginLabel('kiroku'),
  secret: { kind: 'password', password: USER.KEIYAKU_PASSWORD, scryptCost: 2 ** 14 },
} as const
let folder: string
let data: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-cli-'))
  data = join(folder, 'data')
  const archive = await createArchive({ folder: data, clock: systemClock }, key)
  const user = {
    loginName: 'kiroku',
    displayName: '渡邉 典子',
    department: '行政課',
    roles: ['records'],
  } as const
  archive.transaction((db) =>
    insertUser(
      db,
      { ...user, roles: [...user.roles] },
      { userId: null, who: 'test', at: systemClock.now(), why: '' },
    ),
  )
  archive.close()
  await mkdir(join(folder, 'scan', 'R5'), { recursive: true })
  await writeFile(join(folder, 'scan', 'R5', 'a.pdf'), plainPdf(2_000, 'a'))
  await writeFile(join(folder, 'scan', 'b.pdf'), plainPdf(2_000, 'b'))
  const table =
    '件名,取引先,契約日,ファイル名\r\n橋梁,㈱髙橋組,R5.4.1,R5/a.pdf\r\n道路,㈱扶桑,R5.2.30,b.pdf\r\n'
  await writeFile(join(folder, 'list.csv'), iconv.encode(table, 'cp932'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (...args: string[]) => archiveHere(USER, 'import', '--data', data, ...args)
const inFolder = (name: string) => join(folder, name)

test('a dry run changes nothing and leaves nothing; the import says in Japanese what it refused', async () => {
  const from = ['--csv', inFolder('list.csv'), '--files', inFolder('scan')]
  const dry = await run(...from, '--dry-run', '--json')
  expect(dry.code, dry.messages).toBe(1)
  expect(JSON.parse(dry.output)).toMatchObject({ dryRun: true, lines: 2, made: 1, refused: 1 })
  const report = inFolder('report.csv')
  const done = await run(...from, '--report', report)
  expect(done.code, done.messages).toBe(1)
  expect(done.output).toContain('取引年月日「R5.2.30」は、日付として読めません。')
  expect(await readFile(report, 'utf8')).toContain(
    '"2","取り込めません","取引年月日「R5.2.30」は、日付として読めません。"',
  )
}, 120_000)

test('a ZIP with its own table goes in; a bad one is refused and leaves nothing', async () => {
  const csv = Buffer.from('件名,ファイル名\n河川,c.pdf\n')
  await writeFile(inFolder('good.zip'), await zipOf({ 'c.pdf': plainPdf(2_000, 'c'), '一覧.csv': csv }))
  const good = await run('--files', inFolder('good.zip'), '--json')
  expect(good.code, good.messages).toBe(0)
  expect(JSON.parse(good.output)).toMatchObject({ made: 1, refused: 0, unlisted: 0 })
  const locked = { name: Buffer.from('c.pdf'), bytes: plainPdf(2_000, 'c'), flags: 1 }
  await writeFile(inFolder('locked.zip'), rawZip([locked]))
  const bad = await run('--files', inFolder('locked.zip'))
  expect([bad.code, bad.messages]).toEqual([
    1,
    expect.stringContaining('パスワードの付いたZIPは開けません。'),
  ])
}, 120_000)

test('what waits on the screen is not mixed in, and goes only when that is asked for', async () => {
  const archive = await openArchive({ folder: data, clock: systemClock }, key)
  const [user] = archive.db.allSql<{ id: string }>('SELECT id FROM users')
  archive.transaction((db) =>
    openImport(db, { userId: (user?.id ?? '') as never, who: '渡邉', at: systemClock.now(), why: '' }),
  )
  archive.close()
  const from = ['--csv', inFolder('list.csv'), '--files', inFolder('scan'), '--dry-run']
  const refused = await run(...from)
  expect([refused.code, refused.messages]).toEqual([
    1,
    expect.stringContaining('まだ取り込んでいない預かりがあります'),
  ])
  const asked = await run(...from, '--discard-draft', '--json')
  expect(JSON.parse(asked.output), asked.messages).toMatchObject({ dryRun: true, duplicate: 1 })
  const list = await run('--list')
  expect(list.output).toContain('完了')
}, 120_000)
