/**
 * Contracts for sample data and the demo, in the shape a town office writes them: a table of particulars, articles,
 * and two signature blocks with 印. Texts come from `resources/samples/contracts.json`.
 */
import { readFile } from 'node:fs/promises'
import * as fontkit from 'fontkit'
import { PDFDocument, type PDFFont, type PDFPage, rgb } from 'pdf-lib'

export type ContractText = {
  readonly title: string
  readonly subject: string
  readonly rows: readonly (readonly string[])[]
  readonly intro: string
  readonly articles: readonly (readonly string[])[]
}

export type SampleContractOptions = {
  /** TTF that has every character of the text. */
  readonly fontPath: string
  readonly text: ContractText
  /** Blocks at the end, one per party: lines, the last of which carries 印. */
  readonly signatureBlocks: readonly (readonly string[])[]
  readonly dateText: string
  /** true: cross-reference stream and object streams (PDF 1.5+); false: classic table. */
  readonly objectStreams: boolean
  /** The articles are written this often, to make a long document. */
  readonly repeat?: number
}

const A4 = { width: 595.28, height: 841.89 }
const MARGIN = 64
const BODY_SIZE = 10.5
const LEADING = 18

/** @returns bytes of an unsigned PDF, A4 portrait, one font subset embedded */
export async function makeSampleContract(options: SampleContractOptions): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.registerFontkit(fontkit)
  const font = await document.embedFont(await readFile(options.fontPath), { subset: true })
  document.setTitle(options.text.subject)
  document.setProducer('電子契約デスク サンプル')
  const writer = createWriter(document, font)
  writer.center(options.text.title, 20)
  writer.space(14)
  writer.table(options.text.rows)
  writer.space(10)
  writer.paragraph(options.text.intro)
  writer.space(6)
  const repeat = options.repeat ?? 1
  let number = 1
  for (let round = 0; round < repeat; round += 1)
    for (const [heading = '', body = ''] of options.text.articles) {
      writer.paragraph(`（${heading}）`)
      writer.paragraph(`第${number}条　${body}`)
      number += 1
    }
  writer.space(16)
  writer.paragraph(options.dateText)
  for (const block of options.signatureBlocks) writer.block(block)
  return document.save({ useObjectStreams: options.objectStreams })
}

function createWriter(document: PDFDocument, font: PDFFont) {
  let page: PDFPage = document.addPage([A4.width, A4.height])
  let y = A4.height - MARGIN
  const width = A4.width - 2 * MARGIN
  const need = (height: number) => {
    if (y - height >= MARGIN) return
    page = document.addPage([A4.width, A4.height])
    y = A4.height - MARGIN
  }
  const line = (text: string, x = MARGIN, size = BODY_SIZE) => {
    page.drawText(text, { x, y: y - size, size, font })
  }
  return {
    space: (height: number) => {
      y -= height
    },
    center: (text: string, size: number) => {
      need(size * 2)
      page.drawText(text, { x: (A4.width - font.widthOfTextAtSize(text, size)) / 2, y: y - size, size, font })
      y -= size * 2
    },
    paragraph: (text: string) => {
      for (const part of wrap(text, font, width)) {
        need(LEADING)
        line(part)
        y -= LEADING
      }
    },
    table: (rows: readonly (readonly string[])[]) => {
      for (const [label = '', value = ''] of rows) {
        const lines = wrap(value, font, width - 150)
        const height = lines.length * LEADING + 8
        need(height)
        page.drawRectangle({
          x: MARGIN,
          y: y - height,
          width,
          height,
          borderWidth: 0.6,
          borderColor: rgb(0.3, 0.3, 0.3),
        })
        page.drawText(label, { x: MARGIN + 8, y: y - 17, size: BODY_SIZE, font })
        for (const [index, part] of lines.entries())
          page.drawText(part, { x: MARGIN + 142, y: y - 17 - index * LEADING, size: BODY_SIZE, font })
        y -= height
      }
    },
    block: (lines: readonly string[]) => {
      need(lines.length * LEADING + 40)
      y -= 18
      for (const text of lines) {
        line(text, MARGIN + 150)
        y -= LEADING + 4
      }
    },
  }
}

/** Breaks Japanese text at the width; closing marks do not start a line. */
function wrap(text: string, font: PDFFont, width: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const character of text) {
    const next = current + character
    if (font.widthOfTextAtSize(next, BODY_SIZE) > width && !'、。」）'.includes(character)) {
      lines.push(current)
      current = character
    } else current = next
  }
  if (current !== '') lines.push(current)
  return lines
}
