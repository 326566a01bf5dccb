import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { reserveNewFile } from '../../../../../electron/app/cli/archive/new-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-file-'))
  path = join(folder, '証明.pdf')
})
afterEach(() => rmSync(folder, { recursive: true }))

const bytes = [Buffer.from('first'), Buffer.from('second')]

describe('a file that a command leaves', () => {
  test('is there whole under its name, and nothing beside it', async () => {
    await (await reserveNewFile(path)).fill(bytes)
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['証明.pdf'], 'firstsecond'])
  })

  test('is refused at once where one of that name is', async () => {
    writeFileSync(path, 'mine')
    await expect(reserveNewFile(path)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['証明.pdf'], 'mine'])
  })

  test('does not replace one that came while the work went on', async () => {
    const file = await reserveNewFile(path)
    writeFileSync(path, 'theirs')
    await expect(file.fill(bytes)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['証明.pdf'], 'theirs'])
  })

  test('leaves nothing when its content breaks off, or when it is given up', async () => {
    async function* broken() {
      yield Buffer.from('first')
      throw new Error('broken off')
    }
    await expect((await reserveNewFile(path)).fill(broken())).rejects.toThrow('broken off')
    await (await reserveNewFile(path)).abandon()
    expect(readdirSync(folder)).toEqual([])
  })

  test('in a folder that is not there is refused before the work', async () => {
    await expect(reserveNewFile(join(folder, 'none', 'a.pdf'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
