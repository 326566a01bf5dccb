/** Looks for the words that grams alone do not prove: first in the texts in memory, then in single bodies on the disk. */
import type { ReadableDb } from '../database.ts'
import { type Bits, countBits, hasBit, keepWhere } from './bits.ts'
import { FIELDS } from './block.ts'
import type { Hits } from './find-hits.ts'
import type { Hit } from './order-hits.ts'
import type { PlannedWord, SearchPlan } from './plan.ts'
import { needsTextCheck } from './postings.ts'
import type { SearchedBlock } from './search-index.ts'

export type TextCheck = {
  /** False: the grams have decided. */
  readonly isNeeded: boolean
  /** Those that the texts in memory prove; of very many hits only the first blocks are looked through. */
  readonly provedOf: (hits: readonly Hits[]) => Hits[]
  /** Decides one hit, if need be by its body. */
  readonly isThere: (hit: Hit) => boolean
}

/** Texts lie in memory: some 0.1 µs each. */
const MOST_TEXTS = 60_000

export function createTextCheck(db: ReadableDb, plan: SearchPlan): TextCheck {
  // A number or a title stands in one field, but its grams may come from any.
  const words = plan.words.filter(
    ({ text, place }) => needsTextCheck(text) || place === 'title' || place === 'number',
  )
  const proved = new Map<SearchedBlock, Bits>()
  return {
    isNeeded: words.length > 0,
    provedOf: (hits) => {
      let texts = 0
      return hits.flatMap(({ block, bits, count: candidates }): Hits[] => {
        texts += candidates
        if (texts > MOST_TEXTS) return []
        const found = bits.slice()
        for (const word of words) keepInFields(block, found, word)
        proved.set(block, found)
        const count = countBits(found)
        return [{ block, bits: found, count, countInFields: count }]
      })
    },
    isThere: (hit) => {
      const known = proved.get(hit.block)
      if (known !== undefined && hasBit(known, hit.ordinal)) return true
      const missing = words.filter((word) => !isInFields(hit, word))
      if (missing.some(({ place }) => place !== 'any')) return false
      if (missing.length === 0) return true
      const body = bodyOf(db, hit)
      return missing.every(({ text }) => body.includes(text))
    },
  }
}

function keepInFields(block: SearchedBlock, bits: Bits, word: PlannedWord): void {
  if (word.place === 'number') keepWhere(bits, (ordinal) => isInFields({ block, ordinal }, word))
  else block.texts().keepHaving(bits, word.text, word.place === 'any' ? undefined : word.place)
}

function isInFields({ block, ordinal }: Hit, { text, place }: PlannedWord): boolean {
  const fields = block.texts().fields(ordinal)
  if (place === 'any') return FIELDS.some((field) => fields[field].includes(text))
  // 契約番号 is the first line of the rest.
  if (place === 'number') return (fields.rest.split('\n', 1)[0] ?? '').includes(text)
  return fields[place].includes(text)
}

function bodyOf(db: ReadableDb, { block, ordinal }: Hit): string {
  if (block.id === undefined) return block.bodies[ordinal] ?? ''
  const rid = block.rids[ordinal] ?? 0
  return db.firstSql<{ text: string }>('SELECT text FROM search_bodies WHERE rid = ?', rid)?.text ?? ''
}
