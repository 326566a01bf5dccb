/** Files made to exhaust a verifier: each must end with a verdict in time and memory, and let the event loop breathe. */
import { deflateSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { verifyPdf } from '../../../electron/core/signing/verify/verify-pdf.ts'
import {
  buildPdf,
  lastStartxref,
  latin1,
  objectText,
  stream,
  textOf,
  updatePdf,
} from '../../support/mutate-pdf.ts'
import { contractForm, FORM } from '../../support/verify/contract-form.ts'
import { type SampleMaker, sampleMaker } from '../../support/verify/signed-samples.ts'

let maker: SampleMaker
let signed: Uint8Array

beforeAll(async () => {
  maker = await sampleMaker()
  signed = await maker.sign(contractForm())
})

/** A cross-reference stream that unpacks to `rows` × `repeat` entries. */
function xrefBomb(rows: number, repeat: number): Uint8Array {
  const base = textOf(signed)
  const data = deflateSync(Buffer.alloc(rows * repeat, 1)).toString('latin1')
  const index = Array.from({ length: repeat }, () => `0 ${rows}`).join(' ')
  const entries = `/Type /XRef /Size ${rows} /W [0 1 0] /Index [${index}] /Root 1 0 R /Prev ${lastStartxref(base)} /Filter /FlateDecode`
  return latin1(`${base}90 0 obj\n${stream(data, entries)}\nendobj\nstartxref\n${signed.length}\n%%EOF\n`)
}

function manyRevisions(count: number): Uint8Array {
  const parts = [textOf(signed)]
  let size = signed.length
  let previous = lastStartxref(parts[0] ?? '')
  for (let index = 0; index < count; index += 1) {
    const body = `15 0 obj\n<< /Title (Contract) /Producer (x${index}) >>\nendobj\n`
    const xrefAt = size + body.length
    const offset = String(size).padStart(10, '0')
    const text = `${body}xref\n15 1\n${offset} 00000 n \ntrailer << /Size 25 /Root 1 0 R /Info 15 0 R /Prev ${previous} >>\nstartxref\n${xrefAt}\n%%EOF\n`
    parts.push(text)
    size += text.length
    previous = xrefAt
  }
  return latin1(parts.join(''))
}

function manySignatures(count: number): Uint8Array {
  const objects: Record<number, string> = {}
  const fields: string[] = []
  for (let index = 0; index < count; index += 1) {
    const number = 100 + index
    fields.push(`${number} 0 R`)
    objects[number] = `<< /FT /Sig /T (f${index}) /V ${number + count} 0 R >>`
    objects[number + count] =
      `<< /Type /Sig /Filter /A /SubFilter /adbe.pkcs7.detached /ByteRange [0 1000 2000 800000] /Contents <${'30'.repeat(50)}> >>`
  }
  return updatePdf(contractForm(), { ...objects, [FORM.acroForm]: `<< /Fields [${fields.join(' ')}] >>` })
}

async function manyObjects(count: number): Promise<Uint8Array> {
  const contract = contractForm()
  const objects: Record<number, string> = {}
  for (const number of Object.values(FORM))
    if (number !== FORM.spare) objects[number] = objectText(contract, number)
  const list: string[] = []
  for (let number = 100; number < 100 + count; number += 1) {
    objects[number] = '<< /A 1 >>'
    list.push(`${number} 0 R`)
  }
  objects[99] = `[${list.join(' ')}]`
  objects[FORM.catalog] = objectText(contract, FORM.catalog).replace('/Spare 40 0 R', '/Spare 99 0 R')
  return maker.sign(await maker.sign(buildPdf(objects, { Root: '1 0 R', Info: '15 0 R' })), { by: 'witness' })
}

const CASES: readonly (readonly [string, () => Uint8Array | Promise<Uint8Array>, readonly string[]])[] = [
  [
    'eight million cross-reference entries, thirty times',
    () => xrefBomb(8_000_000, 30),
    ['changed', 'unreadable'],
  ],
  ['3,000 revisions', () => manyRevisions(3000), ['valid', 'unreadable']],
  [
    'five million open brackets',
    () => updatePdf(signed, { [FORM.info]: '['.repeat(5_000_000) }),
    ['changed'],
  ],
  [
    'a title of 60 MB',
    () => updatePdf(signed, { [FORM.info]: `<< /Title (${'a'.repeat(60_000_000)}) >>` }),
    ['changed', 'unreadable', 'valid-with-permitted-changes'],
  ],
  ['4,000 signatures', () => manySignatures(4000), ['broken', 'unreadable']],
  [
    'metadata that unpacks to 1 GB',
    () =>
      updatePdf(signed, {
        [FORM.metadata]: stream(
          deflateSync(Buffer.alloc(1_000_000_000, 32)).toString('latin1'),
          '/Filter /FlateDecode',
        ),
      }),
    ['changed'],
  ],
  ['a million /ByteRange', () => latin1(`%PDF-1.7\n${'/ByteRange [0 1 2 3]'.repeat(1_000_000)}`), ['broken']],
  ['100 MB of zeros', () => new Uint8Array(100_000_000), ['unreadable']],
  [
    '200,000 objects under two signatures',
    () => manyObjects(200_000),
    ['valid-with-permitted-changes', 'unreadable'],
  ],
  ['no bytes', () => new Uint8Array(0), ['unreadable']],
]

describe('verifyPdf at its limits', () => {
  it.each(CASES)('ends within 10 s and 500 MB: %s', async (_name, build, verdicts) => {
    const pdf = await build()
    globalThis.gc?.()
    const before = process.memoryUsage.rss()
    let peak = before
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss())
    }, 10)
    const started = performance.now()
    const report = await verifyPdf(memorySource(pdf), {
      anchors: maker.anchors,
      at: new Date(maker.clock.now()),
    })
    const tookMs = performance.now() - started
    clearInterval(timer)
    expect(verdicts).toContain(report.verdict)
    expect(report.problems.map((problem) => problem.code)).not.toContain('INTERNAL_ERROR')
    expect(tookMs).toBeLessThan(10_500)
    expect(Math.max(peak, process.memoryUsage.rss()) - before).toBeLessThan(500_000_000)
  })
})
