// The frame of a 写し: covers and list of contents, and for every copied page its mark. The pages themselves are joined to it
// elsewhere; here they are sizes. All sheets are numbered together, so that a loose one can be put back.
import { drawEdges, layOut, writeInfo } from './make-report.ts'
import { type Canvas, GRAY, openCanvas, RED, type Sheet, type TextStyle } from './report-canvas.ts'
import type { Report, ReportBlock } from './report-model.ts'

/** A page as it is seen, in points, with texts that nobody has drawn. */
export type FramedPage = {
  readonly width: number
  readonly height: number
  readonly texts: readonly {
    readonly text: string
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }[]
}

export type FramePart =
  /** Own sheets. A cell `@n` of a table becomes the sheet on which part n begins. */
  | { readonly kind: 'paper'; readonly report: Report }
  /** `label`: what the page belongs to, at its foot. */
  | { readonly kind: 'pages'; readonly label: string; readonly pages: readonly FramedPage[] }

export type CopyFrameData = {
  readonly title: string
  readonly author: string
  readonly createdAt: Report['createdAt']
  readonly parts: readonly FramePart[]
}

export type CopyFrame = {
  readonly bytes: Uint8Array
  /** Per part: pages of the frame, own sheets or marks. */
  readonly places: readonly { readonly first: number; readonly count: number }[]
  /** Sheets of the finished copy. */
  readonly sheets: number
  readonly missingCharacters: readonly string[]
}

/** Plain data in and out: runs in a worker. The same facts give the same bytes. */
export async function makeCopyFrame(data: CopyFrameData): Promise<CopyFrame> {
  const counts = await countSheets(data.parts)
  const starts = counts.map((_count, part) => 1 + sum(counts.slice(0, part)))
  const total = sum(counts)
  const canvas = await openCanvas()
  writeInfo(canvas, data)
  const places = data.parts.map((part, index) => {
    const start = starts[index] ?? 1
    // The canvas begins with an open page: the first part takes it, the others open their own.
    const first = index === 0 ? 0 : canvas.sheets.length
    if (part.kind === 'paper') drawPaper(canvas, withSheets(part.report, starts), { first, start, total })
    else
      for (const [page, size] of part.pages.entries()) {
        openSheet(canvas, size, first === 0 && page === 0)
        drawMark(canvas, size, { label: part.label, number: start + page, total })
      }
    return { first, count: counts[index] ?? 0 }
  })
  const bytes = await canvas.save()
  return { bytes, places, sheets: total, missingCharacters: [...canvas.missing] }
}

/** How many sheets each part has; papers are laid out once to know. */
async function countSheets(parts: readonly FramePart[]): Promise<number[]> {
  const scratch = await openCanvas()
  return parts.map((part) => {
    if (part.kind === 'pages') return part.pages.length
    const before = scratch.sheets.length
    scratch.newPage()
    layOut(scratch, part.report)
    return scratch.sheets.length - before
  })
}

function drawPaper(
  canvas: Canvas,
  report: Report,
  { first, start, total }: { readonly first: number; readonly start: number; readonly total: number },
): void {
  if (first > 0) canvas.newPage()
  layOut(canvas, report)
  for (const [index, sheet] of canvas.sheets.slice(first).entries()) {
    const number = start + index
    drawEdges(
      canvas,
      sheet,
      { ...report, mark: markOf(number, total) },
      {
        isFirst: index === 0,
        number: `${number} / ${total}`,
      },
    )
  }
}

function openSheet(canvas: Canvas, size: FramedPage, isOpen: boolean): void {
  if (isOpen) canvas.cursor.sheet.page.setSize(size.width, size.height)
  else canvas.newPage(size)
}

function markOf(number: number, total: number): string {
  return `写し ${number}/${total}`
}

const A4_WIDTH = 595
/** Office printers leave some 4.2 mm at the edges white. */
const EDGE = 14

/** In the margins, with a white edge around the letters and nothing behind them: contents stay to be seen. */
function drawMark(
  canvas: Canvas,
  size: FramedPage,
  { label, number, total }: { readonly label: string; readonly number: number; readonly total: number },
): void {
  const { sheet } = canvas.cursor
  // A plan is printed smaller than it is: its mark grows with the sheet.
  const scale = Math.max(1, Math.min(size.width, size.height) / A4_WIDTH)
  for (const text of size.texts) drawText(canvas, sheet, text)
  const style: TextStyle = { size: 10 * scale, weight: 'bold', color: RED, halo: 1.2 * scale }
  const mark = markOf(number, total)
  const inset = EDGE * scale
  const x = Math.max(4, size.width - canvas.widthOf(mark, style) - inset)
  canvas.draw(sheet, mark, { x, y: size.height - inset - 8 * scale }, style)
  const quiet: TextStyle = { size: 7 * scale, color: GRAY, halo: 0.8 * scale }
  const [line = ''] = canvas.linesOf(label, size.width - 2 * inset, quiet)
  canvas.draw(sheet, line, { x: inset, y: inset }, quiet)
}

/** A field's value in its box, as large as it fits. */
function drawText(
  canvas: Canvas,
  sheet: Sheet,
  { text, x, y, width, height }: FramedPage['texts'][number],
): void {
  let style: TextStyle = { size: Math.min(11, Math.max(5, height - 4)) }
  let lines = canvas.linesOf(text, width - 4, style)
  while (lines.length * style.size * 1.2 > height && style.size > 5) {
    style = { size: style.size - 0.5 }
    lines = canvas.linesOf(text, width - 4, style)
  }
  for (const [index, line] of lines.entries())
    canvas.draw(sheet, line, { x: x + 2, y: y + height - 2 - style.size * (0.9 + index * 1.2) }, style)
}

function withSheets(report: Report, starts: readonly number[]): Report {
  const cell = (text: string) => {
    const part = /^@(\d+)$/.exec(text)?.[1]
    return part === undefined ? text : String(starts[Number(part)] ?? '')
  }
  const block = (given: ReportBlock): ReportBlock =>
    given.type === 'table' ? { ...given, rows: given.rows.map((row) => row.map(cell)) } : given
  return { ...report, blocks: report.blocks.map(block) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
