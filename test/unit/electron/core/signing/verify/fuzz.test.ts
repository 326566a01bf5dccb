import { expect, it } from 'vitest'
import { runFuzz } from '../../../../../support/verify/run-fuzz.ts'

it('gives a verdict on 300 damaged files, and never a wrong valid', async () => {
  const result = await runFuzz(0, 300)
  expect(result.failures).toEqual([])
  // The cases must not all end at the first gate.
  expect(Object.keys(result.verdicts).sort()).toEqual(expect.arrayContaining(['broken', 'changed']))
})
