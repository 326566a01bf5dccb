import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkPool, type WorkPool } from '../../../electron/app/work/work-pool.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'

const sample = {
  fontPath: createRequire(import.meta.url).resolve(
    '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
  ),
  text: {
    title: '工事請負契約書',
    subject: '橋梁補修工事',
    rows: [['工事名', '橋梁補修工事']],
    intro: '発注者と受注者は、次のとおり契約を結ぶ。',
    articles: [['第1条', '受注者は、工事を完成する。']],
  },
  signatureBlocks: [['発注者 扶桑町', '扶桑町長 印']],
  dateText: '令和8年4月1日',
  objectStreams: true,
}

let pool: WorkPool
beforeAll(() => {
  pool = openWorkPool(silentLogger)
})
afterAll(() => pool.close())

test('makes a contract in a thread, then reads its Japanese text and finds a word in it', async () => {
  const made = await pool.runTask('make-sample-contract', sample)
  if (!made.ok) throw new Error(made.error.code)
  const text = await pool.runTask('extract-text', { bytes: made.value })
  expect(text).toMatchObject({ ok: true, value: { ok: true, value: { searchable: true } } })
  expect(JSON.stringify(text)).toContain('橋梁補修')
  const found = await pool.runTask('find-word-positions', { bytes: made.value, words: ['印'] })
  expect(found.ok && found.value.ok && found.value.value.length).toBeGreaterThan(0)
})

test('verifies and examines in a thread', async () => {
  const made = await pool.runTask('make-sample-contract', sample)
  if (!made.ok) throw new Error(made.error.code)
  const verified = await pool.runTask('verify-pdf', { bytes: made.value, anchors: [] })
  expect(verified).toMatchObject({ ok: true, value: { verdict: 'unsigned' } })
  const examined = await pool.runTask('preflight', { bytes: made.value })
  expect(examined).toMatchObject({ ok: true, value: { canSend: true } })
  await expect(pool.runTask('repair-pdf', { bytes: new Uint8Array([1, 2, 3]) })).rejects.toMatchObject({
    code: 'NOT_A_PDF',
  })
})

test('an unreadable file is a coded answer of the task', async () => {
  const text = await pool.runTask('extract-text', { bytes: new TextEncoder().encode('GIF89a') })
  expect(text).toMatchObject({ ok: true, value: { ok: false, error: { code: 'NOT_A_PDF' } } })
})
