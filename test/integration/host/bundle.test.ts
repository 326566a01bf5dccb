import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { beforeAll, expect, test } from 'vitest'
import { ensureBuilt } from '../../../electron/build.ts'

const OUT = resolve(import.meta.dirname, '../../../dist/electron')

beforeAll(() => ensureBuilt(['electron']))

test('a second look finds nothing to build', async () => {
  expect(await ensureBuilt(['electron'])).toEqual([])
})

test('the bundled command line runs as the sources do', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(OUT, 'cli.js'), ...args], { encoding: 'utf8' })
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('使い方') })
  const verified = run('verify', '--json', join(OUT, 'cli.js'))
  expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'unreadable' })
})

test('takes its arguments from the environment where Electron starts it', () => {
  const { stdout, status } = spawnSync(process.execPath, [join(OUT, 'cli.js')], {
    encoding: 'utf8',
    env: { ...process.env, KEIYAKU_ARGUMENTS: JSON.stringify(['verify', '--help']) },
  })
  expect([status, stdout]).toEqual([0, expect.stringContaining('desk verify')])
})

test('the bundled worker answers tasks', async () => {
  const worker = new Worker(join(OUT, 'worker-entry.js'))
  try {
    const answer = await new Promise((resolveAnswer, reject) => {
      worker.once('message', resolveAnswer)
      worker.once('error', reject)
      const input = { bytes: new TextEncoder().encode('%PDF-1.4 broken') }
      worker.postMessage({ kind: 'run', id: 1, name: 'preflight', input })
    })
    expect(answer).toMatchObject({ kind: 'done', id: 1, value: { fileKind: 'pdf', canSend: false } })
  } finally {
    await worker.terminate()
  }
})

test('the preload is one CommonJS file that requires Electron only', async () => {
  const text = await readFile(join(OUT, 'preload.cjs'), 'utf8')
  expect(text.match(/require\([^)]*\)/g)).toEqual(['require("electron")'])
  expect(text).not.toMatch(/^\s*import /m)
})

test('the main bundle leaves Electron and native packages outside', async () => {
  const text = await readFile(join(OUT, 'main.js'), 'utf8')
  expect(text).toMatch(/from "electron"/)
  expect(text).not.toContain('sqlite3_open')
})
