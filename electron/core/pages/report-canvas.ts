// The paper: pages, fonts, a cursor that moves down and opens the next page when there is no room.
import * as fontkit from 'fontkit'
import { PDFDocument, type PDFFont, type PDFPage, rgb } from 'pdf-lib'
import { type FontWeight, japaneseFont, printable } from './japanese-font.ts'
import { breakLines } from './line-breaking.ts'

export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 539, top: 790, bottom: 62 } as const
export const INK = rgb(0.1, 0.1, 0.1)
export const GRAY = rgb(0.45, 0.45, 0.45)
export const RULE = rgb(0.7, 0.7, 0.7)
export const SHADE = rgb(0.94, 0.94, 0.94)
export const RED = rgb(0.78, 0.05, 0.05)

export type TextStyle = {
  readonly size: number
  readonly weight?: FontWeight
  readonly color?: ReturnType<typeof rgb>
}

export type Canvas = {
  readonly document: PDFDocument
  /** The page being written and the y of the next line's top. */
  cursor: { page: PDFPage; y: number }
  readonly missing: Set<string>
  readonly widthOf: (text: string, style: TextStyle) => number
  readonly linesOf: (text: string, room: number, style: TextStyle) => string[]
  /** Draws one line; `at` is the left end of its baseline. */
  readonly draw: (
    page: PDFPage,
    text: string,
    at: { readonly x: number; readonly y: number },
    style: TextStyle,
  ) => void
  /** Opens a new page when fewer than `height` points are left. */
  readonly need: (height: number) => void
  readonly newPage: () => void
}

/** An empty document with the subset fonts; the first page is open. */
export async function openCanvas(): Promise<Canvas> {
  const document = await PDFDocument.create()
  document.registerFontkit(fontkit)
  const fonts: Record<FontWeight, PDFFont> = {
    // The tag before + marks a subset (ISO 32000-2 §9.9.2).
    regular: await document.embedFont(japaneseFont('regular').bytes, {
      subset: true,
      customName: 'KYKDSR+NotoSansJP-Regular',
    }),
    bold: await document.embedFont(japaneseFont('bold').bytes, {
      subset: true,
      customName: 'KYKDSB+NotoSansJP-Bold',
    }),
  }
  const missing = new Set<string>()
  const clean = (text: string, weight: FontWeight) => {
    const result = printable(text, weight)
    for (const character of result.missing) missing.add(character)
    return result.text
  }
  const widthOf = (text: string, style: TextStyle) =>
    Array.from(text).reduce((sum, character) => sum + advanceOf(character, style.weight ?? 'regular'), 0) *
    style.size
  const addPage = () => ({ page: document.addPage([PAGE.width, PAGE.height]), y: PAGE.top })
  const canvas: Canvas = {
    document,
    cursor: addPage(),
    missing,
    widthOf,
    linesOf: (text, room, style) =>
      breakLines(clean(text, style.weight ?? 'regular'), room, (part) => widthOf(part, style)),
    draw: (page, text, { x, y }, style) => {
      if (text === '') return
      const weight = style.weight ?? 'regular'
      page.drawText(clean(text, weight), {
        x,
        y,
        size: style.size,
        font: fonts[weight],
        color: style.color ?? INK,
      })
    },
    need: (height) => {
      if (canvas.cursor.y - height < PAGE.bottom) canvas.cursor = addPage()
    },
    newPage: () => {
      canvas.cursor = addPage()
    },
  }
  return canvas
}

/** Advance width in em; variation selectors take no room. */
function advanceOf(character: string, weight: FontWeight): number {
  const codePoint = character.codePointAt(0) ?? 0
  if ((codePoint >= 0xfe00 && codePoint <= 0xfe0f) || codePoint >= 0xe0100) return 0
  const { font } = japaneseFont(weight)
  return font.glyphForCodePoint(codePoint).advanceWidth / font.unitsPerEm
}
