import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { createBudget } from '../../../../../../electron/core/signing/verify/budget.ts'
import { isSafeXmp } from '../../../../../../electron/core/signing/verify/diff/xmp.ts'
import { digestRanges } from '../../../../../../electron/core/signing/verify/format/range-digest.ts'
import { createRawScan } from '../../../../../../electron/core/signing/verify/format/raw-scan.ts'
import { parsePdfDate } from '../../../../../../electron/core/signing/verify/pdf-date.ts'
import { reason } from '../../../../../../electron/core/signing/verify/reason-codes.ts'
import { REASON_TEXTS } from '../../../../../../electron/core/signing/verify/reason-texts.ts'
import { signedRevision } from '../../../../../../electron/core/signing/verify/signed-revision.ts'
import { signatureVerdict, worstVerdict } from '../../../../../../electron/core/signing/verify/verdict.ts'
import { randomFrom } from '../../../../../support/mutate-pdf.ts'

const budget = () => createBudget(10_000)

describe('digestRanges', () => {
  it('gives the digest of every pair of ranges in one pass, wherever the gaps lie', async () => {
    const random = randomFrom(7)
    const bytes = Uint8Array.from({ length: 1_700_000 }, () => Math.floor(random() * 256))
    const chunk = 512 * 1024
    const edges = [
      0,
      1,
      17,
      chunk - 1,
      chunk,
      chunk + 1,
      2 * chunk,
      3 * chunk,
      bytes.length - 5,
      bytes.length,
    ]
    const requests = Array.from({ length: 60 }, (_, index) => {
      const [gapStart = 0, gapEnd = 0, end = 0] = [0, 1, 2]
        .map(() => edges[Math.floor(random() * edges.length)] ?? 0)
        .sort((left, right) => left - right)
      const hash = index % 3 === 0 ? ('SHA-512' as const) : ('SHA-256' as const)
      return { id: String(index), hash, gapStart, gapEnd, end }
    })
    const digests = await digestRanges(memorySource(bytes), requests, budget())
    for (const { id, hash, gapStart, gapEnd, end } of requests) {
      const expected = createHash(hash === 'SHA-512' ? 'sha512' : 'sha256')
        .update(bytes.subarray(0, gapStart))
        .update(bytes.subarray(gapEnd, end))
        .digest('hex')
      expect({ id, digest: Buffer.from(digests.get(id) ?? []).toString('hex') }).toEqual({
        id,
        digest: expected,
      })
    }
  })

  it('leaves out ranges that do not lie in the file', async () => {
    const request = { id: 'x', hash: 'SHA-256' as const, gapStart: 5, gapEnd: 6, end: 101 }
    expect((await digestRanges(memorySource(new Uint8Array(100)), [request], budget())).size).toBe(0)
  })
})

describe('the raw scan', () => {
  it('finds every /ByteRange, also over the edge of two chunks', async () => {
    const bytes = Buffer.alloc(1_200_000, 0x20)
    const places = [0, 512 * 1024 - 5, 512 * 1024 * 2 - 1, 1_199_990]
    for (const place of places) bytes.write('/ByteRange', place)
    const scan = createRawScan()
    await digestRanges(memorySource(bytes), [], budget(), scan.visit)
    expect(scan.hits.toSorted((left, right) => left - right)).toEqual(places)
  })
})

describe('isSafeXmp', () => {
  it.each([
    ['<?xpacket begin=""?><a b="c"><d/>text &amp; more</a><?xpacket end="w"?>   ', true],
    ["<a:b xmlns:a='x'><!-- note --><a:c/></a:b>", true],
    ['<!DOCTYPE a><a/>', false],
    ['<a>&evil;</a>', false],
    ['<a><b></a></b>', false],
    ['<a>', false],
    ['<a/>trailing', false],
    ['text', false],
    ['<a><![CDATA[x]]></a>', false],
    ['', false],
  ])('judges %j as %s', (text, expected) => {
    expect(isSafeXmp(text)).toBe(expected)
  })
})

describe('parsePdfDate', () => {
  it.each([
    ["D:20261122120000+09'00'", '2026-11-22T03:00:00.000Z'],
    ['D:20261122120000Z', '2026-11-22T12:00:00.000Z'],
    ["D:20261122120000-05'30", '2026-11-22T17:30:00.000Z'],
    ['D:2026', '2026-01-01T00:00:00.000Z'],
    ['20261122', '2026-11-22T00:00:00.000Z'],
    ['yesterday', null],
    [undefined, null],
  ])('reads %s as %s', (text, expected) => {
    expect(parsePdfDate(text)).toBe(expected)
  })
})

describe('signedRevision', () => {
  const bytes = Buffer.from('0123456789')

  it('is exactly the signed bytes', () => {
    const revision = signedRevision(memorySource(bytes), { signedSizeBytes: 4 })
    expect(Buffer.from(revision.read(0, revision.sizeBytes)).toString()).toBe('0123')
    expect(() => revision.read(0, 5)).toThrow(RangeError)
  })

  it.each([0, -1, 11, 1.5])('refuses a report about another file (%s)', (signedSizeBytes) => {
    expect(() => signedRevision(memorySource(bytes), { signedSizeBytes })).toThrow(RangeError)
  })
})

describe('folding', () => {
  const good = {
    integrity: 'intact',
    coverage: 'whole-file',
    trust: 'trusted',
    changesAfter: { level: 'none', permitted: true },
    isVerifiable: true,
  } as const

  it('puts bytes before changes and changes before trust', () => {
    const forbidden = { level: 'other', permitted: false } as const
    expect(signatureVerdict(good)).toBe('valid')
    expect(signatureVerdict({ ...good, changesAfter: { ...good.changesAfter, level: 'lta' } })).toBe('valid')
    expect(signatureVerdict({ ...good, changesAfter: { ...good.changesAfter, level: 'form' } })).toBe(
      'valid-with-permitted-changes',
    )
    expect(signatureVerdict({ ...good, trust: 'expired' })).toBe('unknown-signer')
    expect(signatureVerdict({ ...good, trust: 'unknown', changesAfter: forbidden })).toBe('changed')
    expect(signatureVerdict({ ...good, integrity: 'broken', changesAfter: forbidden })).toBe('broken')
    expect(signatureVerdict({ ...good, coverage: 'bad' })).toBe('broken')
    expect(signatureVerdict({ ...good, isVerifiable: false })).toBe('unreadable')
  })

  it('gives a file its worst signature', () => {
    expect(worstVerdict([])).toBe('unsigned')
    expect(worstVerdict(['valid', 'unknown-signer', 'valid-with-permitted-changes'])).toBe('unknown-signer')
    expect(worstVerdict(['changed', 'broken', 'valid'])).toBe('broken')
  })
})

describe('reasons', () => {
  it('are plain Japanese sentences, one for each code', () => {
    for (const [code, text] of Object.entries(REASON_TEXTS)) {
      expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/)
      expect(text).toMatch(/^[^\n]{8,}。$/u)
    }
    expect(new Set(Object.values(REASON_TEXTS)).size).toBe(Object.keys(REASON_TEXTS).length)
  })

  it('do not let texts of a file disturb what is shown', () => {
    const text = reason('FIELD_FILLED', `a\u202eb\n${'x'.repeat(500)}`).text
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(text.length).toBeLessThan(260)
  })
})
