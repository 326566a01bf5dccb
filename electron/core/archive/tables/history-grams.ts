/**
 * Grams of the history's index (FTS5): every run of one, two and three characters inside a line, each once.
 * A word of up to three characters is one gram; a longer one is the AND of its trigrams and is then looked for in the
 * stored text. Lines (`\n`) divide fields: no gram crosses them.
 */

import type { WritableDb } from '../database.ts'

/** Pages of FTS5 (4 KiB) that one transaction merges at most. */
const MERGED_PAGES = 16

/**
 * [Note: no crisis] FTS5 lets the small segments of many saves pile up and then joins them all inside one commit: 35 ms at
 * 10,000 groups, 112 ms at 40,000, growing without end (measured 2026-11-28). Both of its own merges are therefore switched
 * off (migration 0005), and every transaction does a small share: the longest was 24 ms, the sum the same.
 */
export function mergeHistoryGrams(db: WritableDb): void {
  db.runSql(`INSERT INTO change_grams (change_grams, rank) VALUES ('merge', ${MERGED_PAGES})`)
}

/** The text of an FTS5 row: grams divided by spaces (tokenizer `ascii` takes each as it is). */
export function gramsOf(...texts: readonly string[]): string {
  const grams = new Set<string>()
  for (const text of texts)
    for (const line of text.split('\n')) {
      let before = ''
      let beforeThat = ''
      for (const character of line) {
        grams.add(character)
        if (before !== '') {
          grams.add(before + character)
          if (beforeThat !== '') grams.add(beforeThat + before + character)
        }
        beforeThat = before
        before = character
      }
    }
  return [...grams].join(' ')
}

/** More lists than this cost more than they rule out; the text decides anyway. */
const MOST_TRIGRAMS = 16

/** The grams a normalised word must have: itself, or its first trigrams when it is longer than three characters. */
export function gramsOfWord(word: string): readonly string[] {
  const characters = [...word]
  if (characters.length <= 3) return characters.length === 0 ? [] : [word]
  const trigrams = characters.slice(0, -2).map((_, index) => characters.slice(index, index + 3).join(''))
  return [...new Set(trigrams)].slice(0, MOST_TRIGRAMS)
}
