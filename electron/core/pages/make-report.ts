// One layout for every paper the program makes: certificates, reports, cover sheets.
import { PDFName } from 'pdf-lib'
import {
  type Canvas,
  GRAY,
  openCanvas,
  PAGE,
  RED,
  RULE,
  SHADE,
  type Sheet,
  type TextStyle,
} from './report-canvas.ts'
import type { MadeReport, Report, ReportBlock, ReportColumn } from './report-model.ts'

const BODY: TextStyle = { size: 10 }
const SMALL: TextStyle = { size: 8.5 }
const LINE = 1.5
const WIDTH = PAGE.right - PAGE.left

/**
 * Lays a report out on A4 pages: title, blocks, page numbers, embedded subset of Noto Sans JP, attached files.
 * Tables continue on the next page under their header; a row taller than a page is cut between lines.
 * PDF 1.7 with a classic cross-reference table, not signed; the signing engine seals it afterwards.
 */
export async function makeReport(report: Report): Promise<MadeReport> {
  const canvas = await openCanvas()
  const { document } = canvas
  writeInfo(canvas, report)
  layOut(canvas, report)
  for (const [index, sheet] of canvas.sheets.entries())
    drawEdges(canvas, sheet, report, {
      isFirst: index === 0,
      number: `${index + 1} / ${canvas.sheets.length}`,
    })
  const created = new Date(report.createdAt)
  for (const file of report.attachments ?? [])
    await document.attach(file.bytes, file.name, {
      mimeType: file.mimeType,
      description: file.description,
      creationDate: created,
      modificationDate: created,
    })
  if (report.attachments?.length) document.catalog.set(PDFName.of('PageMode'), PDFName.of('UseNone'))
  const bytes = await canvas.save()
  return { bytes, pageCount: canvas.sheets.length, missingCharacters: [...canvas.missing] }
}

/** Document properties. Times come from the facts, so that the same facts give the same bytes. */
export function writeInfo(
  { document }: Canvas,
  report: Pick<Report, 'title' | 'author' | 'createdAt'>,
): void {
  const created = new Date(report.createdAt)
  document.setTitle(report.title, { showInWindowTitleBar: true })
  document.setAuthor(report.author)
  document.setCreator('Keiyaku Desk')
  document.setProducer('Keiyaku Desk')
  document.setLanguage('ja')
  document.setCreationDate(created)
  document.setModificationDate(created)
}

/** Title and blocks from the open page on; the edges come when the number of pages is known. */
export function layOut(canvas: Canvas, report: Report): void {
  drawTitle(canvas, report)
  for (const block of report.blocks) drawBlock(canvas, block)
}

function drawTitle(canvas: Canvas, report: Report): void {
  const { sheet } = canvas.cursor
  for (const line of (report.headLines ?? []).flatMap((text) => canvas.linesOf(text, WIDTH, SMALL))) {
    canvas.draw(sheet, line, { x: PAGE.right - canvas.widthOf(line, SMALL), y: canvas.cursor.y - 9 }, SMALL)
    canvas.cursor.y -= 13
  }
  const style: TextStyle = { size: 17, weight: 'bold' }
  canvas.cursor.y -= 8
  for (const line of canvas.linesOf(report.title, WIDTH, style)) {
    canvas.draw(
      sheet,
      line,
      { x: (PAGE.width - canvas.widthOf(line, style)) / 2, y: canvas.cursor.y - 17 },
      style,
    )
    canvas.cursor.y -= 25
  }
  if (report.subtitle) {
    canvas.cursor.y -= 4
    for (const line of canvas.linesOf(report.subtitle, WIDTH, BODY)) {
      canvas.draw(
        sheet,
        line,
        { x: (PAGE.width - canvas.widthOf(line, BODY)) / 2, y: canvas.cursor.y - 10 },
        BODY,
      )
      canvas.cursor.y -= 15
    }
  }
  canvas.cursor.y -= 8
}

function drawBlock(canvas: Canvas, block: ReportBlock): void {
  if (block.type === 'heading') drawHeading(canvas, block.text)
  else if (block.type === 'subheading')
    drawLines(canvas, block.text, { size: 10.5, weight: 'bold' }, { before: 6, after: 3, keep: 100 })
  else if (block.type === 'paragraph')
    drawLines(canvas, block.text, { size: block.size ?? BODY.size }, { before: 0, after: 6, keep: 0 })
  else if (block.type === 'facts') drawFacts(canvas, block.rows)
  else if (block.type === 'table') drawTable(canvas, block.columns, block.rows)
  else if (block.type === 'code') drawCode(canvas, block.lines)
  else canvas.newPage()
}

function drawHeading(canvas: Canvas, text: string): void {
  const style: TextStyle = { size: 12, weight: 'bold' }
  canvas.need(150) // never alone at the foot of a page
  canvas.cursor.y -= 10
  for (const line of canvas.linesOf(text, WIDTH, style)) {
    canvas.draw(canvas.cursor.sheet, line, { x: PAGE.left, y: canvas.cursor.y - 12 }, style)
    canvas.cursor.y -= 18
  }
  const { sheet, y } = canvas.cursor
  canvas.box(sheet, { x: PAGE.left, y: y - 0.5, width: WIDTH, height: 1 }, { fill: RULE })
  canvas.cursor.y -= 8
}

