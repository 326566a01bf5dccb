/**
 * Subset-embedded fonts for stamps: Type0 with CIDFontType2 (ISO 32000-2 §9.7), one code per character, so that the
 * text can be extracted exactly even where two characters share a glyph.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { deflateSync } from 'node:zlib'
import * as fontkit from 'fontkit'
import { SigningError } from '../errors.ts'
import {
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfStream,
  pdfText,
} from './objects.ts'
import type { PdfUpdate } from './update-writer.ts'

type FontkitFont = ReturnType<typeof openTrueType>

export type StampFont = {
  readonly font: FontkitFont
  /** Heights above and depths below the base line in thousandths of the font size. */
  readonly ascent: number
  readonly descent: number
}

/** Text as codes of one embedded font, with its width. */
export type EncodedLine = {
  /** Two bytes per character, as hexadecimal text. */
  readonly hex: string
  /** In thousandths of the font size; for vertical text its length. */
  readonly width: number
  readonly characters: number
}

function openTrueType(bytes: Uint8Array) {
  const font = fontkit.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  if (!('glyphsForString' in font)) throw new Error('A font collection cannot be embedded')
  return font
}

/** @param bytes a TrueType font (glyf outlines); a broken font is a bug of the installation and throws plainly */
export function openStampFont(bytes: Uint8Array): StampFont {
  const font = openTrueType(bytes)
  const scale = 1000 / font.unitsPerEm
  return { font, ascent: font.ascent * scale, descent: -font.descent * scale }
}

let bundled: StampFont | undefined

/** Noto Sans JP Regular as it ships with the program (SIL Open Font License). */
export function bundledStampFont(): StampFont {
  const path = createRequire(import.meta.url).resolve(
    '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
  )
  bundled ??= openStampFont(readFileSync(path))
  return bundled
}

/** Characters with their variation selectors, which choose a glyph together. */
const UNIT = /\P{Variation_Selector}\p{Variation_Selector}*/gu

function unitsOf(text: string): readonly string[] {
  return text.match(UNIT) ?? []
}

/**
 * Refuses text the font cannot show: a box in place of a name is worse than no stamp.
 *
 * @throws SigningError GLYPHS_MISSING; data.characters lists them
 */
export function assertGlyphs(stampFont: StampFont, lines: readonly string[]): void {
  const missing = new Set(
    lines
      .flatMap((line) => unitsOf(line))
      .filter((unit) => stampFont.font.glyphsForString(unit)[0]?.id === 0),
  )
  if (missing.size > 0)
    throw new SigningError('GLYPHS_MISSING', 'The font has no glyph for some characters', {
      data: { characters: [...missing].join('') },
    })
}

export type FontSubset = {
  /** Codes for a line of text; call for all lines before `embed`. */
  readonly encode: (line: string) => EncodedLine
  /** Adds the font's objects and gives the Type0 font. */
  readonly embed: (update: PdfUpdate) => PdfReference
}

/** A subset under construction. Vertical text uses the font's upright forms of brackets, 「ー」 and 「、」. */
export function startSubset(stampFont: StampFont, isVertical: boolean): FontSubset {
  const { font } = stampFont
  const subset = font.createSubset()
  const scale = 1000 / font.unitsPerEm
  const characters: Character[] = []
  const codes = new Map<string, number>()
  const codeOf = (unit: string): number => {
    const known = codes.get(unit)
    if (known !== undefined) return known
    const glyph = (isVertical ? font.layout(unit, { vert: true }).glyphs : font.glyphsForString(unit))[0]
    if (glyph === undefined) throw new Error('The font gave no glyph')
    // The published types say boolean; it is the glyph's number in the subset.
    const number = Number(subset.includeGlyph(glyph))
    characters.push({ unit, glyph: number, width: glyph.advanceWidth * scale })
    codes.set(unit, characters.length)
    return characters.length
  }
  return {
    encode: (line) => {
      const units = unitsOf(line).map(codeOf)
      const width = units.reduce((sum, code) => sum + (characters[code - 1]?.width ?? 0), 0)
      return {
        hex: units.map((code) => code.toString(16).padStart(4, '0')).join(''),
        width: isVertical ? units.length * 1000 : width,
        characters: units.length,
      }
    },
    embed: (update) => embed(update, { stampFont, characters, isVertical, program: subset.encode() }),
  }
}

