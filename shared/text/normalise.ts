/**
 * One form for Japanese text as people type it, for index, query and highlighter alike.
 * NFKC, lower case, ひらがな→カタカナ, small kana as large, variant kanji (髙→高), ㈱ and (株) → 株式会社; spaces and
 * punctuation dropped (a PDF breaks lines inside words); 長音 at a word's end dropped (サーバー = サーバ), any dash after
 * kana counts as 長音. Every unit of the result knows where it came from, so a hit can be marked in the original.
 */
import { COMPANY_FORMS, VARIANT_KANJI } from './variants.ts'

export type Normalised = {
  readonly text: string
  /** For each UTF-16 unit of `text`: first unit in the original … */
  readonly starts: readonly number[]
  /** … and the unit after its last. */
  readonly ends: readonly number[]
}

type Sink = (piece: string, start: number, end: number) => void

/** The text alone: what the index and a query need. */
export function normaliseText(original: string): string {
  let text = ''
  walk(original, (piece) => {
    text += piece
  })
  return text
}

/** The text with positions: what the highlighter needs. */
export function normalise(original: string): Normalised {
  const starts: number[] = []
  const ends: number[] = []
  let text = ''
  walk(original, (piece, start, end) => {
    text += piece
    for (let unit = 0; unit < piece.length; unit += 1) {
      starts.push(start)
      ends.push(end)
    }
  })
  return { text, starts, ends }
}

/**
 * Where words occur in the original text: [start, end) in UTF-16 units, in order, overlaps joined.
 * The words are normalised here too.
 */
export function findMarks(original: string, words: readonly string[]): [number, number][] {
  const { text, starts, ends } = normalise(original)
  const found: [number, number][] = []
  for (const word of words) {
    const needle = normaliseText(word)
    if (needle === '') continue
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length))
      found.push([starts[at] ?? 0, ends[at + needle.length - 1] ?? 0])
  }
  found.sort((left, right) => left[0] - right[0] || left[1] - right[1])
  const joined: [number, number][] = []
  for (const mark of found) {
    const last = joined.at(-1)
    if (last !== undefined && mark[0] <= last[1]) last[1] = Math.max(last[1], mark[1])
    else joined.push(mark)
  }
  return joined
}

function walk(original: string, sink: Sink): void {
  let afterKana = false
  let at = 0
  while (at < original.length) {
    const company = companyFormAt(original, at)
    if (company !== undefined) {
      sink(company.full, at, at + company.length)
      at += company.length
      afterKana = false
      continue
    }
    const end = clusterEnd(original, at)
    const cluster = original.slice(at, end)
    if (DASHES.includes(cluster)) {
      // A dash only counts inside a kana word: カード yes, 03-1234 no, サーバー not at its end.
      if (afterKana && isKana(plainForm(original.slice(end, clusterEnd(original, end))))) sink('ー', at, end)
    } else {
      const form = plainForm(cluster)
      if (form !== '') {
        sink(form, at, end)
        afterKana = isKana(form)
      } else if (cluster.trim() !== '') afterKana = false
    }
    at = end
  }
}

/** 長音 and what people type for it. */
const DASHES = 'ー-‐‑‒–—―−－ｰ~〜～'

/** True for text that ends in katakana (the form plain kana has here). */
function isKana(form: string): boolean {
  const last = form.charCodeAt(form.length - 1)
  return last >= 0x30a1 && last <= 0x30fa
}

/** Half-width voiced kana (ｶﾞ), combining marks and variation selectors belong to the character before them. */
function clusterEnd(text: string, at: number): number {
  let end = at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
  for (;;) {
    const next = text.charCodeAt(end)
    if (isCombining(next)) end += 1
    else if (next === 0xdb40)
      end += 2 // VS17 … VS256 (IVS)
    else return end
  }
}

function isCombining(unit: number): boolean {
  if (unit < 0x300) return false
  return (
    unit <= 0x36f ||
    unit === 0x3099 ||
    unit === 0x309a ||
    unit === 0xff9e ||
    unit === 0xff9f ||
    (unit >= 0xfe00 && unit <= 0xfe0f)
  )
}

const SELECTORS = /[\ufe00-\ufe0f]|\udb40[\udd00-\uddef]/g
const KEPT = /[\p{L}\p{N}]/u
const CACHE_LIMIT = 60_000
const cache = new Map<string, string>()

function plainForm(cluster: string): string {
  const known = cache.get(cluster)
  if (known !== undefined) return known
  const compatible = cluster.replace(SELECTORS, '').normalize('NFKC').toLowerCase()
  const form = Array.from(compatible, plainCharacter).join('')
  if (cache.size < CACHE_LIMIT) cache.set(cluster, form)
  return form
}

function plainCharacter(character: string): string {
  const common = VARIANT_KANJI.get(character) ?? character
  const code = common.codePointAt(0) ?? 0
  const katakana = code >= 0x3041 && code <= 0x3096 ? String.fromCodePoint(code + 0x60) : common
  const large = SMALL_KANA.get(katakana) ?? katakana
  return KEPT.test(large) ? large : ''
}

const SMALL_KANA: ReadonlyMap<string, string> = new Map(
  ['ァア', 'ィイ', 'ゥウ', 'ェエ', 'ォオ', 'ッツ', 'ャヤ', 'ュユ', 'ョヨ', 'ヮワ', 'ヵカ', 'ヶケ'].map(
    (pair) => [pair.charAt(0), pair.charAt(1)] as const,
  ),
)

function companyFormAt(
  text: string,
  at: number,
): { readonly full: string; readonly length: number } | undefined {
  const first = text.charCodeAt(at)
  if (first !== 0x28 && first !== 0xff08 && !(first >= 0x3231 && first <= 0x323e)) return undefined
  const form = COMPANY_FORMS.find(({ written }) => text.startsWith(written, at))
  return form === undefined ? undefined : { full: form.full, length: form.written.length }
}
