import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import { buildPdf, stream } from '../../../../../support/mutate-pdf.ts'
import { type SampleMaker, sampleMaker } from '../../../../../support/verify/signed-samples.ts'

let maker: SampleMaker
beforeAll(async () => {
  maker = await sampleMaker()
})

const IMAGE = '/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8'

function pdfWith(content: string): Uint8Array {
  return buildPdf({
    1: '<< /Type /Catalog /Pages 2 0 R >>',
    2: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> /XObject << /Im 6 0 R /Masked 7 0 R /Fm 8 0 R >> /ExtGState << /Half << /ca 0.5 >> >> >> >>',
    4: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    5: stream(content),
    6: stream('x', IMAGE),
    7: stream('x', `${IMAGE} /SMask 6 0 R`),
    8: stream('0 0 100 100 re f', '/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Matrix [6 0 0 9 0 0]'),
  })
}

async function verify(pdf: Uint8Array) {
  return verifyPdf(memorySource(pdf), { anchors: maker.anchors, at: new Date(maker.clock.now()) })
}

const TEXT = 'BT /F1 12 Tf 72 760 Td (One \\(million\\) yen) Tj ET'
const WHOLE = '595 0 0 842 0 0 cm'

describe('content under something opaque', () => {
  it.each([
    ['an image over the page', `${TEXT} q ${WHOLE} /Im Do Q`],
    ['a white rectangle over the page', `${TEXT} 1 g 0 0 595 842 re f`],
    ['a form that fills the page', `${TEXT} /Fm Do`],
    ['a rectangle scaled up to the page', `${TEXT} q ${WHOLE} 0 0 1 1 re f Q`],
  ])('is warned of without changing the verdict: %s', async (_name, content) => {
    const report = await verify(await maker.sign(pdfWith(content)))
    expect(report.verdict).toBe('valid')
    expect(report.signatures[0]?.reasons.map((one) => one.code)).toContain('CONTENT_COVERED')
  })

  it.each([
    ['the image is behind the text', `q ${WHOLE} /Im Do Q ${TEXT}`],
    ['the image lets through', `${TEXT} q ${WHOLE} /Masked Do Q`],
    ['the rectangle lets through', `${TEXT} q /Half gs 0 0 595 842 re f Q`],
    ['the rectangle is small', `${TEXT} 0 0 200 200 re f`],
    ['the rectangle is clipped', `${TEXT} q 0 0 200 200 re W n 0 0 595 842 re f Q`],
    [
      'the text is the invisible one of a scan',
      `BT 3 Tr /F1 12 Tf 72 760 Td (scan) Tj ET q ${WHOLE} /Im Do Q`,
    ],
    ['the rectangle is only a line', `${TEXT} 0 0 595 842 re S`],
  ])('is not warned of when %s', async (_name, content) => {
    const report = await verify(await maker.sign(pdfWith(content)))
    expect(report.verdict).toBe('valid')
    expect(report.signatures[0]?.reasons.map((one) => one.code)).not.toContain('CONTENT_COVERED')
  })
})

describe('a visible signature field added after a signature', () => {
  const added = async (left: number, bottom: number, content = TEXT) => {
    const first = await maker.sign(pdfWith(content))
    const rect = { left, bottom, right: left + 120, top: bottom + 40 }
    const second = await maker.sign(first, { by: 'witness', options: { fieldName: 'seal', rect } })
    const report = await verify(second)
    return { verdict: report.verdict, items: report.signatures[0]?.changesAfter.items ?? [] }
  }

  it('is listed with page and rectangle, and warned of when it lies on text', async () => {
    const { verdict, items } = await added(80, 750)
    expect(verdict).toBe('valid-with-permitted-changes')
    expect(items.find((item) => item.code === 'VISIBLE_FIELD_OVER_TEXT')).toMatchObject({
      page: 1,
      rectangle: [80, 750, 200, 790],
    })
  })

  it.each([
    ['moved by a matrix', `q 1 0 0 1 0 -660 cm ${TEXT} Q`],
    ['set line by line', 'BT /F1 12 Tf 14 TL 72 160 Td (a) Tj T* (b) Tj T* [(million) -200 (yen)] TJ ET'],
  ])('finds text that is %s', async (_name, content) => {
    expect((await added(80, 90, content)).items.map((item) => item.code)).toContain('VISIBLE_FIELD_OVER_TEXT')
  })

  it('is not warned of where the page is empty', async () => {
    const codes = (await added(300, 100)).items.map((item) => item.code)
    expect(codes).toContain('VISIBLE_FIELD_ADDED')
    expect(codes).not.toContain('VISIBLE_FIELD_OVER_TEXT')
  })
})

describe('page content too long to look through', () => {
  it('is not warned of as covered, keeps the other warnings, and counts as text under a new field', async () => {
    const first = await maker.sign(pdfWith(`${TEXT} 0 0 595 842 re f %${'x'.repeat(3 << 20)}`))
    const codes = (await verify(first)).signatures[0]?.reasons.map((one) => one.code)
    expect(codes).toContain('FONTS_NOT_EMBEDDED')
    expect(codes).not.toContain('CONTENT_COVERED')
    const rect = { left: 300, bottom: 100, right: 420, top: 140 }
    const second = await maker.sign(first, { by: 'witness', options: { fieldName: 'seal', rect } })
    const items = (await verify(second)).signatures[0]?.changesAfter.items.map((item) => item.code)
    expect(items).toContain('VISIBLE_FIELD_OVER_TEXT')
  })
})