function drawLines(
  canvas: Canvas,
  text: string,
  style: TextStyle,
  space: { readonly before: number; readonly after: number; readonly keep: number },
): void {
  const lead = style.size * LINE
  canvas.need(space.keep)
  canvas.cursor.y -= space.before
  for (const line of canvas.linesOf(text, WIDTH, style)) {
    canvas.need(lead)
    canvas.draw(canvas.cursor.sheet, line, { x: PAGE.left, y: canvas.cursor.y - style.size }, style)
    canvas.cursor.y -= lead
  }
  canvas.cursor.y -= space.after
}

function drawFacts(canvas: Canvas, rows: readonly (readonly [string, string])[]): void {
  const columns: ReportColumn[] = [
    { label: '', share: 26 },
    { label: '', share: 74 },
  ]
  for (const row of rows) drawRow(canvas, columns, row, { style: { size: 9 }, shadeFirst: true })
  canvas.cursor.y -= 8
}

function drawTable(
  canvas: Canvas,
  columns: readonly ReportColumn[],
  rows: readonly (readonly string[])[],
): void {
  const head = () =>
    drawRow(
      canvas,
      columns,
      columns.map((column) => column.label),
      { style: { size: SMALL.size, weight: 'bold' }, shadeAll: true },
    )
  canvas.need(60)
  head()
  for (const row of rows) drawRow(canvas, columns, row, { style: SMALL, onNewPage: head })
  canvas.cursor.y -= 8
}

type RowLook = {
  readonly style: TextStyle
  readonly shadeFirst?: boolean
  readonly shadeAll?: boolean
  readonly onNewPage?: () => void
}

function drawRow(
  canvas: Canvas,
  columns: readonly ReportColumn[],
  cells: readonly string[],
  look: RowLook,
): void {
  const total = columns.reduce((sum, column) => sum + column.share, 0)
  const widths = columns.map((column) => (column.share / total) * WIDTH)
  const lead = look.style.size * 1.4
  let rest = columns.map((_column, index) =>
    canvas.linesOf(cells[index] ?? '', (widths[index] ?? 0) - 8, look.style),
  )
  do {
    const height = Math.max(...rest.map((lines) => lines.length), 1) * lead + 7
    const fullPage = PAGE.top - PAGE.bottom - 40
    if (canvas.cursor.y - Math.min(height, fullPage) < PAGE.bottom) {
      canvas.newPage()
      look.onNewPage?.()
    }
    const room = Math.max(Math.floor((canvas.cursor.y - PAGE.bottom - 7) / lead), 1)
    drawRowPart(canvas, columns, widths, { look, lead, lines: rest.map((lines) => lines.slice(0, room)) })
    rest = rest.map((lines) => lines.slice(room))
  } while (rest.some((lines) => lines.length > 0))
}

function drawRowPart(
  canvas: Canvas,
  columns: readonly ReportColumn[],
  widths: readonly number[],
  part: { readonly look: RowLook; readonly lead: number; readonly lines: readonly (readonly string[])[] },
): void {
  const { look, lead, lines } = part
  const { sheet, y } = canvas.cursor
  const height = Math.max(...lines.map((cell) => cell.length), 1) * lead + 7
  let x: number = PAGE.left
  columns.forEach((column, index) => {
    const width = widths[index] ?? 0
    const shaded = look.shadeAll || (look.shadeFirst && index === 0)
    canvas.box(sheet, { x, y: y - height, width, height }, { line: RULE, ...(shaded ? { fill: SHADE } : {}) })
    ;(lines[index] ?? []).forEach((line, row) => {
      const free = width - 8 - canvas.widthOf(line, look.style)
      const shift = column.align === 'right' ? free : column.align === 'center' ? free / 2 : 0
      canvas.draw(sheet, line, { x: x + 4 + shift, y: y - 3.5 - row * lead - look.style.size }, look.style)
    })
    x += width
  })
  canvas.cursor.y -= height
}

/** A secret in groups, large and wide apart, to be read aloud or typed in. */
function drawCode(canvas: Canvas, lines: readonly string[]): void {
  const style: TextStyle = { size: 20, weight: 'bold' }
  const height = lines.length * 34 + 20
  canvas.need(height)
  const { sheet, y } = canvas.cursor
  canvas.box(sheet, { x: PAGE.left, y: y - height, width: WIDTH, height }, { line: GRAY, lineWidth: 1.2 })
  lines.forEach((line, index) => {
    const x = (PAGE.width - canvas.widthOf(line, style)) / 2
    canvas.draw(sheet, line, { x, y: y - 34 - index * 34 }, style)
  })
  canvas.cursor.y -= height + 12
}

/** Footer and number, on later pages the title, and the mark. */
export function drawEdges(
  canvas: Canvas,
  sheet: Sheet,
  report: Pick<Report, 'title' | 'footer' | 'mark'>,
  place: { readonly isFirst: boolean; readonly number: string },
): void {
  const quiet: TextStyle = { ...SMALL, color: GRAY }
  canvas.draw(sheet, place.number, { x: PAGE.right - canvas.widthOf(place.number, quiet), y: 36 }, quiet)
  const footer = canvas.linesOf(report.footer, WIDTH - 60, quiet)
  footer.slice(0, 2).forEach((line, row) => {
    canvas.draw(sheet, line, { x: PAGE.left, y: 36 - row * 11 }, quiet)
  })
  if (!place.isFirst) canvas.draw(sheet, report.title, { x: PAGE.left, y: 808 }, quiet)
  if (report.mark === undefined) return
  const style: TextStyle = { size: 11, weight: 'bold', color: RED }
  const x = place.isFirst ? PAGE.left : PAGE.right - canvas.widthOf(report.mark, style)
  canvas.draw(sheet, report.mark, { x, y: 808 }, style)
}
