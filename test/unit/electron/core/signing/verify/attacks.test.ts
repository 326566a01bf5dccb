import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import {
  flipByte,
  insertAt,
  lastByteRange,
  latin1,
  nextNumber,
  numberOf,
  objectText,
  replaceText,
  stream,
  textOf,
  updatePdf,
} from '../../../../../support/mutate-pdf.ts'
import { contractForm, FORM, look, XMP } from '../../../../../support/verify/contract-form.ts'
import { type SampleMaker, sampleMaker } from '../../../../../support/verify/signed-samples.ts'

let maker: SampleMaker
let approval: Uint8Array
let certified1: Uint8Array
let certified2: Uint8Array
let certified3: Uint8Array

beforeAll(async () => {
  maker = await sampleMaker()
  const form = contractForm()
  approval = await maker.sign(form)
  certified1 = await maker.sign(form, { options: { certify: 1 } })
  certified2 = await maker.sign(form, { options: { certify: 2 } })
  certified3 = await maker.sign(form, { options: { certify: 3 } })
})

async function verify(pdf: Uint8Array) {
  const report = await verifyPdf(memorySource(pdf), {
    anchors: maker.anchors,
    at: new Date(maker.clock.now()),
  })
  const codes = [
    ...report.problems.map((problem) => problem.code),
    ...report.signatures.flatMap((signature) => [
      ...signature.reasons.map((one) => one.code),
      ...signature.changesAfter.items.map((item) => item.code),
    ]),
  ]
  return { verdict: report.verdict, codes, report }
}

type Attack = readonly [name: string, verdict: string, code: string, build: () => Uint8Array]

function body(pdf: Uint8Array, number: number, from: string | RegExp, to: string): string {
  const before = objectText(pdf, number)
  const after = before.replace(from, to)
  if (after === before) throw new Error(`Nothing to replace in object ${number}: ${before}`)
  return after
}

const widget = (name: string, rect: string, more = '') =>
  `<< /Type /Annot /Subtype /Widget /FT /Sig /T (${name}) /Rect [${rect}] /F 4 /P 3 0 R ${more} >>`

/** An update that adds a signature field with `text` as its object. */
function addField(pdf: Uint8Array, text: string, more: Record<number, string> = {}): Uint8Array {
  const number = nextNumber(pdf)
  return updatePdf(pdf, {
    [FORM.acroForm]: body(pdf, FORM.acroForm, /\/Fields \[([^\]]*)\]/, `/Fields [$1 ${number} 0 R]`),
    [FORM.firstPage]: body(pdf, FORM.firstPage, /\/Annots \[([^\]]*)\]/, `/Annots [$1 ${number} 0 R]`),
    [number]: text,
    ...more,
  })
}

function addAnnotation(pdf: Uint8Array, text: string, more: Record<number, string> = {}): Uint8Array {
  const number = nextNumber(pdf)
  return updatePdf(pdf, {
    [FORM.firstPage]: body(pdf, FORM.firstPage, /\/Annots \[([^\]]*)\]/, `/Annots [$1 ${number} 0 R]`),
    [number]: text,
    ...more,
  })
}

