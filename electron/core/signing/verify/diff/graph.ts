/**
 * Who refers to an object in the signed state (gate 13). Overwriting an object changes every place it is used in, so a
 * rule may approve it only when it knows all of them; a reference to nothing is a place too, waiting to be filled.
 */
import { SigningError } from '../../errors.ts'
import type { PdfObject, PdfReference } from '../../pdf/objects.ts'
import type { PdfView } from '../../pdf/reader.ts'
import type { Budget } from '../budget.ts'

/** One use of an object: the object it stands in (0 = trailer) and the keys that lead to it; `[]` for array items. */
export type Referrer = { readonly from: number; readonly path: readonly string[] }

export type ReferrerIndex = {
  readonly uses: ReadonlyMap<number, readonly Referrer[]>
  /** Every object number that can be reached. */
  readonly reached: ReadonlySet<number>
}

const TRAILER_KEYS_WITHOUT_CONTENT = new Set([
  'Prev',
  'Size',
  'XRefStm',
  'Encrypt',
  'ID',
  'W',
  'Index',
  'Filter',
  'DecodeParms',
  'Length',
  'Type',
])

/**
 * Walks everything that can be reached from the trailer of `view` and notes every use of the `interesting` numbers.
 * A damaged object that stays unreadable in `whole` counts as nothing, for it shows nothing in either.
 *
 * @param view the signed state, read from its own bytes
 * @param whole the same state, read from the whole file
 * @throws SigningError when an object can only be read with bytes behind the signed state: that is no signed state
 */
export async function indexReferrers(
  view: PdfView,
  whole: PdfView,
  interesting: ReadonlySet<number>,
  budget: Budget,
): Promise<ReferrerIndex> {
  const index = new Map<number, Referrer[]>()
  const seen = new Set<number>()
  const queue: PdfReference[] = []
  const visit = (target: PdfReference, from: number, path: readonly string[]) => {
    const { objectNumber } = target
    if (interesting.has(objectNumber)) note(index, objectNumber, { from, path: [...path] })
    if (seen.has(objectNumber)) return
    seen.add(objectNumber)
    queue.push(target)
  }
  for (const [key, value] of view.trailer.entries)
    if (!TRAILER_KEYS_WITHOUT_CONTENT.has(key)) scan(value, [key], (target, path) => visit(target, 0, path))
  let visited = 0
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    budget.tick()
    visited += 1
    const from = next.objectNumber
    scan(readOrNothing(view, whole, next), [], (target, path) => visit(target, from, path))
    if ((visited & 63) === 0) await budget.pause()
  }
  return { uses: index, reached: seen }
}

/** Everything one object refers to, with the keys that lead there. */
export function referencesIn(
  view: PdfView,
  reference: PdfReference,
): readonly { readonly target: PdfReference; readonly use: Referrer }[] {
  const found: { target: PdfReference; use: Referrer }[] = []
  scan(readDirect(view, reference), [], (target, path) => {
    found.push({ target, use: { from: reference.objectNumber, path: [...path] } })
  })
  return found
}

function readOrNothing(view: PdfView, whole: PdfView, reference: PdfReference): PdfObject {
  try {
    return readDirect(view, reference)
  } catch (error) {
    if (!(error instanceof SigningError) || !isMissing(error) || isReadable(whole, reference)) throw error
    return { kind: 'null' }
  }
}

/** No object at its offset. One that is cut short is another matter: lenient readers may go on into later bytes. */
function isMissing(error: SigningError): boolean {
  return error.data.reason === 'object number' || error.data.reason === 'object expected'
}

function isReadable(view: PdfView, reference: PdfReference): boolean {
  try {
    readDirect(view, reference)
    return true
  } catch (error) {
    if (error instanceof SigningError) return false
    throw error
  }
}

function readDirect(view: PdfView, reference: PdfReference): PdfObject {
  const entry = view.entryOf(reference.objectNumber)
  if (entry === undefined || entry.kind === 'free') return { kind: 'null' }
  // Lenient readers pass over a wrong generation: what the number leads to counts.
  const generation = entry.kind === 'in-use' ? entry.generation : 0
  return view.resolve({ kind: 'reference', objectNumber: reference.objectNumber, generation })
}

function note(index: Map<number, Referrer[]>, objectNumber: number, referrer: Referrer): void {
  const known = index.get(objectNumber)
  if (known === undefined) index.set(objectNumber, [referrer])
  else known.push(referrer)
}

type Visitor = (target: PdfReference, path: string[]) => void

function scan(value: PdfObject, path: string[], visit: Visitor): void {
  switch (value.kind) {
    case 'reference':
      visit(value, path)
      return
    case 'array':
      path.push('[]')
      for (const item of value.items) scan(item, path, visit)
      path.pop()
      return
    case 'dictionary':
      for (const [key, entry] of value.entries) {
        path.push(key)
        scan(entry, path, visit)
        path.pop()
      }
      return
    case 'stream':
      scan(value.dictionary, path, visit)
      return
    default:
      return
  }
}
