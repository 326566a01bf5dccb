import { PDFDocument, StandardFonts } from 'pdf-lib'

/** A plain PDF of A4 pages, each with its number and `text` (Latin letters). */
export async function samplePdf(pages: number, text = 'Contract'): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.Helvetica)
  for (let number = 1; number <= pages; number++) {
    const page = document.addPage([595.28, 841.89])
    page.drawText(`${text} page ${number} of ${pages}`, { x: 60, y: 760, size: 20, font })
  }
  return document.save()
}
