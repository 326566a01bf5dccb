/** Looks for the words that grams alone do not prove: first in the texts in memory, then, as far as asked, in the bodies. */
import type { ReadableDb } from '../database.ts'
import { type Bits, countBits, hasBit, keepWhere } from './bits.ts'
import type { Hits } from './find-hits.ts'
import type { Hit } from './order-hits.ts'
import type { PlannedWord, SearchPlan } from './plan.ts'
import { needsTextCheck } from './postings.ts'
import type { SearchedBlock } from './search-index.ts'

export type TextCheck = {
  /** False: the grams have decided. */
  readonly isNeeded: boolean
  /** Looks through texts until that takes too long. Returns what is proved; the rest is asked one by one. */
  readonly provedOf: (hits: readonly Hits[]) => Hits[]
  readonly isThere: (hit: Hit) => boolean
  /** True: looking further for the sake of a count is not worth the wait. */
  readonly isSpent: () => boolean
}

/** Texts lie in memory (about 0.1 µs each); bodies are read one by one, far apart. */
const MOST_TEXTS = 40_000
const MOST_SINGLE_TEXTS = 2_000
const MOST_BODIES = 50
const MOST_BODY_UNITS = 1_000_000

export function createTextCheck(db: ReadableDb, plan: SearchPlan): TextCheck {
  // A number or a title stands in one field, but its grams may come from any.
  const words = plan.words.filter(
    ({ text, place }) => needsTextCheck(text) || place === 'title' || place === 'number',
  )
  const proved = new Map<SearchedBlock, Bits>()
  /** Blocks of which all texts were looked through. */
  const read = new Set<SearchedBlock>()
  let singleTexts = 0
  let bodies = 0
  let bodyUnits = 0
  const isInBody = (hit: Hit, missing: readonly PlannedWord[]): boolean => {
    const body = bodyOf(db, hit)
    bodies += 1
    bodyUnits += body.length
    return missing.every(({ text }) => body.includes(text))
  }
  return {
    isNeeded: words.length > 0,
    provedOf: (hits) => {
      let texts = 0
      return hits.flatMap(({ block, bits, count }) => {
        texts += count
        if (texts > MOST_TEXTS) return []
        const found = bits.slice()
        keepWhere(found, (ordinal) => words.every((word) => isInFields({ block, ordinal }, word)))
        proved.set(block, found)
        read.add(block)
        return [{ block, bits: found, count: countBits(found) }]
      })
    },
    isThere: (hit) => {
      const known = proved.get(hit.block)
      if (known !== undefined && hasBit(known, hit.ordinal)) return true
      if (!read.has(hit.block)) singleTexts += 1
      const missing = words.filter((word) => !isInFields(hit, word))
      if (missing.length === 0) return true
      return missing.every(({ place }) => place === 'any') && isInBody(hit, missing)
    },
    isSpent: () => singleTexts >= MOST_SINGLE_TEXTS || bodies >= MOST_BODIES || bodyUnits >= MOST_BODY_UNITS,
  }
}

function isInFields({ block, ordinal }: Hit, { text, place }: PlannedWord): boolean {
  const texts = block.texts()
  if (place === 'any') return texts.has(ordinal, text)
  const fields = texts.fields(ordinal)
  if (place === 'number') return (fields.rest.split('\n', 1)[0] ?? '').includes(text)
  return fields[place].includes(text)
}

function bodyOf(db: ReadableDb, { block, ordinal }: Hit): string {
  if (block.id === undefined) return block.bodies[ordinal] ?? ''
  const rid = block.rids[ordinal] ?? 0
  return db.firstSql<{ text: string }>('SELECT text FROM search_bodies WHERE rid = ?', rid)?.text ?? ''
}
