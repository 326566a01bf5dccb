import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import {
  buildPdf,
  lastStartxref,
  latin1,
  nextNumber,
  objectText,
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

async function verify(pdf: Uint8Array) {
  const report = await verifyPdf(memorySource(pdf), {
    anchors: maker.anchors,
    at: new Date(maker.clock.now()),
  })
  const codes = [
    ...report.problems.map((problem) => problem.code),
    ...report.signatures.flatMap((one) => [
      ...one.reasons.map((reason) => reason.code),
      ...one.changesAfter.items.map((item) => item.code),
    ]),
  ]
  return { verdict: report.verdict, codes }
}

async function expectChanged(pdf: Uint8Array, code: string, verdict = 'changed'): Promise<void> {
  const result = await verify(pdf)
  expect(result).toEqual({ verdict, codes: expect.arrayContaining([code]) })
}

const FAKE = stream('BT /F1 18 Tf 72 760 Td (Fake) Tj ET')

describe('updates with cross-reference and object streams', () => {
  it('accepts new document information in an object stream', async () => {
    const info = objectText(signed, FORM.info).replace('20261122', '20261130')
    expect(
      (await verify(updatePdfWithStreams(signed, {}, { [FORM.info]: info }, { trailer: { Info: '15 0 R' } })))
        .verdict,
    ).toBe('valid')
  })

  it('finds a page dictionary overwritten from inside an object stream', async () => {
    const page = objectText(signed, FORM.firstPage).replace('/Contents 5 0 R', '/Contents 6 0 R')
    await expectChanged(updatePdfWithStreams(signed, {}, { [FORM.firstPage]: page }), 'PAGE_CHANGED')
  })

  it('finds an object stream of the signed state replaced under its objects', async () => {
    const base = updatePdfWithStreams(
      contractForm(),
      {},
      { [FORM.firstPage]: objectText(contractForm(), FORM.firstPage), 60: '<< /Unused true >>' },
      { containerNumber: 70, trailer: { Info: '15 0 R' } },
    )
    const onTop = await maker.sign(base)
    const page = objectText(contractForm(), FORM.firstPage).replace('/Contents 5 0 R', '/Contents 6 0 R')
    const head = `3 0 60 ${page.length + 1}`
    const container = stream(
      `${head} ${page} << /Unused true >>`,
      `/Type /ObjStm /N 2 /First ${head.length + 1}`,
    )
    await expectChanged(updatePdf(onTop, { 70: container }), 'OBJECT_STREAM_OVERWRITTEN')
  })

  it('refuses a hybrid update that shows old readers another document', async () => {
    const streamAt = signed.length
    const withStream = updatePdfWithStreams(
      signed,
      {},
      { [FORM.font]: '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>' },
    )
    const at = lastStartxref(textOf(withStream))
    expect(at).toBeGreaterThan(streamAt)
    const hybrid = updatePdf(
      withStream,
      { [FORM.info]: '<< /Producer (x) >>' },
      {
        trailer: { XRefStm: String(at) },
        previous: lastStartxref(textOf(signed)),
      },
    )
    expect((await verify(hybrid)).verdict).toBe('changed')
  })
})

describe('tricks with revisions', () => {
  it('sees a chain that skips the signed revision', async () => {
    const previous = lastStartxref(textOf(contractForm()))
    const skipping = updatePdf(signed, { [FORM.firstContent]: FAKE }, { previous })
    expect((await verify(skipping)).verdict).toBe('broken')
  })

  it('sees a second startxref that leads back to the signed revision', async () => {
    const changed = updatePdf(signed, { [FORM.firstContent]: FAKE })
    const back = latin1(`${textOf(changed)}startxref\n${lastStartxref(textOf(signed))}\n%%EOF\n`)
    await expectChanged(back, 'DATA_AFTER_LAST_REVISION')
  })

  it('sees a /Prev loop', async () => {
    const looping = updatePdf(signed, { [FORM.info]: '<< >>' }, { previous: signed.length + 40 })
    expect(['changed', 'broken']).toContain((await verify(looping)).verdict)
  })

  it('sees a length that was an object of its own changed', async () => {
    const base = updatePdf(contractForm(), {
      60: '60',
      [FORM.firstContent]:
        '<< /Length 60 0 R >>\nstream\nBT /F1 18 Tf 72 760 Td (Contract amount 1000000 yen) Tj ET\nendstream',
    })
    const onTop = await maker.sign(base)
    await expectChanged(updatePdf(onTop, { 60: '30' }), 'OBJECT_OVERWRITTEN')
  })

  it('sees a signed state that only makes sense with bytes appended later', async () => {
    // The signed file lists an object beyond its own end; the update brings the bytes.
    const text = textOf(contractForm())
    const row = text.split('\n').findIndex((line) => line.startsWith('xref'))
    const lines = text.split('\n')
    const entry = row + 2 + FORM.spare
    expect(lines[entry]).toMatch(/^0000000000 65535 f/)
    lines[entry] = `${'0000099999'} 00000 n `
    const base = latin1(lines.join('\n').replace('/Spare 40 0 R', '/Spare 19 0 R'))
    const onTop = await maker.sign(base)
    expect((await verify(onTop)).verdict).toBe('broken')
  })

  it('lives with an object that was damaged before signing and stays so', async () => {
    const contract = contractForm()
    const base = updatePdf(
      contract,
      {
        [FORM.secondPage]: objectText(contract, FORM.secondPage).replace(
          '/Type /Page',
          '/Type /Page /PieceInfo 60 0 R',
        ),
      },
      { entries: { 60: 20 } },
    )
    const judged = await verify(await maker.sign(await maker.sign(base), { by: 'witness' }))
    expect(judged.verdict).toBe('valid-with-permitted-changes')
  })

  it('sees the root named by another number, and the file’s identity changed', async () => {
    await expectChanged(
      updatePdf(signed, { [FORM.info]: '<< /Producer (x) >>' }, { trailer: { ID: '[<00> <00>]' } }),
      'TRAILER_CHANGED',
    )
  })

  it('does not take a signed file that was encrypted later for anything but changed', async () => {
    const encrypted = updatePdf(signed, { 60: '<< /Filter /Standard >>' }, { trailer: { Encrypt: '60 0 R' } })
    expect((await verify(encrypted)).verdict).toBe('changed')
  })
})

describe('shadow attacks prepared before signing', () => {
  const pageSized = (kind: string, flags = 4) =>
    `<< /Type /Annot /Subtype /Widget /FT /${kind} /T (cover) /Rect [0 0 595 842] /F ${flags} /P 3 0 R >>`

  async function withField(field: string): Promise<Uint8Array> {
    const base = updatePdf(contractForm(), {
      [FORM.acroForm]: objectText(contractForm(), FORM.acroForm).replace('12 0 R]', '12 0 R 60 0 R]'),
      [FORM.firstPage]: objectText(contractForm(), FORM.firstPage).replace('17 0 R]', '17 0 R 60 0 R]'),
      60: field,
    })
    return maker.sign(base)
  }

  it('refuses a page-sized text field filled with a picture afterwards', async () => {
    const onTop = await withField(pageSized('Tx'))
    const number = nextNumber(onTop)
    const filled = updatePdf(onTop, {
      60: objectText(onTop, 60).replace('/T (cover)', `/T (cover) /V (x) /AP << /N ${number} 0 R >>`),
      [number]: look('everything else'),
    })
    await expectChanged(filled, 'VISIBLE_FIELD_COVERS_PAGE')
  })

  it('refuses a page-sized signature field signed afterwards', async () => {
    const onTop = await withField(pageSized('Sig'))
    const value = nextNumber(onTop)
    const filled = updatePdf(onTop, {
      60: objectText(onTop, 60).replace('/T (cover)', `/T (cover) /V ${value} 0 R /AP << /N 18 0 R >>`),
      [value]:
        '<< /Type /Sig /Filter /X /SubFilter /adbe.pkcs7.detached /ByteRange [0 1 2 3] /Contents <00> >>',
    })
    await expectChanged(filled, 'VISIBLE_FIELD_COVERS_PAGE', 'broken')
  })

  it('refuses a picture attached to an empty signature field that stays unsigned', async () => {
    const onTop = await withField(pageSized('Sig').replace('[0 0 595 842]', '[0 0 100 50]'))
    const stamped = updatePdf(onTop, {
      60: objectText(onTop, 60).replace('/T (cover)', '/T (cover) /AP << /N 18 0 R >>'),
    })
    await expectChanged(stamped, 'FIELD_APPEARANCE_CHANGED')
  })

  it('refuses an unused widget put on a page', async () => {
    const base = updatePdf(contractForm(), {
      [FORM.acroForm]: objectText(contractForm(), FORM.acroForm).replace('12 0 R]', '12 0 R 60 0 R]'),
      60: '<< /Type /Annot /Subtype /Widget /FT /Tx /T (off page) /V (x) /Rect [72 700 400 800] /F 4 /AP << /N 18 0 R >> >>',
    })
    const onTop = await maker.sign(base)
    const shown = updatePdf(onTop, {
      [FORM.firstPage]: objectText(onTop, FORM.firstPage).replace(
        /\/Annots \[([^\]]*)\]/,
        '/Annots [$1 60 0 R]',
      ),
    })
    await expectChanged(shown, 'FIELD_VISIBILITY_CHANGED')
  })

  it('sees an unused old object overwritten that a later revision had brought into use', async () => {
    const contract = contractForm()
    const base = updatePdf(contract, {
      60: look('inner'),
      61: look('/X Do').replace('/Font', '/XObject << /X 60 0 R >> /Font'),
    })
    const first = await maker.sign(base)
    const filled = updatePdf(first, {
      [FORM.amount]: objectText(first, FORM.amount)
        .replace('(100)', '(900)')
        .replace('/N 13 0 R', '/N 61 0 R'),
    })
    const second = await maker.sign(filled, { by: 'witness' })
    expect((await verify(second)).verdict).toBe('valid-with-permitted-changes')
    await expectChanged(updatePdf(second, { 60: look('other') }), 'OBJECT_OVERWRITTEN')
  })

  it('refuses a field that is page content at the same time', async () => {
    const field = (data: string) =>
      stream(data, '/Type /Annot /Subtype /Widget /FT /Tx /T (double) /V (x) /Rect [0 0 10 10] /F 4 /P 3 0 R')
    const contract = contractForm()
    const base = updatePdf(contract, {
      [FORM.acroForm]: objectText(contract, FORM.acroForm).replace('12 0 R]', '12 0 R 60 0 R]'),
      [FORM.firstPage]: objectText(contract, FORM.firstPage)
        .replace('17 0 R]', '17 0 R 60 0 R]')
        .replace('/Contents 5 0 R', '/Contents 61 0 R'),
      60: field('BT /F1 18 Tf 72 700 Td (true) Tj ET'),
      61: '[5 0 R 60 0 R]',
    })
    const onTop = await maker.sign(base)
    expect((await verify(onTop)).verdict).toBe('valid')
    const forged = updatePdf(onTop, { 60: field('BT /F1 18 Tf 72 700 Td (fake) Tj ET') })
    expect((await verify(forged)).verdict).toBe('changed')
    const filled = field('BT /F1 18 Tf 72 700 Td (fake) Tj ET').replace('/V (x)', '/V (y)')
    expect((await verify(updatePdf(onTop, { 60: filled }))).verdict).toBe('changed')
  })

  it('warns of scripts, layers and fonts that are not embedded, without changing the verdict', async () => {
    const base = buildPdf({
      1: '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> /OCProperties << /OCGs [] /D << >> >> >>',
      2: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
      4: stream('BT /F1 18 Tf 72 760 Td (x) Tj ET'),
      5: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    })
    expect(await verify(await maker.sign(base))).toEqual({
      verdict: 'valid',
      codes: expect.arrayContaining(['JAVASCRIPT_PRESENT', 'OPTIONAL_CONTENT_PRESENT', 'FONTS_NOT_EMBEDDED']),
    })
  })
})
