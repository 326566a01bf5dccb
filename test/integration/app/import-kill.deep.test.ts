/** The real program, killed with SIGKILL while it receives, unpacks and takes in real files; then it goes on. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROWS_A_TURN } from '../../../electron/app/archive/import-unpack.ts'
import { checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { loginLabel } from '../../../electron/core/archive/keyslots.ts'
import { openArchive } from '../../../electron/core/archive/open.ts'
import { checkLog } from '../../../electron/core/audit/log.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { zipOf } from '../../support/make-zip.ts'
import { PASSWORD } from '../../support/office.ts'
import { must, type OfficeProcess, startOfficeProcess } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

const FILES = Number(process.env.IMPORT_KILL_FILES ?? 40)
let folder: string
let office: OfficeProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keiyaku-import-kill-'))
  office = await startOfficeProcess(join(folder, 'data'))
  must(
    await office.client.session.setUp({
      townName: '扶桑町',
      loginName: 'tanaka',
      displayName: '田中 一子',
      department: '行政課',
      password: PASSWORD,
    }),
  )
  const records = { loginName: 'kiroku', displayName: '渡邉 典子', department: '行政課' }
  must(await office.client.users.create({ ...records, roles: ['records'], password: PASSWORD }))
  must(await office.client.session.logIn({ loginName: 'kiroku', password: PASSWORD }))
}, 120_000)
afterAll(async () => {
  await office?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function killAndRestart(): Promise<void> {
  await office.kill()
  office = await startOfficeProcess(join(folder, 'data'))
  must(await office.client.session.logIn({ loginName: 'kiroku', password: PASSWORD }))
}

const draftOf = async () => must(await office.client.imports.draft({})).draft
const rowOf = async () => must(await office.client.imports.list({})).rows[0]
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Asks until it is so; a killed program answers nothing. */
async function until(isSo: () => Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('It did not come about')
    await pause(25)
  }
}

test('kill -9 while files arrive, a ZIP is unpacked and lines are taken in loses nothing and does nothing twice', async () => {
  const loose = Math.floor(FILES / 2)
  const csv = ['件名,ファイル名', ...Array.from({ length: FILES }, (_, n) => `契約${n},${n}.pdf`)].join(
    '\r\n',
  )
  const send = async (name: string, bytes: Uint8Array) => {
    const files = [{ uploadId: await office.upload(name, bytes), path: name }]
    return must(await office.client.imports.addFiles({ files })).draft
  }
  await send('一覧.csv', Buffer.from(csv))
  for (let number = 0; number < loose; number += 1) {
    await send(`${number}.pdf`, plainPdf(30_000, `N${number}`))
    if (number === Math.floor(loose / 2)) {
      await killAndRestart()
      expect((await draftOf())?.pdfs.count).toBe(number + 1)
    }
  }
  const packed = Object.fromEntries(
    Array.from({ length: FILES - loose }, (_, n) => [`${loose + n}.pdf`, plainPdf(30_000, `N${loose + n}`)]),
  )
  const { importId } = await send('export.zip', await zipOf(packed))
  must(await office.client.imports.unpack({ importId }))
  await pause(60)
  await killAndRestart()
  // Half unpacked or whole: what the draft says is what is there, and unpacking goes on.
  if (((await draftOf())?.zips.length ?? 0) > 0) must(await office.client.imports.unpack({ importId }))
  await until(async () => {
    const draft = await draftOf()
    return draft?.taskId === null && draft.zips.length === 0
  })
  expect((await draftOf())?.pdfs.count).toBe(FILES)

  const gathered = { importId, table: '一覧.csv' }
  const { mapping } = must(await office.client.imports.readTable(gathered))
  must(await office.client.imports.run({ ...gathered, mapping, options: { name: '殺されても' } }))
  for (const share of [0.2, 0.6]) {
    await until(async () => ((await rowOf())?.made ?? 0) >= share * FILES)
    const acknowledged = (await rowOf())?.made ?? 0
    await killAndRestart()
    const cut = await rowOf()
    expect(cut?.state).toBe('interrupted')
    expect(cut?.made).toBeGreaterThanOrEqual(acknowledged)
    must(await office.client.imports.resume({ importId }))
  }
  await until(async () => (await rowOf())?.state === 'done' && (await rowOf())?.taskId === null)
  expect(await rowOf()).toMatchObject({ made: FILES, duplicate: 0, refused: 0, unlisted: 0, lines: FILES })
  expect(must(await office.client.archive.search({})).total).toBe(FILES)
  await office.stop()

  const label = loginLabel('kiroku')
  const archive = await openArchive(
    { folder: join(folder, 'data'), clock: systemClock },
    { label, secret: { kind: 'password', password: PASSWORD } },
  )
  try {
    const check = await checkArchive(archive, { checkLog })
    expect(check.problems).toEqual([])
    expect(check.files).toBe(FILES)
    expect(archive.db.allSql('SELECT * FROM import_files')).toEqual([])
    const twice = archive.db.allSql(
      'SELECT sha256 FROM document_versions GROUP BY sha256 HAVING count(*) > 1',
    )
    expect(twice).toEqual([])
    // Files on their way into their rows when the program was killed: one turn of unpacking, and one at each other kill.
    expect(check.orphans.length).toBeLessThanOrEqual(ROWS_A_TURN + 3)
  } finally {
    archive.close()
  }
}, 600_000)
