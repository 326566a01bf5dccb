import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileSource } from '../../../../../../electron/core/kit/byte-source.ts'
import { prepareSignature } from '../../../../../../electron/core/signing/pdf/prepare-signature.ts'
import { fillSignature } from '../../../../../../electron/core/signing/pdf/prepared-signature.ts'
import { copyBase, writeUpdatedFile } from '../../../../../../electron/core/signing/pdf/write-update.ts'
import { makePdf } from '../../../../../support/make-pdf.ts'
import { SIGNED_AT } from './judged.ts'

let folder = ''
const path = (name: string): string => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pdf-write-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function preparedOnDisk() {
  const base = makePdf()
  writeFileSync(path('in.pdf'), base)
  const source = fileSource(path('in.pdf'))
  const prepared = await prepareSignature(source, { signedAt: SIGNED_AT })
  source.close()
  return { base, prepared, appended: fillSignature(prepared, Buffer.from('3000', 'hex')) }
}

describe('writing an update', () => {
  test('gives base and appended bytes, and leaves no temporary file', async () => {
    const { base, prepared, appended } = await preparedOnDisk()
    await writeUpdatedFile(path('in.pdf'), appended, path('out.pdf'), prepared)
    expect(readFileSync(path('out.pdf')).equals(Buffer.concat([base, appended]))).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['in.pdf', 'out.pdf'])
  })

  test.each([
    [
      'one byte changed',
      (base: Buffer) =>
        Buffer.concat(
          [base.subarray(0, 100), Buffer.from([base[100] ?? 0 ^ 1]), base.subarray(101)].map((part, index) =>
            index === 1 ? Buffer.from([(base[100] ?? 0) ^ 1]) : part,
          ),
        ),
    ],
    ['one byte more', (base: Buffer) => Buffer.concat([base, Buffer.from('\n')])],
    ['one byte less', (base: Buffer) => base.subarray(0, base.length - 1)],
  ])('is refused when the base has %s, and nothing is left behind', async (_name, change) => {
    const { base, prepared, appended } = await preparedOnDisk()
    writeFileSync(path('in.pdf'), change(base))
    await expect(writeUpdatedFile(path('in.pdf'), appended, path('out.pdf'), prepared)).rejects.toMatchObject(
      {
        code: 'PREFIX_CHANGED',
      },
    )
    expect(readdirSync(folder)).toEqual(['in.pdf'])
  })

  test('replaces an older output only when it is complete', async () => {
    const { prepared, appended } = await preparedOnDisk()
    writeFileSync(path('out.pdf'), 'old')
    await expect(
      writeUpdatedFile(path('in.pdf'), appended, path('out.pdf'), {
        ...prepared,
        baseDigest: Buffer.alloc(32),
      }),
    ).rejects.toMatchObject({ code: 'PREFIX_CHANGED' })
    expect(readFileSync(path('out.pdf'), 'utf8')).toBe('old')
    await writeUpdatedFile(path('in.pdf'), appended, path('out.pdf'), prepared)
    expect(readFileSync(path('out.pdf')).length).toBeGreaterThan(1000)
  })
})

describe('copying and digesting in one pass', () => {
  test('gives the digest of the base and the finished file', async () => {
    const base = makePdf({ more: new Map([[50, { dictionary: '', data: Buffer.alloc(3_000_000, 7) }]]) })
    writeFileSync(path('in.pdf'), base)
    const source = fileSource(path('in.pdf'))
    const copy = await copyBase(source, path('out.pdf'), 'SHA-256')
    expect(copy.digest.state.copy().digest()).toEqual(createHash('sha256').update(base).digest())
    const prepared = await prepareSignature(source, { signedAt: SIGNED_AT, baseDigest: copy.digest })
    expect(readdirSync(folder).filter((name) => name === 'out.pdf')).toEqual([])
    await copy.finish(fillSignature(prepared, Buffer.from('3000', 'hex')))
    source.close()
    expect(readFileSync(path('out.pdf')).subarray(0, base.length).equals(base)).toBe(true)
  })

  test('leaves nothing when it is abandoned', async () => {
    writeFileSync(path('in.pdf'), makePdf())
    const source = fileSource(path('in.pdf'))
    const copy = await copyBase(source, path('out.pdf'), 'SHA-256')
    await copy.abandon()
    source.close()
    expect(readdirSync(folder)).toEqual(['in.pdf'])
  })
})
