// The paper: pages, fonts, a cursor that moves down and opens the next page when there is no room.
// Contents are written as operators (ISO 32000-2 §9.4, §8.5) and packed page by page, so that thousands of pages fit.
import { deflateSync } from 'node:zlib'
import * as fontkit from 'fontkit'
import { PDFDocument, type PDFFont, PDFName, type PDFPage, PDFRawStream, type PDFRef } from 'pdf-lib'
import { type FontWeight, japaneseFont, printable } from './japanese-font.ts'
import { breakLines } from './line-breaking.ts'

export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 539, top: 790, bottom: 62 } as const

/** Red, green, blue, 0 to 1. */
export type Color = readonly [number, number, number]
export const INK: Color = [0.1, 0.1, 0.1]
export const GRAY: Color = [0.45, 0.45, 0.45]
export const RULE: Color = [0.7, 0.7, 0.7]
export const SHADE: Color = [0.94, 0.94, 0.94]
export const RED: Color = [0.78, 0.05, 0.05]

export type TextStyle = {
  readonly size: number
  readonly weight?: FontWeight
  readonly color?: Color
  /** A white edge around the letters, in points: they stay legible over whatever lies below. */
  readonly halo?: number
}

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export type BoxLook = { readonly fill?: Color; readonly line?: Color; readonly lineWidth?: number }

/** One page: operators not yet packed, and the streams that are. */
export type Sheet = { readonly page: PDFPage; operators: string[]; readonly streams: PDFRef[] }

export type Canvas = {
  readonly document: PDFDocument
  readonly sheets: readonly Sheet[]
  /** The page being written and the y of the next line's top. */
  cursor: { sheet: Sheet; y: number }
  readonly missing: Set<string>
  readonly widthOf: (text: string, style: TextStyle) => number
  readonly linesOf: (text: string, room: number, style: TextStyle) => string[]
  /** Draws one line; `at` is the left end of its baseline. */
  readonly draw: (
    sheet: Sheet,
    text: string,
    at: { readonly x: number; readonly y: number },
    style: TextStyle,
  ) => void
  /** `y` is the lower edge. */
  readonly box: (sheet: Sheet, box: Box, look: BoxLook) => void
  /** Opens a new page when fewer than `height` points are left. */
  readonly need: (height: number) => void
  /** Opens the next page; other than A4 when a size is given. What was written on the one before is packed. */
  readonly newPage: (size?: { readonly width: number; readonly height: number }) => void
  /** The bytes: PDF 1.7 with a classic cross-reference table. */
  readonly save: () => Promise<Uint8Array>
}

type Fonts = Readonly<Record<FontWeight, PDFFont>>
const FONT_NAME: Readonly<Record<FontWeight, string>> = { regular: 'R', bold: 'B' }

