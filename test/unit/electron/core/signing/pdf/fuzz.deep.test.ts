/** The same as fuzz.test.ts for as many cases as PDF_FUZZ_CASES says (default 40,000), real files included. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { makePdf, XREF_KINDS } from '../../../../../support/make-pdf.ts'
import { withSignature } from './judged.ts'
import { mutate, readEverything } from './mutations.ts'

const CASES = Number(process.env.PDF_FUZZ_CASES ?? 40_000)
const FOLDER = fileURLToPath(new URL('../../../../../../../shared/samples/', import.meta.url))

test('no mutation makes the engine throw anything but its own errors, or hang', async () => {
  const bases: Buffer[] = []
  for (const kind of XREF_KINDS) {
    const base = makePdf({ kind, pages: 3, form: 'indirect-fields', annotations: 'indirect' })
    bases.push(base, await withSignature(await withSignature(base, { certify: 2 })))
  }
  if (existsSync(FOLDER))
    for (const name of readdirSync(FOLDER).filter((one) => one.startsWith('ichitaro')))
      bases.push(readFileSync(join(FOLDER, name)))
  let slowestMs = 0
  for (let seed = 1_000_000; seed < 1_000_000 + CASES; seed += 1) {
    const started = performance.now()
    await readEverything(mutate(bases[seed % bases.length] ?? Buffer.alloc(0), seed)).catch(
      (error: unknown) => {
        throw new Error(`Seed ${seed}`, { cause: error })
      },
    )
    slowestMs = Math.max(slowestMs, performance.now() - started)
  }
  expect(slowestMs).toBeLessThan(10_000)
})