type Character = { readonly unit: string; readonly glyph: number; readonly width: number }

type Embedding = {
  readonly stampFont: StampFont
  readonly characters: readonly Character[]
  readonly isVertical: boolean
  readonly program: Uint8Array
}

function embed(update: PdfUpdate, embedding: Embedding): PdfReference {
  const { stampFont, characters, isVertical, program } = embedding
  const { font } = stampFont
  const name = pdfName(`${subsetTag(characters)}+${font.postscriptName ?? 'Stamp'}`)
  const scale = 1000 / font.unitsPerEm
  const { minX, minY, maxX, maxY } = font.bbox
  const descriptor = pdfDictionary({
    Type: pdfName('FontDescriptor'),
    FontName: name,
    Flags: pdfNumber(4),
    FontBBox: pdfArray([minX, minY, maxX, maxY].map((value) => pdfNumber(Math.round(value * scale)))),
    ItalicAngle: pdfNumber(0),
    Ascent: pdfNumber(Math.round(stampFont.ascent)),
    Descent: pdfNumber(-Math.round(stampFont.descent)),
    CapHeight: pdfNumber(Math.round(font.capHeight * scale)),
    StemV: pdfNumber(80),
    FontFile2: update.add(deflated({ Length1: pdfNumber(program.length) }, program)),
  })
  const glyphs = Buffer.alloc(2 * characters.length + 2)
  characters.forEach((character, index) => {
    glyphs.writeUInt16BE(character.glyph, 2 * index + 2)
  })
  const descendant = pdfDictionary({
    Type: pdfName('Font'),
    Subtype: pdfName('CIDFontType2'),
    BaseFont: name,
    CIDSystemInfo: pdfDictionary({
      Registry: pdfText('Adobe'),
      Ordering: pdfText('Identity'),
      Supplement: pdfNumber(0),
    }),
    FontDescriptor: update.add(descriptor),
    DW: pdfNumber(1000),
    W: pdfArray([
      pdfNumber(1),
      pdfArray(characters.map((character) => pdfNumber(Math.round(character.width)))),
    ]),
    DW2: isVertical ? pdfArray([pdfNumber(880), pdfNumber(-1000)]) : undefined,
    CIDToGIDMap: update.add(deflated({}, glyphs)),
  })
  return update.add(
    pdfDictionary({
      Type: pdfName('Font'),
      Subtype: pdfName('Type0'),
      BaseFont: name,
      Encoding: pdfName(isVertical ? 'Identity-V' : 'Identity-H'),
      DescendantFonts: pdfArray([update.add(descendant)]),
      ToUnicode: update.add(deflated({}, Buffer.from(toUnicode(characters)))),
    }),
  )
}

export function deflated(
  entries: Readonly<Record<string, PdfObject | undefined>>,
  bytes: Uint8Array,
): PdfObject {
  return pdfStream({ ...entries, Filter: pdfName('FlateDecode') }, deflateSync(bytes))
}

/** Six capital letters that differ for different subsets (§9.9.2). */
function subsetTag(characters: readonly Character[]): string {
  let value = 7
  for (const { unit } of characters)
    for (const character of unit) value = (value * 31 + (character.codePointAt(0) ?? 0)) % 308_915_776
  let tag = ''
  for (let index = 0; index < 6; index += 1) {
    tag += String.fromCharCode(65 + (value % 26))
    value = Math.floor(value / 26)
  }
  return tag
}

/** A ToUnicode CMap (§9.10.3); at most 100 entries a block. */
function toUnicode(characters: readonly Character[]): string {
  const blocks: string[] = []
  for (let start = 0; start < characters.length; start += 100) {
    const block = characters.slice(start, start + 100)
    const lines = block.map(({ unit }, index) => {
      const code = (start + index + 1).toString(16).padStart(4, '0')
      return `<${code}> <${Buffer.from(unit, 'utf16le').swap16().toString('hex')}>`
    })
    blocks.push(`${block.length} beginbfchar\n${lines.join('\n')}\nendbfchar`)
  }
  return [
    '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap',
    '/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def',
    '/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def',
    '1 begincodespacerange\n<0000> <ffff>\nendcodespacerange',
    ...blocks,
    'endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n',
  ].join('\n')
}