/** An empty document with the subset fonts; the first page (A4) is open. */
export async function openCanvas(): Promise<Canvas> {
  const document = await PDFDocument.create()
  document.registerFontkit(fontkit)
  const fonts: Fonts = {
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
  const resources = document.context.register(
    document.context.obj({
      Font: { [FONT_NAME.regular]: fonts.regular.ref, [FONT_NAME.bold]: fonts.bold.ref },
    }),
  )
  const letters = createLetters(fonts)
  const sheets: Sheet[] = []
  const open = (size: { readonly width: number; readonly height: number } = PAGE) => {
    const page = document.addPage([size.width, size.height])
    page.node.set(PDFName.of('Resources'), resources)
    const sheet: Sheet = { page, operators: [], streams: [] }
    sheets.push(sheet)
    return { sheet, y: PAGE.top }
  }
  const canvas: Canvas = {
    document,
    sheets,
    cursor: open(),
    missing: letters.missing,
    widthOf: letters.widthOf,
    linesOf: (text, room, style) =>
      breakLines(letters.clean(text, style.weight ?? 'regular'), room, (part) =>
        letters.widthOf(part, style),
      ),
    draw: (sheet, text, at, style) => {
      if (text !== '') sheet.operators.push(textOperators(letters, text, at, style))
    },
    box: (sheet, box, look) => sheet.operators.push(boxOperators(box, look)),
    need: (height) => {
      if (canvas.cursor.y - height < PAGE.bottom) canvas.newPage()
    },
    newPage: (size) => {
      pack(document, canvas.cursor.sheet)
      canvas.cursor = open(size)
    },
    save: () => {
      for (const sheet of sheets) {
        pack(document, sheet)
        sheet.page.node.set(PDFName.of('Contents'), document.context.obj(sheet.streams))
      }
      return document.save({ useObjectStreams: false })
    },
  }
  return canvas
}

function pack(document: PDFDocument, sheet: Sheet): void {
  if (sheet.operators.length === 0) return
  const bytes = deflateSync(Buffer.from(`q\n${sheet.operators.join('\n')}\nQ\n`, 'latin1'))
  const dictionary = document.context.obj({ Filter: 'FlateDecode', Length: bytes.length })
  sheet.streams.push(document.context.register(PDFRawStream.of(dictionary, bytes)))
  sheet.operators = []
}

type Letters = {
  readonly missing: Set<string>
  readonly clean: (text: string, weight: FontWeight) => string
  readonly widthOf: (text: string, style: TextStyle) => number
  /** Glyph codes of the document's subset, in hex. */
  readonly encode: (text: string, weight: FontWeight) => string
}

/** A letter with the combining marks that belong to it; variation selectors are marks too. */
const LETTER = /.\p{M}*/gsu

/** What is known of each letter is kept: papers repeat the same few hundred thousands of times. */
function createLetters(fonts: Fonts): Letters {
  const missing = new Set<string>()
  const advances: Readonly<Record<FontWeight, Map<string, number>>> = { regular: new Map(), bold: new Map() }
  const codes: Readonly<Record<FontWeight, Map<string, string>>> = { regular: new Map(), bold: new Map() }
  const advance = (character: string, weight: FontWeight): number => {
    const known = advances[weight].get(character)
    if (known !== undefined) return known
    const value = advanceOf(character, weight)
    advances[weight].set(character, value)
    return value
  }
  const code = (letter: string, weight: FontWeight): string => {
    const known = codes[weight].get(letter)
    if (known !== undefined) return known
    const value = fonts[weight].encodeText(letter).asString()
    codes[weight].set(letter, value)
    return value
  }
  return {
    missing,
    clean: (text, weight) => {
      const result = printable(text, weight)
      for (const character of result.missing) missing.add(character)
      return result.text
    },
    widthOf: (text, { size, weight = 'regular' }) => {
      let sum = 0
      for (const character of text) sum += advance(character, weight)
      return sum * size
    },
    encode: (text, weight) => (text.match(LETTER) ?? []).map((letter) => code(letter, weight)).join(''),
  }
}

/** Advance width in em; variation selectors take no room. */
function advanceOf(character: string, weight: FontWeight): number {
  const codePoint = character.codePointAt(0) ?? 0
  if ((codePoint >= 0xfe00 && codePoint <= 0xfe0f) || codePoint >= 0xe0100) return 0
  const { font } = japaneseFont(weight)
  return font.glyphForCodePoint(codePoint).advanceWidth / font.unitsPerEm
}

function textOperators(
  letters: Letters,
  text: string,
  { x, y }: { readonly x: number; readonly y: number },
  style: TextStyle,
): string {
  const weight = style.weight ?? 'regular'
  const show = `/${FONT_NAME[weight]} ${number(style.size)} Tf 1 0 0 1 ${number(x)} ${number(y)} Tm <${letters.encode(letters.clean(text, weight), weight)}> Tj`
  const fill = `BT ${rgb(style.color ?? INK)} rg 0 Tr ${show} ET`
  if (style.halo === undefined) return fill
  return `q 1 1 1 RG 1 j ${number(style.halo * 2)} w BT 1 Tr ${show} ET Q ${fill}`
}

function boxOperators({ x, y, width, height }: Box, { fill, line, lineWidth = 0.5 }: BoxLook): string {
  const path = `${[x, y, width, height].map(number).join(' ')} re`
  const paint = fill === undefined ? 'S' : line === undefined ? 'f' : 'B'
  const colors = `${fill === undefined ? '' : `${rgb(fill)} rg `}${line === undefined ? '' : `${rgb(line)} RG ${number(lineWidth)} w `}`
  return `${colors}${path} ${paint}`
}

function rgb(color: Color): string {
  return color.map(number).join(' ')
}

function number(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}
