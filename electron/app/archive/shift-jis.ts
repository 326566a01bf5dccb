import iconv from 'iconv-lite'

/** 〓 (geta): the printers' sign for a character that is not at hand. */
const GETA = '〓'

/**
 * Shift_JIS as Windows writes it (code page 932, 髙 and 﨑 included). What it lacks (𠮷, most of plane 2) becomes 〓 and is
 * named in `missing` as `𠮷 (U+20BB7)`, each once.
 */
export function encodeShiftJis(text: string): {
  readonly bytes: Buffer
  readonly missing: readonly string[]
} {
  const whole = iconv.encode(text, 'cp932')
  if (iconv.decode(whole, 'cp932') === text) return { bytes: whole, missing: [] }
  const known = new Map<string, boolean>()
  const missing: string[] = []
  const isKnown = (character: string): boolean => {
    const before = known.get(character)
    if (before !== undefined) return before
    const has = iconv.decode(iconv.encode(character, 'cp932'), 'cp932') === character
    known.set(character, has)
    if (!has) missing.push(`${character} (U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()})`)
    return has
  }
  const safe = Array.from(text, (character) => (isKnown(character) ? character : GETA)).join('')
  return { bytes: iconv.encode(safe, 'cp932'), missing }
}
