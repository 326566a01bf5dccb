import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findElectron } from '../../../../../electron/host/launcher/find-electron.ts'
import { runElectron } from '../../../../../electron/host/launcher/run-electron.ts'

let folder: string
let told: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'electron-'))
  told = []
})
afterEach(() => rm(folder, { recursive: true }))

const find = (timeoutMs = 20_000) =>
  findElectron({ packageFolder: folder, timeoutMs, tell: (text) => told.push(text) })

test('takes the binary that is there without asking anybody', async () => {
  await mkdir(join(folder, 'dist'))
  await writeFile(join(folder, 'dist/electron'), '')
  await writeFile(join(folder, 'path.txt'), 'electron')
  expect([await find(), told]).toEqual([join(folder, 'dist/electron'), []])
})

test('lets the package download it, and says that it does', async () => {
  await writeFile(
    join(folder, 'install.js'),
    `const fs = require('node:fs'), path = require('node:path')
     fs.mkdirSync(path.join(__dirname, 'dist'))
     fs.writeFileSync(path.join(__dirname, 'dist/electron'), '')
     fs.writeFileSync(path.join(__dirname, 'path.txt'), 'electron')`,
  )
  expect(await find()).toBe(join(folder, 'dist/electron'))
  expect(told).toEqual([expect.stringContaining('取得しています')])
})

test('gives up when the download fails or hangs, and says so', async () => {
  await writeFile(join(folder, 'install.js'), 'process.exit(1)')
  expect(await find()).toBeUndefined()
  expect(told.at(-1)).toContain('ブラウザーで開きます')
  await writeFile(join(folder, 'install.js'), 'setInterval(() => undefined, 1000)')
  const started = performance.now()
  expect(await find(200)).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(5_000)
  expect(told.at(-1)).toContain('timeout')
})

test('a package without installer, or a half unpacked one, is no Electron', async () => {
  expect(await find()).toBeUndefined()
  await writeFile(join(folder, 'path.txt'), 'electron')
  expect(await find()).toBeUndefined()
})

test('tells a program that ends by itself from one that cannot run here', async () => {
  const electron = join(folder, 'electron')
  await writeFile(electron, '#!/bin/sh\nprintf "%s " "$@" > "$0.args"\nexit "$EXIT"\n', { mode: 0o755 })
  const run = (exit: string, binary = electron) =>
    runElectron(binary, 'program', { ...process.env, EXIT: exit })
  expect(await run('0')).toBe('ended')
  expect(await run('127')).toBe('cannot-run')
  expect(await run('0', join(folder, 'none'))).toBe('cannot-run')
  expect(await readFile(`${electron}.args`, 'utf8')).toBe('--js-flags=--max-semi-space-size=4 program ')
})
