import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FileId, openVault, type Vault } from '../../../../../electron/core/archive/vault.ts'
import { CHUNK_SIZE_BYTES, HEADER_SIZE_BYTES } from '../../../../../electron/core/archive/vault-format.ts'
import {
  appendedSource,
  type ByteSource,
  memorySource,
} from '../../../../../electron/core/kit/byte-source.ts'
import { temporaryFolder } from '../../../../support/archive/temporary-archive.ts'

const FIRST = { generation: 1, key: Buffer.alloc(32, 1) }
const SECOND = { generation: 2, key: Buffer.alloc(32, 2) }
let root: string
let vault: Vault
beforeEach(async () => {
  root = temporaryFolder()
  vault = await openVault(root, FIRST)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const sizes = [
  0,
  1,
  15,
  CHUNK_SIZE_BYTES - 1,
  CHUNK_SIZE_BYTES,
  CHUNK_SIZE_BYTES + 1,
  3 * CHUNK_SIZE_BYTES + 7,
]

test.each(sizes)('%d bytes come back the same, from memory and from a stream of odd pieces', async (size) => {
  const plain = randomBytes(size)
  async function* pieces() {
    for (let at = 0; at < size; at += 70_001) yield plain.subarray(at, at + 70_001)
  }
  for (const content of [plain, pieces(), memorySource(plain)]) {
    const stored = await vault.put(content)
    expect(stored).toMatchObject({
      sizeBytes: size,
      sha256: createHash('sha256').update(plain).digest('hex'),
    })
    expect(Buffer.from(vault.read(stored.fileId)).equals(plain)).toBe(true)
  }
})

test('reads any range without the rest', async () => {
  const plain = randomBytes(5 * CHUNK_SIZE_BYTES + 123)
  const { fileId } = await vault.put(plain)
  const file = vault.open(fileId)
  const ranges = [
    [0, 0],
    [0, 10],
    [CHUNK_SIZE_BYTES - 5, 10],
    [CHUNK_SIZE_BYTES * 2, CHUNK_SIZE_BYTES],
    [plain.length - 3, 3],
    [100, plain.length - 200],
  ] as const
  for (const [offset, length] of ranges)
    expect(Buffer.from(file.read(offset, length)).equals(plain.subarray(offset, offset + length))).toBe(true)
  expect(() => file.read(plain.length - 1, 2)).toThrow(RangeError)
  expect(() => file.read(-1, 1)).toThrow(RangeError)
  file.close()
})

test('a version that appends to an older one is stored without holding it in memory', async () => {
  const size = 40 * CHUNK_SIZE_BYTES
  let largest = 0
  const base: ByteSource = {
    sizeBytes: size,
    read: (offset, length) => {
      largest = Math.max(largest, length)
      return Buffer.alloc(length, offset & 0xff)
    },
  }
  const stored = await vault.put(appendedSource(base, size, Buffer.from('tail')))
  expect(stored.sizeBytes).toBe(size + 4)
  expect(largest).toBeLessThanOrEqual(CHUNK_SIZE_BYTES)
  const file = vault.open(stored.fileId)
  expect(Buffer.from(file.read(size, 4)).toString()).toBe('tail')
  file.close()
})

test('the same bytes twice look different on disk, and nothing of them is readable', async () => {
  const plain = Buffer.from('株式会社髙橋組'.repeat(500))
  const [left, right] = [await vault.put(plain), await vault.put(plain)]
  const raw = [left, right].map(({ fileId }) => readFileSync(vault.pathOf(fileId)))
  expect(
    raw[0]?.subarray(HEADER_SIZE_BYTES).equals(raw[1]?.subarray(HEADER_SIZE_BYTES) ?? Buffer.alloc(0)),
  ).toBe(false)
  expect(raw[0]?.includes(Buffer.from('髙橋'))).toBe(false)
})

describe('tampering', () => {
  const failure = (fileId: FileId): unknown => {
    try {
      return vault.read(fileId)
    } catch (error) {
      return error
    }
  }

  test('a flipped bit anywhere that counts is found and the file named', async () => {
    const { fileId } = await vault.put(randomBytes(CHUNK_SIZE_BYTES + 100))
    const path = vault.pathOf(fileId)
    const good = readFileSync(path)
    const places = [
      0,
      9,
      20,
      576,
      580,
      600,
      639,
      HEADER_SIZE_BYTES,
      HEADER_SIZE_BYTES + CHUNK_SIZE_BYTES,
      good.length - 1,
    ]
    for (const place of places) {
      const bad = Buffer.from(good)
      bad[place] = (bad[place] ?? 0) ^ 1
      writeFileSync(path, bad)
      expect(failure(fileId), `byte ${place}`).toMatchObject({ code: 'FILE_DAMAGED', data: { fileId } })
    }
    writeFileSync(path, good)
    expect(failure(fileId)).toBeInstanceOf(Uint8Array)
  })

  test('a file cut off, at a chunk border or elsewhere, or made longer, is found', async () => {
    const { fileId } = await vault.put(randomBytes(3 * CHUNK_SIZE_BYTES))
    const path = vault.pathOf(fileId)
    const good = readFileSync(path)
    const sealed = CHUNK_SIZE_BYTES + 16
    for (const length of [
      0,
      10,
      HEADER_SIZE_BYTES,
      HEADER_SIZE_BYTES + sealed,
      HEADER_SIZE_BYTES + 2 * sealed,
      good.length - 1,
    ]) {
      writeFileSync(path, good.subarray(0, length))
      expect(failure(fileId), `${length} bytes`).toMatchObject({ code: 'FILE_DAMAGED' })
    }
    writeFileSync(path, Buffer.concat([good, Buffer.alloc(16)]))
    expect(failure(fileId)).toMatchObject({ code: 'FILE_DAMAGED' })
  })

  test('chunks swapped, or a file under another name, are found', async () => {
    const { fileId } = await vault.put(randomBytes(3 * CHUNK_SIZE_BYTES))
    const other = await vault.put(randomBytes(3 * CHUNK_SIZE_BYTES))
    const path = vault.pathOf(fileId)
    const good = readFileSync(path)
    const sealed = CHUNK_SIZE_BYTES + 16
    const swapped = Buffer.concat([
      good.subarray(0, HEADER_SIZE_BYTES),
      good.subarray(HEADER_SIZE_BYTES + sealed, HEADER_SIZE_BYTES + 2 * sealed),
      good.subarray(HEADER_SIZE_BYTES, HEADER_SIZE_BYTES + sealed),
      good.subarray(HEADER_SIZE_BYTES + 2 * sealed),
    ])
    writeFileSync(path, swapped)
    expect(failure(fileId)).toMatchObject({ code: 'FILE_DAMAGED', data: { chunk: 0 } })
    writeFileSync(path, readFileSync(vault.pathOf(other.fileId)))
    expect(failure(fileId)).toMatchObject({ code: 'FILE_DAMAGED' })
  })
})

test('a stream that fails leaves no file behind', async () => {
  async function* broken() {
    yield randomBytes(CHUNK_SIZE_BYTES * 2)
    throw new Error('the cable was pulled')
  }
  await expect(vault.put(broken())).rejects.toThrow('cable')
  expect(await filesUnder(root)).toEqual([])
})

test('what a crash left half-written is removed at the next opening', async () => {
  const { fileId } = await vault.put(Buffer.from('good'))
  writeFileSync(join(vault.pathOf(fileId), '..', '.half.kdv.abc.tmp'), 'half')
  const again = await openVault(root, FIRST)
  expect(await filesUnder(root)).toEqual([`${fileId}.kdv`])
  expect(again.list()).toEqual([fileId])
})

test('a destroyed file is gone and asking for it is an answer, not a crash', async () => {
  const { fileId } = await vault.put(Buffer.from('secret'))
  await vault.destroy(fileId)
  await vault.destroy(fileId)
  expect(vault.has(fileId)).toBe(false)
  expect(() => vault.open(fileId)).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }))
})

