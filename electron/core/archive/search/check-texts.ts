/** Looks for the words that grams alone do not prove. */
import type { ReadableDb } from '../database.ts'
import type { Hit } from './order-hits.ts'
import type { PlannedWord, SearchPlan } from './plan.ts'
import { needsTextCheck } from './postings.ts'

export type TextCheck = {
  /** False: the grams have decided. */
  readonly isNeeded: boolean
  readonly isThere: (hit: Hit) => boolean
  /** True: looking further for the sake of a count is not worth the wait. */
  readonly isSpent: () => boolean
}

/** Texts lie in memory (about 0.1 µs each); bodies are read one by one, far apart. */
const MOST_TEXTS = 30_000
const MOST_BODIES = 60
const MOST_BODY_UNITS = 1_000_000

export function createTextCheck(db: ReadableDb, plan: SearchPlan): TextCheck {
  // A number or a title stands in one field, but its grams may come from any.
  const words = plan.words.filter(
    ({ text, place }) => needsTextCheck(text) || place === 'title' || place === 'number',
  )
  let texts = 0
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
    isThere: (hit) => {
      texts += 1
      const missing = words.filter((word) => !isInFields(hit, word))
      if (missing.length === 0) return true
      return missing.every(({ place }) => place === 'any') && isInBody(hit, missing)
    },
    isSpent: () => texts >= MOST_TEXTS || bodies >= MOST_BODIES || bodyUnits >= MOST_BODY_UNITS,
  }
}

function isInFields({ block, ordinal }: Hit, { text, place }: PlannedWord): boolean {
  const texts = block.texts()
  if (place === 'any') return texts.has(ordinal, text)
  if (place === 'number') return (texts.field(ordinal, 'rest').split('\n', 1)[0] ?? '').includes(text)
  return texts.field(ordinal, place).includes(text)
}

function bodyOf(db: ReadableDb, { block, ordinal }: Hit): string {
  if (block.id === undefined) return block.bodies[ordinal] ?? ''
  const rid = block.rids[ordinal] ?? 0
  return db.firstSql<{ text: string }>('SELECT text FROM search_bodies WHERE rid = ?', rid)?.text ?? ''
}
