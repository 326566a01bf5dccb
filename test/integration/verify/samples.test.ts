/** Real municipal PDFs, where the folder with them lies beside the repository: signed three times, read again, damaged. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../electron/core/kit/byte-source.ts'
import { certificatePem } from '../../../electron/core/signing/local/test-authority.ts'
import { verifyPdf } from '../../../electron/core/signing/verify/verify-pdf.ts'
import { VerificationReport } from '../../../shared/model/verification.ts'
import { desk } from '../../support/command-line.ts'
import { randomFrom } from '../../support/mutate-pdf.ts'
import { type SampleMaker, sampleMaker } from '../../support/verify/signed-samples.ts'

const FOLDER = fileURLToPath(new URL('../../../../shared/samples/', import.meta.url))
const NAMES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.pdf')) : []
const PLACES = 30
if (NAMES.length === 0) console.warn('SKIPPED: the real sample PDFs are not here; nothing is proven for them')

let maker: SampleMaker
beforeAll(async () => {
  maker = await sampleMaker()
})

async function signThrice(name: string): Promise<Uint8Array> {
  const witnessed = await maker.sign(readFileSync(join(FOLDER, name)), { by: 'witness', level: 't' })
  return maker.renew(await maker.sign(witnessed, { level: 't' }))
}

const verdictsOf = (report: VerificationReport) => report.signatures.map((one) => one.verdict)

async function verify(bytes: Uint8Array): Promise<VerificationReport> {
  return verifyPdf(memorySource(bytes), { anchors: maker.anchors, at: new Date(maker.clock.now()) })
}

/** The same from a file, in a process that knows nothing of this one. */
async function verifyAfterRestart(bytes: Uint8Array): Promise<VerificationReport> {
  const folder = await mkdtemp(join(tmpdir(), 'samples-'))
  try {
    const [root = new Uint8Array()] = maker.anchors
    await writeFile(join(folder, 'signed.pdf'), bytes)
    await writeFile(join(folder, 'root.pem'), certificatePem(root))
    const at = new Date(maker.clock.now()).toISOString()
    const trust = ['--trust', join(folder, 'root.pem'), '--at', at]
    const outcome = await desk('verify', join(folder, 'signed.pdf'), ...trust, '--json')
    return VerificationReport.parse(JSON.parse(outcome.output))
  } finally {
    await rm(folder, { recursive: true })
  }
}

const EXPECTED = ['valid-with-permitted-changes', 'valid', 'valid']

/** Seeded offsets, in turn inside what the witness, the town and the archive timestamp signed. */
function placesOf(bytes: Uint8Array, seed: number): readonly number[] {
  const random = randomFrom(seed)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const ranges = [...text.matchAll(/\/ByteRange ?\[ ?(\d+) +(\d+) +(\d+) +(\d+)/g)].map((match) =>
    match.slice(1, 5).map(Number),
  )
  return Array.from({ length: PLACES }, (_, index) => {
    const [, gapStart = 0, gapEnd = 0, length = 0] = ranges[index % ranges.length] ?? []
    const at = Math.floor(random() * (gapStart + length))
    return at < gapStart ? at : gapEnd + at - gapStart
  })
}

describe.skipIf(NAMES.length === 0)(
  'a real PDF signed by a witness, the town and an archive timestamp',
  () => {
    it.each(NAMES)('%s is valid, also after a restart, and never with one byte changed', async (name) => {
      const signed = await signThrice(name)
      expect(verdictsOf(await verify(signed))).toEqual(EXPECTED)
      expect(verdictsOf(await verifyAfterRestart(signed))).toEqual(EXPECTED)
      const places = placesOf(signed, NAMES.indexOf(name) + 1)
      expect(new Set(places).size).toBe(PLACES)
      for (const at of places) {
        const flipped = Uint8Array.from(signed)
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
        expect((await verify(flipped)).verdict, `byte ${at}`).not.toMatch(/^valid|^unsigned/)
      }
    })
  },
)
