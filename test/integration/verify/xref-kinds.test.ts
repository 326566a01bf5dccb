import { expect, it } from 'vitest'
import { appendedSource, memorySource } from '../../../electron/core/kit/byte-source.ts'
import { renew } from '../../../electron/core/signing/renew.ts'
import { signPdf } from '../../../electron/core/signing/sign-pdf.ts'
import { verifyPdf } from '../../../electron/core/signing/verify/verify-pdf.ts'
import { makePdf, XREF_KINDS } from '../../support/make-pdf.ts'
import { joined, signingWorld } from '../../support/signing-world.ts'

/** Found by the demo: the cross-reference stream of an update counted as another use of the catalog. */
it.each(XREF_KINDS)(
  'two signatures, validation data and an archive timestamp stay valid in a file of kind %s',
  async (kind) => {
    const world = await signingWorld()
    let bytes: Uint8Array = makePdf({ kind })
    for (const key of [world.witness, world.town]) {
      const signed = await signPdf(memorySource(bytes), {
        key,
        clock: world.clock,
        timestampAuthority: world.timestamps,
      })
      bytes = joined(bytes, signed.appended)
      world.clock.advance(2000)
    }
    const renewal = await renew(memorySource(bytes), {
      validation: world.validation,
      authority: world.timestamps,
    })
    const whole = appendedSource(memorySource(bytes), bytes.length, renewal.appended)
    const report = await verifyPdf(whole, {
      anchors: world.validation.anchors,
      at: new Date(world.clock.now()),
    })
    expect(
      report.signatures.map((signature) => [signature.verdict, signature.changesAfter.permitted]),
    ).toEqual([
      ['valid-with-permitted-changes', true],
      ['valid', true],
      ['valid', true],
    ])
  },
)
