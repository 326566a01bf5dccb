/** A two-page contract with the parts attacks aim at: form fields of several kinds, metadata, annotations, names. */
import { buildPdf, stream } from '../mutate-pdf.ts'

export const FORM = {
  catalog: 1,
  pages: 2,
  firstPage: 3,
  secondPage: 4,
  firstContent: 5,
  secondContent: 6,
  font: 7,
  acroForm: 8,
  amount: 9,
  total: 10,
  agree: 11,
  hidden: 12,
  amountLook: 13,
  totalLook: 14,
  info: 15,
  metadata: 16,
  note: 17,
  hiddenLook: 18,
  spare: 19,
  checkYes: 20,
  checkOff: 21,
} as const

const LOOK = '/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 7 0 R >> >>'

export function look(text: string): string {
  return stream(`/Tx BMC BT /F1 12 Tf 2 5 Td (${text}) Tj ET EMC`, LOOK)
}

export const XMP =
  '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'

/** Object 19 is referred to by the catalog's /PieceInfo but does not exist: a place waiting to be filled. */
export function contractForm(): Uint8Array {
  return buildPdf(
    {
      1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 8 0 R /Metadata 16 0 R /PieceInfo << /Spare 40 0 R >> >>',
      2: '<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>',
      3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 7 0 R >> >> /Annots [9 0 R 10 0 R 11 0 R 12 0 R 17 0 R] >>',
      4: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources << /Font << /F1 7 0 R >> >> >>',
      5: stream('BT /F1 18 Tf 72 760 Td (Contract amount 1000000 yen) Tj ET'),
      6: stream('BT /F1 18 Tf 72 760 Td (Page two) Tj ET'),
      7: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
      8: '<< /Fields [9 0 R 10 0 R 11 0 R 12 0 R] /DA (/F1 12 Tf 0 g) /DR << /Font << /F1 7 0 R >> >> >>',
      9: '<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /V (100) /Rect [72 600 272 620] /F 4 /P 3 0 R /AP << /N 13 0 R >> >>',
      10: '<< /Type /Annot /Subtype /Widget /FT /Tx /T (total) /Ff 1 /V (200) /Rect [72 560 272 580] /F 4 /P 3 0 R /AP << /N 14 0 R >> >>',
      11: '<< /Type /Annot /Subtype /Widget /FT /Btn /T (agree) /V /Off /AS /Off /Rect [72 520 92 540] /F 4 /P 3 0 R /AP << /N << /Yes 20 0 R /Off 21 0 R >> >> >>',
      12: '<< /Type /Annot /Subtype /Widget /FT /Tx /T (hidden) /V (HIDDEN) /Rect [0 0 595 842] /F 2 /P 3 0 R /AP << /N 18 0 R >> >>',
      13: look('100'),
      14: look('200'),
      15: '<< /Title (Contract) /Producer (test) /ModDate (D:20261122120000Z) >>',
      16: stream(XMP, '/Type /Metadata /Subtype /XML'),
      17: '<< /Type /Annot /Subtype /Text /Rect [300 300 320 320] /Contents (note) /F 4 >>',
      18: look('HIDDEN'),
      20: look('X'),
      21: look(''),
    },
    { Root: '1 0 R', Info: '15 0 R' },
  )
}
