import { beforeAll, describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import { flipByte, textOf } from '../../../../../support/mutate-pdf.ts'
import { type SampleMaker, sampleMaker } from '../../../../../support/verify/signed-samples.ts'

let maker: SampleMaker
let first: Uint8Array
let both: Uint8Array

beforeAll(async () => {
  maker = await sampleMaker()
  first = await maker.sign(maker.plain(), { by: 'witness' })
  both = await maker.sign(first)
})

async function verify(pdf: Uint8Array) {
  const report = await verifyPdf(memorySource(pdf), {
    anchors: maker.anchors,
    at: new Date(maker.clock.now()),
  })
  return {
    verdict: report.verdict,
    revisions: report.signatures.map(({ revision, integrity }) => `${revision} ${integrity}`),
  }
}

describe('L1 one changed byte in a signed range', () => {
  test('is 改変あり, and the revision is named: of a later one, the earlier signature still holds', async () => {
    const whole = await verify(both)
    const [one = '', two = ''] = whole.revisions
    expect(whole.revisions).toEqual([
      expect.stringMatching(/^\d+ intact$/),
      expect.stringMatching(/^\d+ intact$/),
    ])
    expect(one).not.toBe(two)
    const inFirst = await verify(flipByte(both, textOf(both).indexOf('/MediaBox') + 2, 1))
    expect(inFirst).toEqual({
      verdict: 'broken',
      revisions: [one, two].map((revision) => revision.replace('intact', 'broken')),
    })
    const laterAt = textOf(both).indexOf('/M (D:', first.length) + 8
    const inSecond = await verify(flipByte(both, laterAt, 1))
    expect(inSecond).toEqual({ verdict: 'broken', revisions: [one, two.replace('intact', 'broken')] })
  })

  test('is never taken for whole, wherever it is', async () => {
    const text = textOf(both)
    const gaps = [...text.matchAll(/\/Contents <[0-9a-f]+>/gi)].map(({ index, 0: gap }) => [
      index,
      index + gap.length,
    ])
    const step = Math.floor(both.length / 150)
    const taken: string[] = []
    for (let at = 0; at < both.length; at += step) {
      if (gaps.some(([from = 0, to = 0]) => at >= from && at < to)) continue
      const { verdict } = await verify(flipByte(both, at, 1))
      if (!['broken', 'unreadable', 'unsigned'].includes(verdict)) taken.push(`${at} ${verdict}`)
    }
    expect(taken).toEqual([])
  }, 60_000)
})
