/** Updates as iText, pyHanko, DSS/PDFBox and Acrobat write them after a signature: all of them must stay accepted. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import {
  lastByteRange,
  nextNumber,
  objectText,
  replaceText,
  stream,
  textOf,
  updatePdf,
  updatePdfWithStreams,
} from '../../../../../support/mutate-pdf.ts'
import { contractForm, FORM, look } from '../../../../../support/verify/contract-form.ts'
import { type SampleMaker, sampleMaker } from '../../../../../support/verify/signed-samples.ts'

let maker: SampleMaker
let signed: Uint8Array

beforeAll(async () => {
  maker = await sampleMaker()
  signed = await maker.sign(contractForm())
})

async function changesOf(pdf: Uint8Array) {
  const report = await verifyPdf(memorySource(pdf), {
    anchors: maker.anchors,
    at: new Date(maker.clock.now()),
  })
  const [first] = report.signatures
  return {
    verdict: report.verdict,
    level: first?.changesAfter.level,
    codes: first?.changesAfter.items.map((item) => item.code) ?? [],
  }
}

function vriKey(pdf: Uint8Array): string {
  const [, start, end] = lastByteRange(pdf)
  const contents = Buffer.from(textOf(pdf).slice(start + 1, end - 1), 'hex')
  return createHash('sha1').update(contents).digest('hex').toUpperCase()
}

const der = () => Buffer.from(maker.authority().intermediate.certificate).toString('latin1')

/** A DSS with VRI, written into the catalog with the developer extensions iText and pyHanko add. */
function withSecurityStore(pdf: Uint8Array, more = ''): Uint8Array {
  const dss = nextNumber(pdf)
  const key = vriKey(signed)
  return updatePdf(pdf, {
    [FORM.catalog]: objectText(pdf, FORM.catalog).replace(
      '/Type /Catalog',
      `/Type /Catalog /DSS ${dss} 0 R /Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> /ADBE [<< /BaseVersion /1.7 /ExtensionLevel 8 >>] >> /Version /1.7`,
    ),
    [dss]: `<< /Type /DSS /Certs [${dss + 1} 0 R] /VRI ${dss + 2} 0 R ${more} >>`,
    [dss + 1]: stream(der()),
    [dss + 2]: `<< /${key} ${dss + 3} 0 R >>`,
    [dss + 3]: `<< /Type /VRI /Cert [${dss + 1} 0 R] /TU (D:20261122000000Z) >>`,
  })
}

const valid = { verdict: 'valid', level: 'lta' }

