import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { writeZip, type ZipEntry } from '../../../../../electron/core/kit/write-zip.ts'
import type { EpochMs } from '../../../../../shared/model/brand.ts'

const modifiedAt = Date.parse('2026-04-01T15:04:06+09:00') as EpochMs
const hasUnzip = spawnSync('unzip', ['-v'], { stdio: 'ignore' }).error === undefined

test.skipIf(!hasUnzip)(
  'an entry over 4 GB, and entries behind it, are read by an outside judge',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'desk-zip-'))
    try {
      const piece = Buffer.alloc(1 << 20, 7)
      const entries: ZipEntry[] = [
        {
          name: '大きい.bin',
          modifiedAt,
          isHuge: true,
          level: 1,
          content: (function* () {
            for (let index = 0; index < 4_500; index += 1) yield piece
          })(),
        },
        { name: '後ろ.txt', modifiedAt, content: [Buffer.from('after')] },
      ]
      const records: Uint8Array[] = []
      const directory = {
        write: async (bytes: Uint8Array) => {
          records.push(bytes)
        },
        read: async function* () {
          yield* records
        },
      }
      const path = join(folder, 'large.zip')
      await pipeline(Readable.from(writeZip(entries, directory)), createWriteStream(path))
      const judged = spawnSync('unzip', ['-t', path], { encoding: 'utf8' })
      expect(judged.status).toBe(0)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  300_000,
)
