import { expect, it } from 'vitest'
import { runFuzz } from '../../support/verify/run-fuzz.ts'

it('gives a verdict on 24,000 damaged files, and never a wrong valid', { timeout: 40 * 60_000 }, async () => {
  const result = await runFuzz(1_000, 24_000)
  console.log(JSON.stringify({ slowestMs: Math.round(result.slowestMs), verdicts: result.verdicts }))
  expect(result.failures).toEqual([])
  expect(result.slowestMs).toBeLessThan(10_000)
})
