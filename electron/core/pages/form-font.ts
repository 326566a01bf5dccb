// The font of a fillable form: complete, so that any viewer can type any Japanese into the fields.
import { type PDFContext, PDFName, type PDFRef, PDFString } from 'pdf-lib'
import { composeMarks } from '../../../shared/rules/compose-marks.ts'
import { japaneseFont } from './japanese-font.ts'

/**
 * A whole font inside a PDF whose character codes are UTF-16 code units.
 *
 * [Note: codes are UTF-16] A Type 0 font with Identity-H (ISO 32000-2 §9.7.5.2) and a CIDToGIDMap from code unit to
 * glyph. A viewer that types into a field must turn Unicode into codes: through ToUnicode backwards or by taking
 * the code unit itself. Here both give the same. Characters beyond U+FFFF (𠮷) stand at private codes from U+E000,
 * which ToUnicode names.
 */
export type FormFont = {
  readonly ref: PDFRef
  /** Hex string operand for `Tj`. Characters the font lacks become 〓. */
  readonly encode: (text: string) => string
  /** Width in points at `size` points. */
  readonly widthOf: (text: string, size: number) => number
}

const PRIVATE_START = 0xe000
const GETA = 0x3013

type CodeTable = {
  /** Code of each character beyond U+FFFF. */
  readonly codeOf: ReadonlyMap<number, number>
  readonly glyphOf: Uint16Array
  readonly widths: Uint16Array
}

let table: CodeTable | undefined

/** The objects are written anew for each file; the tables are made once per process. */
export function embedFormFont(context: PDFContext): FormFont {
  const { bytes, font } = japaneseFont('regular')
  table ??= buildTable()
  const { codeOf, glyphOf, widths } = table
  const descriptor = context.register(
    context.obj({
      Type: 'FontDescriptor',
      FontName: 'NotoSansJP-Regular',
      Flags: 4,
      FontBBox: [font.bbox.minX, font.bbox.minY, font.bbox.maxX, font.bbox.maxY],
      ItalicAngle: 0,
      Ascent: font.ascent,
      Descent: font.descent,
      CapHeight: font.capHeight,
      StemV: 80,
      FontFile2: context.register(context.flateStream(bytes, { Length1: bytes.length })),
    }),
  )
  const gidMap = new Uint8Array(glyphOf.length * 2)
  for (const [code, glyph] of glyphOf.entries()) gidMap.set([glyph >> 8, glyph & 255], code * 2)
  const descendant = context.register(
    context.obj({
      Type: 'Font',
      Subtype: 'CIDFontType2',
      BaseFont: 'NotoSansJP-Regular',
      CIDSystemInfo: {
        Registry: PDFString.of('Adobe'),
        Ordering: PDFString.of('Identity'),
        Supplement: 0,
      },
      FontDescriptor: descriptor,
      DW: 1000,
      W: widthArray(widths, glyphOf),
      CIDToGIDMap: context.register(context.flateStream(gidMap)),
    }),
  )
  const type0 = context.obj({
    Type: 'Font',
    Subtype: 'Type0',
    BaseFont: 'NotoSansJP-Regular',
    Encoding: 'Identity-H',
    DescendantFonts: [descendant],
    ToUnicode: context.register(context.flateStream(toUnicodeMap(codeOf))),
  })
  return { ref: context.register(type0), ...formTextMetrics() }
}

/** Encoding and widths alone, for filling a form that carries the font already. */
export function formTextMetrics(): Pick<FormFont, 'encode' | 'widthOf'> {
  table ??= buildTable()
  const codes = table
  return {
    encode: (text) =>
      `<${codesOf(text, codes)
        .map((code) => code.toString(16).padStart(4, '0'))
        .join('')}>`,
    widthOf: (text, size) =>
      (codesOf(text, codes).reduce((sum, code) => sum + (codes.widths[code] ?? 1000), 0) * size) / 1000,
  }
}

function codesOf(text: string, { codeOf, glyphOf }: CodeTable): number[] {
  return Array.from(composeMarks(text), (character) => {
    const codePoint = character.codePointAt(0) ?? GETA
    const code = codePoint > 0xffff ? codeOf.get(codePoint) : codePoint
    return code !== undefined && (glyphOf[code] ?? 0) > 0 ? code : GETA
  })
}

function buildTable(): CodeTable {
  const { font } = japaneseFont('regular')
  const glyphOf = new Uint16Array(65_536)
  const widths = new Uint16Array(65_536).fill(1000)
  const codeOf = new Map<number, number>()
  let nextPrivate = PRIVATE_START
  for (const codePoint of font.characterSet) {
    const glyph = font.glyphForCodePoint(codePoint)
    const code = codePoint > 0xffff ? nextPrivate : codePoint
    if (codePoint > 0xffff) {
      codeOf.set(codePoint, code)
      nextPrivate += 1
    }
    glyphOf[code] = glyph.id
    widths[code] = Math.round((glyph.advanceWidth * 1000) / font.unitsPerEm)
  }
  return { codeOf, glyphOf, widths }
}

/** `W` (ISO 32000-2 §9.7.4.3): runs of codes whose width differs from DW. */
function widthArray(widths: Uint16Array, glyphOf: Uint16Array): (number | number[])[] {
  const result: (number | number[])[] = []
  let run: number[] = []
  let start = 0
  for (let code = 0; code <= 65_536; code += 1) {
    const special = code < 65_536 && (glyphOf[code] ?? 0) > 0 && widths[code] !== 1000
    if (special) {
      if (run.length === 0) start = code
      run.push(widths[code] ?? 1000)
    } else if (run.length > 0) {
      result.push(start, run)
      run = []
    }
  }
  return result
}

/** ToUnicode (ISO 32000-2 §9.10.3): identity for the BMP, one entry per character beyond it. */
function toUnicodeMap(codeOf: ReadonlyMap<number, number>): string {
  const hex = (value: number) => value.toString(16).padStart(4, '0')
  const ranges = Array.from(
    { length: 256 },
    (_value, high) => `<${hex(high * 256)}> <${hex(high * 256 + 255)}> <${hex(high * 256)}>`,
  ).filter((_line, high) => high < 0xd8 || high > 0xe7)
  const characters = [...codeOf].map(([codePoint, code]) => {
    const units = String.fromCodePoint(codePoint)
    return `<${hex(code)}> <${hex(units.charCodeAt(0))}${hex(units.charCodeAt(1))}>`
  })
  const blocks = (lines: readonly string[], name: string) => {
    const parts: string[] = []
    for (let at = 0; at < lines.length; at += 100) {
      const part = lines.slice(at, at + 100)
      parts.push(`${part.length} begin${name}\n${part.join('\n')}\nend${name}`)
    }
    return parts.join('\n')
  }
  return [
    '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def',
    '1 begincodespacerange\n<0000> <ffff>\nendcodespacerange',
    blocks(ranges, 'bfrange'),
    blocks(characters, 'bfchar'),
    'endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend',
  ].join('\n')
}

/** Resource name of the form font in /DR and /DA. */
export const FORM_FONT_NAME = PDFName.of('JaF')
