/**
 * A PDF 1.7 of many pages, each a line of text over a grey picture of its own, as a scanner writes them: flat page tree,
 * classic cross-reference table at the end, nothing linearized. For benches and tests that need a long heavy file.
 */
export function manyPagesPdf(pages: number, bytesPerPage: number): Uint8Array {
  const side = Math.max(16, Math.floor(Math.sqrt(bytesPerPage - 500)))
  const picture = Buffer.alloc(side * side)
  for (let at = 0; at < picture.length; at += 1) picture[at] = 200 + ((at * 7 + (at >> 7) * 13) % 48)
  const parts: Buffer[] = []
  const offsets: number[] = []
  let length = 0
  const add = (piece: Buffer): void => {
    parts.push(piece)
    length += piece.length
  }
  const addObject = (...pieces: readonly (string | Buffer)[]): void => {
    offsets.push(length)
    add(Buffer.from(`${offsets.length} 0 obj\n`, 'latin1'))
    for (const piece of pieces) add(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
    add(Buffer.from('\nendobj\n', 'latin1'))
  }
  add(Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1'))
  addObject('<< /Type /Catalog /Pages 2 0 R >>')
  const kids = Array.from({ length: pages }, (_, index) => `${4 + index * 3} 0 R`).join(' ')
  addObject(`<< /Type /Pages /MediaBox [0 0 595 842] /Kids [${kids}] /Count ${pages} >>`)
  addObject('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>')
  for (let page = 1; page <= pages; page += 1) {
    const first = 4 + (page - 1) * 3
    addObject(
      `<< /Type /Page /Parent 2 0 R /Contents ${first + 1} 0 R`,
      ` /Resources << /Font << /F1 3 0 R >> /XObject << /Im ${first + 2} 0 R >> >> >>`,
    )
    const text = `q 475 0 0 475 60 180 cm /Im Do Q BT /F1 18 Tf 72 760 Td (Contract page ${page}) Tj ET`
    addObject(`<< /Length ${text.length} >>\nstream\n${text}\nendstream`)
    addObject(
      `<< /Type /XObject /Subtype /Image /Width ${side} /Height ${side} /ColorSpace /DeviceGray /BitsPerComponent 8 /Length ${picture.length} >>\nstream\n`,
      picture,
      '\nendstream',
    )
  }
  const xrefAt = length
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = offsets.length + 1
  add(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${size} /Root 1 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] >>\nstartxref\n${xrefAt}\n%%EOF\n`,
      'latin1',
    ),
  )
  return Buffer.concat(parts)
}
