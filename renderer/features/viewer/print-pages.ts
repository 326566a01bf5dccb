import type { PdfFile } from '../../pdf/load-pdf.ts'

/** Fine enough for small print, small enough for a hundred pages. */
const PRINT_DPI = 150

/**
 * Prints every page in order: drawn as pictures into a part of the page that only the printer sees (office.css).
 * Frames are forbidden by the content security policy, so the browser's own PDF printing is no way.
 */
export async function printPages(file: PdfFile, onPage: (page: number) => void): Promise<void> {
  const sheet = document.createElement('div')
  sheet.className = 'print-sheet'
  const addresses: string[] = []
  try {
    for (let number = 1; number <= file.pageCount; number += 1) {
      onPage(number)
      const picture = await drawPage(file, number)
      const address = URL.createObjectURL(picture)
      addresses.push(address)
      const image = new Image()
      image.alt = ''
      image.src = address
      await image.decode()
      sheet.append(image)
    }
    document.body.append(sheet)
    window.print()
  } finally {
    sheet.remove()
    for (const address of addresses) URL.revokeObjectURL(address)
  }
}

async function drawPage(file: PdfFile, number: number): Promise<Blob> {
  const page = await file.page(number)
  const viewport = page.getViewport({ scale: PRINT_DPI / 72 })
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(viewport.width)
  canvas.height = Math.ceil(viewport.height)
  await page.render({ canvas, viewport, intent: 'print' }).promise
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The page could not be drawn'))),
      'image/png',
    )
  })
}
