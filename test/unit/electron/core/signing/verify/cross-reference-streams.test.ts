import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import { sampleMaker } from '../../../../../support/verify/signed-samples.ts'

describe('verifyPdf on a file with cross-reference streams', () => {
  it('does not take the /Root of an update’s cross-reference stream for a second use of the catalog', async () => {
    const maker = await sampleMaker()
    const document = await PDFDocument.create()
    document.addPage()
    // pdf-lib writes object streams and a cross-reference stream that lists itself.
    let pdf: Uint8Array = await document.save()
    for (const by of ['witness', 'town'] as const) pdf = await maker.sign(pdf, { by })
    pdf = await maker.renew(pdf)
    const report = await verifyPdf(memorySource(pdf), {
      anchors: maker.anchors,
      at: new Date(maker.clock.now()),
    })
    const codes = report.signatures.flatMap((signature) =>
      signature.changesAfter.items.map((item) => item.code),
    )
    expect({ signatures: report.signatures.length, shared: codes.includes('OBJECT_SHARED') }).toEqual({
      signatures: 3,
      shared: false,
    })
  })
})
