import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { verifyPdf } from '../../../electron/core/signing/verify/verify-pdf.ts'
import { contractForm } from './contract-form.ts'
import { fuzzCase } from './fuzz-cases.ts'
import { sampleMaker } from './signed-samples.ts'

export type FuzzFailure = {
  readonly seed: number
  readonly kind: string
  readonly verdict: string
  readonly why: string
}

export type FuzzResult = {
  readonly cases: number
  readonly failures: readonly FuzzFailure[]
  readonly slowestMs: number
  readonly verdicts: Readonly<Record<string, number>>
}

/** Runs the cases of the seeds [from, from + count) against the same signed contract form. */
export async function runFuzz(from: number, count: number): Promise<FuzzResult> {
  const maker = await sampleMaker()
  const signed = [
    await maker.sign(contractForm()),
    await maker.sign(contractForm(), { options: { certify: 2 } }),
  ]
  const failures: FuzzFailure[] = []
  const verdicts: Record<string, number> = {}
  let slowestMs = 0
  for (let seed = from; seed < from + count; seed += 1) {
    const one = fuzzCase(signed[seed % signed.length] ?? new Uint8Array(), seed)
    const started = performance.now()
    const outcome = await verifyPdf(memorySource(one.pdf), {
      anchors: maker.anchors,
      at: new Date(maker.clock.now()),
    }).catch((error: unknown) => String(error))
    slowestMs = Math.max(slowestMs, performance.now() - started)
    const verdict = typeof outcome === 'string' ? 'rejected' : outcome.verdict
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
    const fail = (why: string) => failures.push({ seed, kind: one.kind, verdict, why })
    if (typeof outcome === 'string') fail(outcome)
    else if (outcome.problems.some((problem) => problem.code === 'INTERNAL_ERROR')) fail('internal error')
    else if (!one.mayBeValid && verdict.startsWith('valid')) fail('called valid')
    // A signed file whose signature is gone must not pass for one that never had any.
    else if (verdict === 'unsigned' && Buffer.from(one.pdf).includes('/ByteRange')) fail('signature vanished')
  }
  return { cases: count, failures, slowestMs, verdicts }
}
