import { closeSync, openSync, writeSync } from 'node:fs'

/**
 * A one-page PDF 1.7 with a classic cross-reference table and about `sizeBytes` bytes, the filler being a content
 * stream of comments. For benches and tests that need a size, not a look.
 */
export function plainPdf(sizeBytes: number, title = 'Contract'): Uint8Array {
  const { head, tail } = frame(Math.max(0, sizeBytes - 900), title)
  return Buffer.concat([head, filler(Math.max(0, sizeBytes - 900)), tail])
}

/** Writes such a file of any size in pieces. */
export function writePlainPdf(path: string, sizeBytes: number): void {
  const fillBytes = sizeBytes - 900
  const { head, tail } = frame(fillBytes, 'Contract')
  const descriptor = openSync(path, 'w')
  try {
    writeSync(descriptor, head)
    const piece = filler(1 << 20)
    for (let left = fillBytes; left > 0; left -= piece.length)
      writeSync(descriptor, left >= piece.length ? piece : filler(left))
    writeSync(descriptor, tail)
  } finally {
    closeSync(descriptor)
  }
}

function filler(sizeBytes: number): Buffer {
  const line = `%${'x'.repeat(62)}\n`
  return Buffer.from(line.repeat(Math.ceil(sizeBytes / line.length)).slice(0, sizeBytes), 'latin1')
}

function frame(fillBytes: number, title: string): { readonly head: Buffer; readonly tail: Buffer } {
  const text = `BT /F1 18 Tf 72 760 Td (${title}) Tj ET\n`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let head = '%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n'
  const offsets: number[] = []
  for (const [index, body] of objects.entries()) {
    offsets.push(head.length)
    head += `${index + 1} 0 obj\n${body}\nendobj\n`
  }
  offsets.push(head.length)
  head += `5 0 obj\n<< /Length ${text.length + fillBytes} >>\nstream\n${text}`
  const xrefAt = head.length + fillBytes + '\nendstream\nendobj\n'.length
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const tail = `\nendstream\nendobj\nxref\n0 6\n0000000000 65535 f \n${entries}trailer\n<< /Size 6 /Root 1 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] >>\nstartxref\n${xrefAt}\n%%EOF\n`
  return { head: Buffer.from(head, 'latin1'), tail: Buffer.from(tail, 'latin1') }
}
