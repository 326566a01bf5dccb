import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { programPaths } from '../../../electron/app/program-paths.ts'
import { portalLauncher } from '../../../electron/app/work/launch-portal.ts'
import { nodePrograms } from '../../../electron/app/work/node-program.ts'
import { ensureBuilt } from '../../../electron/build.ts'
import { desk } from '../../support/command-line.ts'

const startProgram = nodePrograms(programPaths.commandLine)
const launch = portalLauncher(startProgram)
let folder: string

beforeAll(() => ensureBuilt(['portal']))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portal-'))
})
afterEach(() => rm(folder, { recursive: true }))

const isAlive = async (url: string) => {
  try {
    return (await fetch(`${url}/healthz`)).ok
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

test('starts the portal as a process of its own, which knows the digest of the token only, and stops it', async () => {
  const portal = await launch({ dataDir: folder, port: 0, officeToken: 'secret-token-of-the-office' })
  expect(await isAlive(portal.url)).toBe(true)
  const ask = (token: string) =>
    fetch(`${portal.url}/office/events?after=0&waitMs=0`, { headers: { authorization: `Bearer ${token}` } })
  expect((await ask('secret-token-of-the-office')).status).not.toBe(401)
  expect((await ask('another')).status).toBe(401)
  await expect(readFile(join(folder, 'office-token'))).rejects.toMatchObject({ code: 'ENOENT' })
  await portal.stop()
  await portal.ended
  expect(await isAlive(portal.url)).toBe(false)
})

test('says that it cannot start when another portal holds the folder', async () => {
  const first = await launch({ dataDir: folder, port: 0, officeToken: 't' })
  await expect(launch({ dataDir: folder, port: 0, officeToken: 't' })).rejects.toThrow('code 1')
  await first.stop()
})

test('a child ends when its parent is killed', async () => {
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `import(${JSON.stringify(new URL('../../../electron/app/work/node-program.ts', import.meta.url).href)}).then(({ nodePrograms }) => {
        const program = nodePrograms(${JSON.stringify(programPaths.commandLine)})(['portal', '--data', ${JSON.stringify(folder)}, '--port', '0', '--json'])
        program.onLine((line) => console.log(line))
      })`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = await once(parent.stdout.setEncoding('utf8'), 'data')
  const { url } = JSON.parse(String(line))
  expect(await isAlive(url)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(url), { timeout: 5_000 }).toBe(false)
})

test('run alone it makes a token file that only its owner can read, serves the pages, and ends on SIGTERM with 0', async () => {
  const child = spawn(process.execPath, [programPaths.commandLine, 'portal', '--data', folder, '--port', '0'])
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0] ?? ''
  expect(String(line)).toContain('ポータルを開始しました')
  expect((await stat(join(folder, 'office-token'))).mode & 0o777).toBe(0o600)
  const token = (await readFile(join(folder, 'office-token'), 'utf8')).trim()
  const events = await fetch(`${url}/office/events?after=0&waitMs=0`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(events.status).not.toBe(401)
  expect(await (await fetch(`${url}/s/abc`)).text()).toContain('<div id="root">')
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
})

test('a port that is taken is a refusal', async () => {
  const first = await launch({ dataDir: folder, port: 0, officeToken: 't' })
  const outcome = await desk('portal', '--data', join(folder, 'b'), '--port', new URL(first.url).port)
  expect([outcome.code, outcome.messages]).toEqual([1, expect.stringContaining('ポータルを起動できません')])
  await first.stop()
})

test('a program that is not there has ended with an error, and stopping it is harmless', async () => {
  const stubborn = nodePrograms(join(folder, 'none.ts'))(['x'])
  expect(await stubborn.exited).toBe(1)
  await stubborn.stop()
})
