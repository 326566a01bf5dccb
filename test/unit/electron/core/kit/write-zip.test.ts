import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Spool, writeZip, type ZipEntry } from '../../../../../electron/core/kit/write-zip.ts'
import type { EpochMs } from '../../../../../shared/model/brand.ts'
import { readZip } from '../../../../support/read-zip.ts'

const modifiedAt = Date.parse('2026-04-01T15:04:06+09:00') as EpochMs

function memorySpool(): Spool {
  const pieces: Uint8Array[] = []
  return {
    write: async (bytes) => {
      pieces.push(bytes)
    },
    read: async function* () {
      yield* pieces
    },
  }
}

async function zipOf(entries: Iterable<ZipEntry>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of writeZip(entries, memorySpool())) pieces.push(piece)
  return Buffer.concat(pieces)
}

const entry = (name: string, ...content: Uint8Array[]): ZipEntry => ({ name, modifiedAt, content })

describe('a ZIP', () => {
  test('holds small and long, empty and torn contents under names of any script', async () => {
    const long = Buffer.alloc(3_000_000, 'contract ')
    const zip = readZip(
      await zipOf([
        entry('契約/𠮷野家﨑.txt', Buffer.from('あ')),
        entry('空.txt'),
        entry('long.bin', long.subarray(0, 7), long.subarray(7, 2_000_000), long.subarray(2_000_000)),
        { ...entry('huge.bin', long), isHuge: true, level: 1 },
      ]),
    )
    expect([...zip.keys()]).toEqual(['契約/𠮷野家﨑.txt', '空.txt', 'long.bin', 'huge.bin'])
    expect(zip.get('契約/𠮷野家﨑.txt')?.toString()).toBe('あ')
    expect(zip.get('空.txt')).toHaveLength(0)
    for (const name of ['long.bin', 'huge.bin']) expect(zip.get(name)?.equals(long)).toBe(true)
  })

  test('says digest, size and time of every entry where readers look for them', async () => {
    const content = Buffer.from('契約書の内容'.repeat(100))
    const zip = await zipOf([entry('a.txt', content)])
    const at = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'))
    expect(zip.readUInt32LE(at + 16)).toBe(crc32(content))
    expect(zip.readUInt32LE(at + 24)).toBe(content.length)
    const [time, date] = [zip.readUInt16LE(at + 12), zip.readUInt16LE(at + 14)]
    expect([date >> 9, (date >> 5) & 15, date & 31]).toEqual([46, 4, 1])
    expect([time >> 11, (time >> 5) & 63, (time & 31) * 2]).toEqual([15, 4, 6])
    // Bit 11: the names are UTF-8.
    expect(zip.readUInt16LE(at + 8) & 0x0800).toBe(0x0800)
  })

  test('with more entries than 16 bits can count says so in its ZIP64 records', async () => {
    const count = 70_000
    const zip = await zipOf(
      (function* () {
        for (let index = 0; index < count; index += 1) yield entry(`${index}`, Buffer.from(`${index}`))
      })(),
    )
    const read = readZip(zip)
    expect(read.size).toBe(count)
    expect(read.get('69999')?.toString()).toBe('69999')
  }, 60_000)

  test('ends with the error of a content that cannot be read, and closes what it has open', async () => {
    let isClosed = false
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.alloc(300_000)
        throw new Error('damaged')
      } finally {
        isClosed = true
      }
    }
    await expect(zipOf([{ name: 'a', modifiedAt, content: failing() }])).rejects.toThrow('damaged')
    expect(isClosed).toBe(true)
  })

  test('closes its contents when its reader goes away', async () => {
    let isClosed = false
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(100_000)
      } finally {
        isClosed = true
      }
    }
    for await (const _piece of writeZip([{ name: 'a', modifiedAt, content: endless() }], memorySpool())) break
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isClosed).toBe(true)
  })
})
