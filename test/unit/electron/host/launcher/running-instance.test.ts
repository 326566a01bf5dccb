import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimInstance, type Instance } from '../../../../../electron/host/launcher/running-instance.ts'

let folder: string
const claimed: Instance[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instance-'))
})
afterEach(async () => {
  for (const instance of claimed.splice(0)) if (instance.kind === 'first') await instance.release()
  await rm(folder, { recursive: true })
})

let issued = 0
async function nextUrl(): Promise<string> {
  issued += 1
  return `http://127.0.0.1:1/open/${issued}`
}

async function claim(dataDir = folder): Promise<Instance> {
  const instance = await claimInstance(dataDir, nextUrl)
  claimed.push(instance)
  return instance
}

test('a second start on the same folder gets a fresh address from the first, each time another', async () => {
  expect((await claim()).kind).toBe('first')
  const [second, third] = [await claim(), await claim()]
  expect([second.kind, third.kind]).toEqual(['running', 'running'])
  expect(second.kind === 'running' && third.kind === 'running' && second.url !== third.url).toBe(true)
})

test('a second start waits while the first is still starting', async () => {
  const ready = Promise.withResolvers<string>()
  claimed.push(await claimInstance(folder, () => ready.promise))
  const second = claim()
  setTimeout(() => ready.resolve('http://127.0.0.1:1/open/late'), 200)
  expect(await second).toEqual({ kind: 'running', url: 'http://127.0.0.1:1/open/late' })
})

test('another folder is another program, and a folder is free again after the end', async () => {
  const first = await claim()
  expect((await claim(join(folder, 'other'))).kind).toBe('first')
  if (first.kind === 'first') await first.release()
  expect((await claim()).kind).toBe('first')
})

test.skipIf(process.platform === 'win32')(
  'only the owner reaches the socket, and a dead one is replaced',
  async () => {
    const path = join(folder, 'desk.sock')
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    expect((await stat(path)).isSocket()).toBe(true)
    expect((await claim()).kind).toBe('first')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  },
)

test('a folder with a very long name works without the second-start service', async () => {
  const long = join(folder, 'x'.repeat(120))
  expect((await claim(long)).kind).toBe('first')
  expect((await claim(long)).kind).toBe('first')
})
