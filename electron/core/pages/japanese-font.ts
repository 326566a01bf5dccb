// Noto Sans JP (SIL OFL 1.1) from its npm package: full static TrueType files, embedding allowed (fsType 0).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'
import { composeMarks } from '../../../shared/rules/compose-marks.ts'

export type FontWeight = 'regular' | 'bold'

const FILES: Record<FontWeight, string> = {
  regular: '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf',
}

type LoadedFont = {
  readonly bytes: Uint8Array
  readonly font: Font
  /** Remembered: the font's own look-up costs more than all the rest of a paper. */
  readonly hasGlyph: (codePoint: number) => boolean
}
const loaded = new Map<FontWeight, LoadedFont>()

/** The font file and its parsed form; read once per process (5.5 MB each). */
export function japaneseFont(weight: FontWeight): LoadedFont {
  const before = loaded.get(weight)
  if (before) return before
  const bytes = readFileSync(createRequire(import.meta.url).resolve(FILES[weight]))
  const font = create(bytes)
  if ('fonts' in font) throw new Error('A font collection where one font was expected')
  const known = new Map<number, boolean>()
  const hasGlyph = (codePoint: number): boolean => {
    const has = known.get(codePoint) ?? font.hasGlyphForCodePoint(codePoint)
    known.set(codePoint, has)
    return has
  }
  const entry = { bytes, font, hasGlyph }
  loaded.set(weight, entry)
  return entry
}

/** What stands for a character the font lacks: 〓 and its code, so that nothing disappears silently. */
export type PrintableText = { readonly text: string; readonly missing: readonly string[] }

/**
 * Makes text printable in Noto Sans JP: control characters become blanks, characters without a glyph become
 * `〓(U+XXXXX)` and are listed. Variation selectors stay: the font chooses the variant, or shows the base character.
 */
export function printable(text: string, weight: FontWeight = 'regular'): PrintableText {
  const { hasGlyph } = japaneseFont(weight)
  const missing: string[] = []
  let result = ''
  for (const character of composeMarks(text)) {
    const codePoint = character.codePointAt(0) ?? 0
    if (character === '\n' || isVariationSelector(codePoint)) result += character
    else if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) result += ' '
    else if (hasGlyph(codePoint)) result += character
    else {
      missing.push(character)
      result += `〓(U+${codePoint.toString(16).toUpperCase()})`
    }
  }
  return { text: result, missing }
}

function isVariationSelector(codePoint: number): boolean {
  return (codePoint >= 0xfe00 && codePoint <= 0xfe0f) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef)
}
