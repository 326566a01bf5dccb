import { normalise, normaliseText } from '../../shared/text/normalise.ts'

/** A place in the text runs of a page: run and UTF-16 offset in it. */
export type TextPlace = { readonly run: number; readonly offset: number }
/** `end` is behind the last character. */
export type TextMatch = { readonly page: number; readonly start: TextPlace; readonly end: TextPlace }

/**
 * Finds a query in the text runs of one page, across runs and line breaks, in the spelling-tolerant way of the archive's
 * search (full and half width, kana, variant kanji, spaces). An empty query finds nothing.
 */
export function findMatches(page: number, runs: readonly string[], query: string): readonly TextMatch[] {
  const needle = normaliseText(query)
  if (needle === '') return []
  const starts: number[] = []
  let whole = ''
  for (const run of runs) {
    starts.push(whole.length)
    whole += run
  }
  const place = (at: number): TextPlace => {
    let run = starts.length - 1
    while (run > 0 && (starts[run] ?? 0) > at) run -= 1
    return { run, offset: at - (starts[run] ?? 0) }
  }
  const hay = normalise(whole)
  const matches: TextMatch[] = []
  for (let at = hay.text.indexOf(needle); at !== -1; at = hay.text.indexOf(needle, at + needle.length)) {
    const start = hay.starts[at]
    const end = hay.ends[at + needle.length - 1]
    if (start === undefined || end === undefined) break
    const last = place(end - 1)
    matches.push({ page, start: place(start), end: { run: last.run, offset: last.offset + 1 } })
  }
  return matches
}

/** The same for several words; in reading order. */
export function findWords(
  page: number,
  runs: readonly string[],
  words: readonly string[],
): readonly TextMatch[] {
  return words
    .flatMap((word) => findMatches(page, runs, word))
    .sort((left, right) => left.start.run - right.start.run || left.start.offset - right.start.offset)
}
