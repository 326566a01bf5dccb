import { expect, test } from 'vitest'
import { makePdf, XREF_KINDS } from '../../../../../support/make-pdf.ts'
import { withSignature } from './judged.ts'
import { mutate, readEverything } from './mutations.ts'

const CASES_PER_KIND = 150
/** Much more than any case takes; a hang would be minutes. */
const SLOWEST_MS = 3000

test.each(XREF_KINDS)('mutated files of kind %s give values or coded errors, quickly', async (kind) => {
  const base = makePdf({ kind, pages: 2, form: 'indirect', annotations: 'indirect' })
  const signed = await withSignature(base)
  let slowestMs = 0
  for (let seed = 0; seed < CASES_PER_KIND; seed += 1) {
    const started = performance.now()
    await readEverything(mutate(seed % 2 === 0 ? base : signed, seed)).catch((error: unknown) => {
      throw new Error(`Seed ${seed} of kind ${kind}`, { cause: error })
    })
    slowestMs = Math.max(slowestMs, performance.now() - started)
  }
  expect(slowestMs).toBeLessThan(SLOWEST_MS)
})