const onBytes: readonly Attack[] = [
  [
    'a changed byte of content',
    'broken',
    'DIGEST_MISMATCH',
    () => replaceText(approval, '1000000 yen', '9000000 yen'),
  ],
  [
    'a changed byte after the gap',
    'broken',
    'DIGEST_MISMATCH',
    () => flipByte(approval, lastByteRange(approval)[2] + 3, 0x20),
  ],
  [
    'non-zero padding behind the CMS',
    'broken',
    'PADDING_NOT_ZERO',
    () => {
      const [, start, end] = lastByteRange(approval)
      const text = textOf(approval)
      expect(text.slice(end - 9, end - 1)).toBe('00000000')
      return latin1(`${text.slice(0, start)}${text.slice(start, end - 3)}41${text.slice(end - 1)}`)
    },
  ],
  [
    'white space in the gap',
    'broken',
    'GAP_NOT_PLAIN_HEX',
    () => {
      const [, , end] = lastByteRange(approval)
      const text = textOf(approval)
      return latin1(`${text.slice(0, end - 3)}  ${text.slice(end - 1)}`)
    },
  ],
  [
    'a byte of the CMS',
    'broken',
    '',
    () => {
      // The signature value is the last OCTET STRING of the CMS, before the padding.
      const [, , end] = lastByteRange(approval)
      const padding = /0*>$/.exec(textOf(approval).slice(0, end))?.[0].length ?? 0
      return flipByte(approval, end - padding - 20, 0x01)
    },
  ],
  ['bytes before the header', 'broken', '', () => insertAt(approval, 0, 'X')],
  [
    'junk behind the last %%EOF',
    'changed',
    'DATA_AFTER_LAST_REVISION',
    () => latin1(`${textOf(approval)}junk`),
  ],
  [
    'an object behind the last %%EOF',
    'changed',
    'DATA_AFTER_LAST_REVISION',
    () => updatePdf(approval, { 5: stream('BT /F1 18 Tf 72 760 Td (Fake) Tj ET') }, { withoutXref: true }),
  ],
  [
    'a second file appended',
    'broken',
    'SIGNATURE_NOT_REACHED',
    () => latin1(`${textOf(approval)}${textOf(contractForm())}`),
  ],
  [
    'a cut cross-reference table',
    'changed',
    '',
    () => {
      const updated = updatePdf(approval, { [FORM.firstContent]: stream('BT (x) Tj ET') })
      return updated.slice(0, updated.length - 60)
    },
  ],
  [
    'an update without %%EOF',
    'changed',
    'REVISION_INCOMPLETE',
    () => updatePdf(approval, { [FORM.info]: '<< /Producer (x) >>' }, { withoutEnd: true }),
  ],
  ['a cut signed revision', 'broken', '', () => approval.slice(0, approval.length - 7)],
  [
    'a ByteRange that leaves out the end',
    'broken',
    'RANGE_NOT_A_REVISION',
    () => {
      const [, , , length] = lastByteRange(approval)
      return replaceText(
        approval,
        ` ${length}`,
        ` ${String(length - 20).padStart(String(length).length, '0')}`,
      )
    },
  ],
]