describe('updates other programs write after a signature', () => {
  it('accepts a security store with VRI and developer extensions', async () => {
    expect(await changesOf(withSecurityStore(signed))).toMatchObject(valid)
  })

  it('accepts the store written again in place with more in it, VRI entry included', async () => {
    const first = withSecurityStore(signed)
    const dss = nextNumber(first) - 4
    const number = nextNumber(first)
    const again = updatePdf(first, {
      [dss]: `<< /Type /DSS /Certs [${dss + 1} 0 R ${number} 0 R] /VRI ${dss + 2} 0 R >>`,
      [dss + 2]: `<< /${vriKey(signed)} ${dss + 3} 0 R >>`,
      [dss + 3]: `<< /Cert [${dss + 1} 0 R ${number} 0 R] >>`,
      [number]: stream(`${der()} `),
    })
    expect(await changesOf(again)).toMatchObject(valid)
  })

  it('accepts a new store dictionary beside the old one, and refuses one that lost something', async () => {
    const first = withSecurityStore(signed)
    const dss = nextNumber(first) - 4
    const fresh = nextNumber(first)
    const catalog = (pdf: Uint8Array) =>
      objectText(pdf, FORM.catalog).replace(`/DSS ${dss} 0 R`, `/DSS ${fresh} 0 R`)
    const key = vriKey(signed)
    const kept = `<< /Certs [${dss + 1} 0 R] /VRI << /${key} << /Cert [${dss + 1} 0 R] >> >> >>`
    expect(
      await changesOf(updatePdf(first, { [FORM.catalog]: catalog(first), [fresh]: kept })),
    ).toMatchObject(valid)
    const lost = await changesOf(
      updatePdf(first, { [FORM.catalog]: catalog(first), [fresh]: '<< /Certs [] >>' }),
    )
    expect(lost).toMatchObject({
      verdict: 'changed',
      codes: expect.arrayContaining(['VALIDATION_DATA_MALFORMED']),
    })
  })

  it('accepts the iText way: comment before startxref, producer and date changed', async () => {
    const updated = updatePdf(signed, {
      [FORM.info]:
        '<< /Title (Contract) /Producer (test; modified using iText 8) /ModDate (D:20261123000000Z) >>',
    })
    const commented = replaceText(
      updated,
      /startxref\n(\d+)\n%%EOF\n$/,
      '%iText-Core-8.0.5\nstartxref\n$1\n%%EOF\n',
    )
    expect(await changesOf(commented)).toMatchObject(valid)
  })

  it('accepts the whole cross-reference table written again', async () => {
    const text = textOf(signed)
    const entries = Object.fromEntries(
      [FORM.catalog, FORM.pages, FORM.firstPage, FORM.font].map((number) => [
        number,
        text.lastIndexOf(`\n${number} 0 obj`) + 1,
      ]),
    )
    const info = objectText(signed, FORM.info).replace('20261122', '20261123')
    expect(await changesOf(updatePdf(signed, { [FORM.info]: info }, { entries }))).toMatchObject(valid)
  })

  it('accepts Acrobat’s way: all in one object stream, annotations moved into a list of their own', async () => {
    const field = nextNumber(signed)
    const page = objectText(signed, FORM.firstPage)
    const annotations = /\/Annots \[([^\]]*)\]/.exec(page)?.[1] ?? ''
    const updated = updatePdfWithStreams(
      signed,
      {},
      {
        [FORM.firstPage]: page.replace(/\/Annots \[[^\]]*\]/, `/Annots ${field + 1} 0 R`),
        [FORM.acroForm]: objectText(signed, FORM.acroForm).replace(
          /\/Fields \[([^\]]*)\]/,
          `/Fields [$1 ${field} 0 R]`,
        ),
        [field]: '<< /Type /Annot /Subtype /Widget /FT /Sig /T (later) /Rect [0 0 0 0] /F 132 /P 3 0 R >>',
        [field + 1]: `[${annotations} ${field} 0 R]`,
      },
      { trailer: { Info: '15 0 R' } },
    )
    expect(await changesOf(updated)).toEqual({
      verdict: 'valid-with-permitted-changes',
      level: 'form',
      codes: ['SIGNATURE_FIELD_ADDED'],
    })
  })

  it('accepts a filled field with a new appearance object, a new font in /DR, and other fields made read-only', async () => {
    const number = nextNumber(signed)
    const updated = updatePdf(signed, {
      [FORM.amount]: objectText(signed, FORM.amount)
        .replace('(100)', '(900)')
        .replace('/N 13 0 R', `/N ${number} 0 R`)
        .replace('/T (amount)', '/T (amount) /M (D:20261123000000Z)'),
      [FORM.agree]: objectText(signed, FORM.agree).replace('/FT /Btn', '/FT /Btn /Ff 1'),
      [FORM.acroForm]: objectText(signed, FORM.acroForm).replace(
        '/F1 7 0 R',
        `/F1 7 0 R /Helv ${number + 1} 0 R`,
      ),
      [number]: look('900'),
      [number + 1]: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    })
    expect(await changesOf(updated)).toEqual({
      verdict: 'valid-with-permitted-changes',
      level: 'form',
      codes: ['FIELD_FILLED', 'FIELD_SETTINGS_CHANGED'],
    })
  })

  it('accepts a signature field split into field and widget', async () => {
    const field = nextNumber(signed)
    const updated = updatePdf(signed, {
      [FORM.firstPage]: objectText(signed, FORM.firstPage).replace(
        /\/Annots \[([^\]]*)\]/,
        `/Annots [$1 ${field + 1} 0 R]`,
      ),
      [FORM.acroForm]: objectText(signed, FORM.acroForm).replace(
        /\/Fields \[([^\]]*)\]/,
        `/Fields [$1 ${field} 0 R]`,
      ),
      [field]: `<< /FT /Sig /T (later) /Kids [${field + 1} 0 R] >>`,
      [field + 1]: `<< /Type /Annot /Subtype /Widget /Parent ${field} 0 R /Rect [0 0 0 0] /F 132 /P 3 0 R >>`,
    })
    expect(await changesOf(updated)).toMatchObject({ level: 'form', codes: ['SIGNATURE_FIELD_ADDED'] })
  })
})
