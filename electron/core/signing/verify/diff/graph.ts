/**
 * Who refers to an object in the signed state (gate 13). Overwriting an object changes every place it is used in, so a
 * rule may approve it only when it knows all of them; a reference to nothing is a place too, waiting to be filled.
 */
import type { PdfObject, PdfReference } from '../../pdf/objects.ts'
import type { PdfView } from '../../pdf/reader.ts'
import type { Budget } from '../budget.ts'

/** One use of an object: the object it stands in (0 = trailer) and the keys that lead to it; `[]` for array items. */
export type Referrer = { readonly from: number; readonly path: readonly string[] }

export type ReferrerIndex = ReadonlyMap<number, readonly Referrer[]>

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
 *
 * @throws SigningError when something that can be reached cannot be read: the signed state is then unknown
 */
export async function indexReferrers(
  view: PdfView,
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
    scan(readDirect(view, next), [], (target, path) => visit(target, from, path))
    if ((visited & 63) === 0) await budget.pause()
  }
  return index
}

/** Uses of the interesting numbers inside one object. */
export function referrersIn(
  view: PdfView,
  reference: PdfReference,
  interesting: ReadonlySet<number>,
): readonly (readonly [number, Referrer])[] {
  const found: (readonly [number, Referrer])[] = []
  scan(readDirect(view, reference), [], (target, path) => {
    if (interesting.has(target.objectNumber))
      found.push([target.objectNumber, { from: reference.objectNumber, path: [...path] }])
  })
  return found
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
