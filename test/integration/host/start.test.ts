import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt } from '../../../electron/build.ts'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'

const START = resolve(import.meta.dirname, '../../../electron/start.ts')
const noBrowser = await whyNoBrowser()
let folder: string
let first: ChildProcess
let url: string

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [START, '--no-window', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolveAddress, reject) => {
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('http')) resolveAddress(line)
      })
    child.once('close', (code) => reject(new Error(`npm start ended with code ${code}`)))
  })
}

beforeAll(async () => {
  await ensureBuilt(['renderer', 'portal'])
  folder = await mkdtemp(join(tmpdir(), 'start-'))
  first = start('--data', join(folder, 'data'))
  url = await addressOf(first)
})
afterAll(async () => {
  first.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

test('prints an address on loopback that opens once', async () => {
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\/[\w-]{43}$/)
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(303)
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(401)
})

test('a second start on the same data gets a fresh address of the first and ends', async () => {
  const second = start('--data', join(folder, 'data'))
  const again = await addressOf(second)
  const [code] = await once(second, 'close')
  expect([code, new URL(again).origin, again === url]).toEqual([0, new URL(url).origin, false])
  expect((await fetch(again, { redirect: 'manual' })).status).toBe(303)
})

describe.skipIf(noBrowser !== undefined)('in a browser', () => {
  test('the first screen works under the strict policy, without a word in the console', async () => {
    const again = start('--data', join(folder, 'data'))
    const address = await addressOf(again)
    const browser = await launchBrowser()
    try {
      const page = await browser.newPage()
      const said: string[] = []
      page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
      page.on('pageerror', (error) => said.push(error.message))
      const foreign: string[] = []
      page.on('request', (request) => {
        if (!request.url().startsWith(new URL(url).origin) && !request.url().startsWith('data:'))
          foreign.push(request.url())
      })
      await page.goto(address)
      await page.getByLabel('町の名前').fill('扶桑町')
      expect(await page.getByRole('heading', { name: 'はじめての設定' }).isVisible()).toBe(true)
      expect([said, foreign]).toEqual([[], []])
      const written = await page.evaluate(() => {
        try {
          document.body.innerHTML = '<img src=x onerror=alert(1)>'
          return 'written'
        } catch (error) {
          return error instanceof Error ? error.name : 'unknown'
        }
      })
      expect(written).toBe('TypeError')
    } finally {
      await browser.close()
    }
  })
})

test.each<[string, string[]]>([
  ['an unknown option', ['--colour']],
  ['a port that is none', ['--port', 'x']],
  ['a network address without a certificate', ['--host', '0.0.0.0']],
])('%s is wrong usage', async (_name, args) => {
  const child = start('--data', join(folder, 'other'), ...args)
  const [code] = await once(child, 'close')
  expect(code).toBe(2)
})

test('ends on SIGTERM with 0, and its folder can be started again', async () => {
  first.kill('SIGTERM')
  const [code] = await once(first, 'close')
  expect(code).toBe(0)
  first = start('--data', join(folder, 'data'))
  expect(new URL(await addressOf(first)).hostname).toBe('127.0.0.1')
})