describe('rotation', () => {
  test('rewraps the keys and leaves every content byte as it is', async () => {
    const plain = randomBytes(CHUNK_SIZE_BYTES * 2)
    const { fileId } = await vault.put(plain)
    const body = readFileSync(vault.pathOf(fileId)).subarray(HEADER_SIZE_BYTES)
    expect(await vault.addGeneration(SECOND)).toBe(1)
    const during = await vault.put(Buffer.from('stored during the rotation'))
    await vault.dropGeneration(SECOND)
    const after = await vault.put(Buffer.from('stored after'))
    const fresh = await openVault(root, SECOND)
    expect(Buffer.from(fresh.read(fileId)).equals(plain)).toBe(true)
    expect(Buffer.from(fresh.read(during.fileId)).toString()).toBe('stored during the rotation')
    expect(Buffer.from(fresh.read(after.fileId)).toString()).toBe('stored after')
    expect(readFileSync(vault.pathOf(fileId)).subarray(HEADER_SIZE_BYTES).equals(body)).toBe(true)
    const old = await openVault(root, FIRST)
    expect(() => old.read(fileId)).toThrow(expect.objectContaining({ code: 'FILE_DAMAGED' }))
  })

  test('cut off half way, every file is readable with either key and the rotation can be done again', async () => {
    const ids = [await vault.put(Buffer.from('a')), await vault.put(Buffer.from('b'))]
    await vault.addGeneration(SECOND)
    for (const wrapper of [FIRST, SECOND]) {
      const again = await openVault(root, wrapper)
      expect(ids.map(({ fileId }) => Buffer.from(again.read(fileId)).toString())).toEqual(['a', 'b'])
    }
    const resumed = await openVault(root, FIRST)
    await resumed.addGeneration(SECOND)
    await resumed.dropGeneration(SECOND)
    expect(ids.map(({ fileId }) => Buffer.from(resumed.read(fileId)).toString())).toEqual(['a', 'b'])
  })
})

test('a file of 0 bytes takes a header and one tag', async () => {
  const { fileId } = await vault.put(new Uint8Array())
  expect(statSync(vault.pathOf(fileId)).size).toBe(HEADER_SIZE_BYTES + 16)
})

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}