const onRange: readonly Attack[] = [
  [
    'SWA: a second signature dictionary wraps the signed bytes',
    'broken',
    '',
    () => {
      // The classic wrapping attack: the signed second part moves behind new content, the ByteRange points there.
      const [, start, end, length] = lastByteRange(approval)
      const text = textOf(approval)
      const second = text.slice(end, end + length)
      const insert = `${text.slice(start, end)}\n>>\nendobj\n${'%'.padEnd(100, 'A')}\n`
      const moved = end + insert.length - (end - start)
      const head = text
        .slice(0, start)
        .replace(/\/ByteRange \[0 \d+ \d+/, (whole) =>
          whole.replace(/\d+$/, String(moved)).slice(0, whole.length),
        )
      return latin1(head + insert + second)
    },
  ],
  [
    'a ByteRange of six numbers',
    'broken',
    'BYTE_RANGE_MALFORMED',
    () => replaceText(approval, /(\/ByteRange \[0 \d+ \d+ \d+) {3}/, '$1 0 '),
  ],
  [
    'overlapping ranges whose lengths add up',
    'broken',
    '',
    () => {
      const [, first, second, third] = lastByteRange(approval)
      const whole = /\/ByteRange \[0 [^\]]*\]/.exec(textOf(approval))?.[0] ?? ''
      const range = `/ByteRange [0 ${first + 100} ${second - 100} ${third + 100}`
      return replaceText(approval, whole, `${range.padEnd(whole.length - 1, ' ')}]`)
    },
  ],
]

const onObjects: readonly Attack[] = [
  [
    'page content overwritten',
    'changed',
    'OBJECT_OVERWRITTEN',
    () =>
      updatePdf(approval, {
        [FORM.firstContent]: stream('BT /F1 18 Tf 72 760 Td (Contract amount 1 yen) Tj ET'),
      }),
  ],
  [
    'the font overwritten',
    'changed',
    'OBJECT_OVERWRITTEN',
    () => updatePdf(approval, { [FORM.font]: '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>' }),
  ],
  [
    'the page pointing at other content',
    'changed',
    'PAGE_CHANGED',
    () => {
      const number = nextNumber(approval)
      return updatePdf(approval, {
        [FORM.firstPage]: body(approval, FORM.firstPage, '/Contents 5 0 R', `/Contents ${number} 0 R`),
        [number]: stream('BT /F1 18 Tf 72 760 Td (Other) Tj ET'),
      })
    },
  ],
  [
    'pages swapped',
    'changed',
    'PAGES_CHANGED',
    () => updatePdf(approval, { [FORM.pages]: '<< /Type /Pages /Kids [4 0 R 3 0 R] /Count 2 >>' }),
  ],
  [
    'a page removed',
    'changed',
    'PAGES_CHANGED',
    () => updatePdf(approval, { [FORM.pages]: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>' }),
  ],
  [
    'another page tree',
    'changed',
    'CATALOG_CHANGED',
    () => {
      const number = nextNumber(approval)
      return updatePdf(approval, {
        [FORM.catalog]: body(approval, FORM.catalog, '/Pages 2 0 R', `/Pages ${number} 0 R`),
        [number]: '<< /Type /Pages /Kids [4 0 R] /Count 1 >>',
      })
    },
  ],
  [
    'another catalog',
    'changed',
    'TRAILER_CHANGED',
    () => {
      const number = nextNumber(approval)
      return updatePdf(
        approval,
        { [number]: objectText(approval, FORM.catalog) },
        { trailer: { Root: `${number} 0 R` } },
      )
    },
  ],
  [
    'an open action',
    'changed',
    'CATALOG_CHANGED',
    () =>
      updatePdf(approval, {
        [FORM.catalog]: body(
          approval,
          FORM.catalog,
          '/Type /Catalog',
          '/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >>',
        ),
      }),
  ],
  [
    'layers',
    'changed',
    'CATALOG_CHANGED',
    () =>
      updatePdf(approval, {
        [FORM.catalog]: body(
          approval,
          FORM.catalog,
          '/Type /Catalog',
          '/Type /Catalog /OCProperties << /OCGs [] /D << >> >>',
        ),
      }),
  ],
  [
    'the certification taken out of /Perms',
    'changed',
    'CATALOG_CHANGED',
    () =>
      updatePdf(certified1, {
        [FORM.catalog]: body(certified1, FORM.catalog, /\/Perms *(<<[^>]*>>|\d+ 0 R)/, ''),
      }),
  ],
  [
    'an object freed',
    'changed',
    'OBJECT_FREED',
    () => updatePdf(approval, {}, { free: [FORM.firstContent] }),
  ],
  [
    'a reference to nothing filled in',
    'changed',
    'OBJECT_SUPPLIED',
    () => {
      const base = approval
      expect(nextNumber(base)).toBeLessThan(40)
      return updatePdf(base, { 40: '<< /Anything true >>' })
    },
  ],
  [
    'a number pointed back at old bytes',
    'changed',
    'XREF_POINTS_BACK',
    () => {
      const at = textOf(approval).indexOf('6 0 obj')
      return updatePdf(approval, {}, { entries: { 5: at } })
    },
  ],
  [
    'an unlisted object in an update',
    'changed',
    'BYTES_NOT_IN_OBJECT',
    () => updatePdf(approval, { [FORM.info]: '<< /Producer (x) >>' }, { stray: '5 0 obj\n<< >>\nendobj\n' }),
  ],
  [
    'an object listed at a wrong offset',
    'changed',
    '',
    () =>
      updatePdf(
        approval,
        { [FORM.info]: '<< /Producer (x) >>' },
        { entries: { [FORM.info]: approval.length + 1 } },
      ),
  ],
  [
    'an appearance shared with a page overwritten',
    'changed',
    '',
    () => updatePdf(approval, { [FORM.checkYes]: look('Z') }),
  ],
]

const onForm: readonly Attack[] = [
  [
    'USF: the signature field taken out of the form',
    'changed',
    '',
    () => {
      const signature = numberOf(approval, /\/FT *\/Sig/)
      return updatePdf(approval, {
        [FORM.acroForm]: body(approval, FORM.acroForm, new RegExp(` ?${signature} 0 R`), ''),
      })
    },
  ],
  [
    'USF: the form taken out of the catalog',
    'changed',
    '',
    () => updatePdf(approval, { [FORM.catalog]: body(approval, FORM.catalog, /\/AcroForm 8 0 R/, '') }),
  ],
  [
    'USF: the signature value removed',
    'changed',
    '',
    () => {
      const signature = numberOf(approval, /\/FT *\/Sig/)
      return updatePdf(approval, { [signature]: body(approval, signature, /\/V *\d+ 0 R/, '') })
    },
  ],
  [
    'USF: the signature dictionary overwritten with null',
    'changed',
    '',
    () => {
      const value = numberOf(approval, /\/ByteRange/)
      return updatePdf(approval, { [value]: 'null' })
    },
  ],
  [
    'USF: the ByteRange removed in an update',
    'broken',
    'BYTE_RANGE_MALFORMED',
    () => {
      const value = numberOf(approval, /\/ByteRange/)
      return updatePdf(approval, { [value]: body(approval, value, /\/ByteRange *\[[^\]]*\]/, '') })
    },
  ],
  [
    'a field of another kind added',
    'changed',
    'FIELD_ADDED',
    () =>
      addField(
        approval,
        '<< /Type /Annot /Subtype /Widget /FT /Tx /T (new) /V (x) /Rect [0 0 100 100] /F 4 /P 3 0 R >>',
      ),
  ],
  [
    'SSA: an unsigned visible signature field covering the page',
    'changed',
    'VISIBLE_FIELD_UNSIGNED',
    () => addField(approval, widget('cover', '0 0 595 842', '/AP << /N 13 0 R >>')),
  ],
  [
    'a signature field with an action',
    'changed',
    'FIELD_ADDED',
    () => addField(approval, widget('act', '0 0 0 0', '/AA << /E << /S /JavaScript /JS (x) >> >>')),
  ],
  [
    'a signature field holding the old signature',
    'changed',
    'SIGNATURE_VALUE_REUSED',
    () => addField(approval, widget('copy', '0 0 0 0', `/V ${numberOf(approval, /\/ByteRange/)} 0 R`)),
  ],
  [
    'a field deleted',
    'changed',
    'FIELD_DELETED',
    () => updatePdf(approval, { [FORM.acroForm]: body(approval, FORM.acroForm, '9 0 R ', '') }),
  ],
  [
    'a field renamed',
    'changed',
    'FIELD_DELETED',
    () => updatePdf(approval, { [FORM.amount]: body(approval, FORM.amount, '(amount)', '(amaunt)') }),
  ],
  [
    'a field moved',
    'changed',
    'FIELD_CHANGED',
    () =>
      updatePdf(approval, {
        [FORM.amount]: body(approval, FORM.amount, '[72 600 272 620]', '[72 700 272 780]'),
      }),
  ],
  [
    'a hidden field shown',
    'changed',
    'FIELD_VISIBILITY_CHANGED',
    () => updatePdf(approval, { [FORM.hidden]: body(approval, FORM.hidden, '/F 2', '/F 4') }),
  ],
  [
    'a field hidden',
    'changed',
    'FIELD_VISIBILITY_CHANGED',
    () => updatePdf(approval, { [FORM.amount]: body(approval, FORM.amount, '/F 4', '/F 6') }),
  ],
  [
    'an appearance replaced without its value',
    'changed',
    'FIELD_APPEARANCE_CHANGED',
    () => updatePdf(approval, { [FORM.amountLook]: look('999') }),
  ],
  [
    'another appearance without another value',
    'changed',
    'FIELD_APPEARANCE_CHANGED',
    () => updatePdf(approval, { [FORM.amount]: body(approval, FORM.amount, '/N 13 0 R', '/N 18 0 R') }),
  ],
  [
    'a read-only field filled',
    'changed',
    'FIELD_READ_ONLY_CHANGED',
    () =>
      updatePdf(approval, {
        [FORM.total]: body(approval, FORM.total, '(200)', '(900)'),
        [FORM.totalLook]: look('900'),
      }),
  ],
  [
    'the appearance of the signature replaced',
    'changed',
    'SIGNED_FIELD_CHANGED',
    () => {
      const signature = numberOf(approval, /\/FT *\/Sig/)
      return updatePdf(approval, { [signature]: body(approval, signature, /<</, '<< /AP << /N 18 0 R >>') })
    },
  ],
  [
    'viewers asked to draw the fields anew',
    'changed',
    'FORM_CHANGED',
    () =>
      updatePdf(approval, {
        [FORM.acroForm]: body(approval, FORM.acroForm, '/Fields', '/NeedAppearances true /Fields'),
      }),
  ],
  [
    'an XFA form added',
    'changed',
    'FORM_CHANGED',
    () =>
      updatePdf(approval, { [FORM.acroForm]: body(approval, FORM.acroForm, '/Fields', '/XFA (x) /Fields') }),
  ],
  [
    'a default font exchanged',
    'changed',
    'FORM_CHANGED',
    () => updatePdf(approval, { [FORM.acroForm]: body(approval, FORM.acroForm, '/F1 7 0 R', '/F1 20 0 R') }),
  ],
  [
    'an annotation deleted',
    'changed',
    'ANNOTATION_DELETED',
    () => updatePdf(approval, { [FORM.firstPage]: body(approval, FORM.firstPage, ' 17 0 R', '') }),
  ],
  [
    'an annotation changed',
    'changed',
    'ANNOTATION_CHANGED',
    () => updatePdf(approval, { [FORM.note]: body(approval, FORM.note, '(note)', '(other)') }),
  ],
  [
    'EAA: a free text annotation',
    'changed',
    'ANNOTATION_NOT_ALLOWED',
    () =>
      addAnnotation(
        certified3,
        '<< /Type /Annot /Subtype /FreeText /Rect [72 750 400 780] /Contents (1 yen) /DA (/F1 12 Tf) /F 4 >>',
      ),
  ],
  [
    'EAA: a stamp',
    'changed',
    'ANNOTATION_NOT_ALLOWED',
    () =>
      addAnnotation(
        certified3,
        '<< /Type /Annot /Subtype /Stamp /Rect [0 0 595 842] /AP << /N 18 0 R >> /F 4 >>',
      ),
  ],
  [
    'a comment where only filling is allowed',
    'changed',
    'CHANGE_FORBIDDEN',
    () =>
      addAnnotation(
        certified2,
        '<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /Contents (hello) /F 4 >>',
      ),
  ],
  [
    'a comment after an approval signature',
    'changed',
    'CHANGE_FORBIDDEN',
    () =>
      addAnnotation(approval, '<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /Contents (hello) /F 4 >>'),
  ],
  [
    'a field filled where nothing is allowed',
    'changed',
    'CHANGE_FORBIDDEN',
    () =>
      updatePdf(certified1, {
        [FORM.amount]: body(certified1, FORM.amount, '(100)', '(900)'),
        [FORM.amountLook]: look('900'),
      }),
  ],
  [
    'metadata with an entity',
    'changed',
    'METADATA_UNSAFE',
    () =>
      updatePdf(approval, {
        [FORM.metadata]: stream(
          `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${XMP}`,
          '/Type /Metadata /Subtype /XML',
        ),
      }),
  ],
  [
    'metadata that is no XML',
    'changed',
    'METADATA_UNSAFE',
    () => updatePdf(approval, { [FORM.metadata]: stream('<a><b></a></b>', '/Type /Metadata /Subtype /XML') }),
  ],
  [
    'a DSS with a strange key',
    'changed',
    'VALIDATION_DATA_MALFORMED',
    () => {
      const number = nextNumber(approval)
      return updatePdf(approval, {
        [FORM.catalog]: body(approval, FORM.catalog, '/Type /Catalog', `/Type /Catalog /DSS ${number} 0 R`),
        [number]: '<< /Type /DSS /Certs [] /Shown 5 0 R >>',
      })
    },
  ],
  [
    'document information pointing into the document',
    'changed',
    '',
    () => updatePdf(approval, { [FORM.info]: '<< /Title 5 0 R >>' }),
  ],
]

describe('verifyPdf on attacks', () => {
  const all = [...onBytes, ...onRange, ...onObjects, ...onForm]
  it.each(all)('does not call valid: %s', async (_name, verdict, code, build) => {
    const result = await verify(build())
    expect({ verdict: result.verdict, codes: result.codes }).toEqual({
      verdict,
      codes: code === '' ? expect.anything() : expect.arrayContaining([code]),
    })
  })
})

describe('verifyPdf on legal updates', () => {
  it('keeps a signature valid after another one', async () => {
    const result = await verify(await maker.sign(approval, { by: 'witness' }))
    expect(result.verdict).toBe('valid-with-permitted-changes')
  })

  it('keeps it valid after validation data and archive timestamp, and calls that no change', async () => {
    const result = await verify(await maker.renew(approval))
    expect(result.verdict).toBe('valid')
    expect(result.report.signatures[0]?.changesAfter).toMatchObject({ level: 'lta', permitted: true })
  })

  it('keeps a certification that allows nothing valid after an archive timestamp', async () => {
    expect((await verify(await maker.renew(certified1))).verdict).toBe('valid')
  })

  it('lists a filled field with old and new value', async () => {
    const filled = updatePdf(certified2, {
      [FORM.amount]: body(certified2, FORM.amount, '(100)', '(900)'),
      [FORM.amountLook]: look('900'),
    })
    const result = await verify(filled)
    expect(result.verdict).toBe('valid-with-permitted-changes')
    expect(result.report.signatures[0]?.changesAfter.items).toEqual([
      expect.objectContaining({
        code: 'FIELD_FILLED',
        page: 1,
        rectangle: [72, 600, 272, 620],
        text: expect.stringContaining('amount: 100 → 900'),
      }),
    ])
  })

  it('accepts a ticked box with its state', async () => {
    const ticked = updatePdf(certified2, {
      [FORM.agree]: body(certified2, FORM.agree, '/V /Off /AS /Off', '/V /Yes /AS /Yes'),
    })
    expect((await verify(ticked)).verdict).toBe('valid-with-permitted-changes')
  })

  it('accepts a comment where the certification allows it', async () => {
    const commented = addAnnotation(
      certified3,
      '<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /Contents (hello) /F 4 >>',
    )
    expect((await verify(commented)).verdict).toBe('valid-with-permitted-changes')
  })

  const rect = '/Rect [72 750 400 780] /QuadPoints [72 780 400 780 72 750 400 750] /F 4'
  const markup = (content: string, state: string) => {
    const look = nextNumber(certified3) + 1
    return addAnnotation(
      certified3,
      `<< /Type /Annot /Subtype /Highlight ${rect} /AP << /N ${look} 0 R >> >>`,
      {
        [look]: stream(
          content,
          `/Type /XObject /Subtype /Form /BBox [72 750 400 780] /Resources << ${state} >>`,
        ),
      },
    )
  }

  it.each([
    [
      'see-through colour',
      '/G gs 1 1 0 rg 72 750 328 30 re f',
      '/ExtGState << /G << /BM /Multiply >> >>',
      true,
    ],
    ['a line', '1 0 0 RG 72 750 m 400 750 l S', '', true],
    [
      'a blend mode taken back',
      'q /G gs Q 1 1 1 rg 72 750 328 30 re f',
      '/ExtGState << /G << /BM /Multiply >> >>',
      false,
    ],
    ['a line as thick as a bar', '1 1 1 RG 30 w 72 765 m 400 765 l S', '', false],
    ['a line scaled up', '1 1 1 RG 30 0 0 30 0 0 cm 2 25 m 13 25 l S', '', false],
    ['opaque colour', '1 1 1 rg 72 750 328 30 re f', '', false],
    ['text', 'BT /F1 12 Tf 72 750 Td (1 yen) Tj ET', '/Font << /F1 7 0 R >>', false],
    ['a picture', '/X Do', '/XObject << /X 18 0 R >>', false],
  ])('judges a highlight by what it draws: %s', async (_name, content, state, permitted) => {
    const number = nextNumber(certified3) + 1
    const pdf = markup(content, state)
    expect(textOf(pdf)).toContain(`${number} 0 obj`)
    expect((await verify(pdf)).verdict).toBe(permitted ? 'valid-with-permitted-changes' : 'changed')
  })

  it('accepts new metadata and a new modification date', async () => {
    const updated = updatePdf(approval, {
      [FORM.info]: objectText(approval, FORM.info).replace('20261122', '20261123'),
      [FORM.metadata]: stream(XMP.replace('about=""', 'about="x"'), '/Type /Metadata /Subtype /XML'),
    })
    expect((await verify(updated)).verdict).toBe('valid')
  })

  it('takes objects written again without a change for no change', async () => {
    const rewritten = updatePdf(approval, {
      [FORM.font]: '<</BaseFont/Helvetica/Subtype/Type1/Type/Font>>',
      [FORM.firstPage]: objectText(approval, FORM.firstPage).replace('[0 0 595 842]', '[0.0 0 595.00 842]'),
    })
    const result = await verify(rewritten)
    expect(result.report.signatures[0]?.changesAfter).toEqual({ level: 'none', permitted: true, items: [] })
  })

  it('accepts comment lines of producers between objects', async () => {
    const updated = updatePdf(
      approval,
      { [FORM.info]: '<< /Title (Contract) /Producer (x) >>' },
      { stray: '%producer\n' },
    )
    expect((await verify(updated)).verdict).not.toBe('broken')
  })
})
