/** After a crash with a changed byte in the write-ahead log: the office opens, and its 操作ログ says that commits were lost. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestOffice, type TestOffice } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { caseFields } from '../../support/test-case.ts'

let office: TestOffice
beforeEach(async () => {
  office = await openTestOffice({ mail: 'built-in' })
})
afterEach(() => office.close())

test.each([
  ['changed', 1],
  ['whole', 0],
])('a log left %s is told of %d times', async (_name, times) => {
  const folder = join(office.dataDir, 'archive')
  const connection = office.running().office.archive.connection()
  connection.checkpoint()
  connection.raw.pragma('wal_autocheckpoint = 0')
  for (const title of ['橋梁補修', '道路改良', '側溝改良'])
    must(await office.clerk.client.cases.create({ fields: caseFields({ title }) }))
  // As a crash at this moment would leave it.
  const kept = ['archive.db', 'archive.db-wal']
  for (const name of kept) cpSync(join(folder, name), join(office.dataDir, name))
  await office.app().close()
  for (const name of kept) cpSync(join(office.dataDir, name), join(folder, name))
  const log = readFileSync(join(folder, 'archive.db-wal'))
  log[100] = (log[100] ?? 0) ^ times
  writeFileSync(join(folder, 'archive.db-wal'), log)
  await office.restart()
  const told = must(await office.clerk.client.audit.list({ action: 'archive.commits-lost' })).rows
  expect(told).toHaveLength(times)
  const { notices } = must(await office.clerk.client.cases.overview({}))
  expect(notices.filter(({ code }) => code === 'COMMITS_LOST').map(({ data }) => data)).toEqual(
    times === 0 ? [] : [{ names: 'archive.db-wal-damaged-1' }],
  )
  const titles = must(await office.clerk.client.archive.search({ text: '' })).rows.map(({ title }) => title)
  expect(titles).toHaveLength(times === 0 ? 3 : 0)
})
