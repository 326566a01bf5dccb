/**
 * Facet tokens: state, 課, folder and amount band lie in the same index as the words, so a filter is one more list to
 * intersect instead of a row to look up for every hit. `¤` cannot occur in normalised text.
 */
export type FacetKind = 'state' | 'method' | 'kind' | 'department' | 'folder' | 'creator' | 'fiscal-year'

const LETTERS: Readonly<Record<FacetKind, string>> = {
  state: 's',
  method: 'm',
  kind: 'k',
  department: 'd',
  folder: 'f',
  creator: 'c',
  'fiscal-year': 'y',
}

export function facetToken(kind: FacetKind, valueId: number): string {
  return `¤${LETTERS[kind]}${valueId}`
}

export const BLANK_AMOUNT_TOKEN = '¤ab'

/**
 * Bands of an amount: its decimal magnitude, and its first one to three digits. 12,345,000 → ¤a7, ¤a7x1, ¤a7x12, ¤a7x123.
 */
export function amountTokens(amount: number | null): readonly string[] {
  if (amount === null) return [BLANK_AMOUNT_TOKEN]
  const { magnitude, digits } = leading(amount)
  return [`¤a${magnitude}`, ...[1, 2, 3].map((width) => `¤a${magnitude}x${digits.slice(0, width)}`)]
}

/** A range is worth a filter of its own only while it touches few bands. */
const MOST_BANDS = 12

/**
 * Bands that together cover the range (and more: the amount itself is still to be compared).
 * Undefined: the range is so wide that most cases are inside anyway.
 */
export function amountBands(from: number, to: number): readonly string[] | undefined {
  for (const width of [3, 2, 1, 0] as const) {
    const bands = bandsOf(from, to, width)
    if (bands !== undefined) return bands
  }
  return undefined
}

function bandsOf(from: number, to: number, width: 0 | 1 | 2 | 3): readonly string[] | undefined {
  const bands: string[] = []
  for (let at = from; at <= to; ) {
    const { magnitude, digits } = leading(at)
    bands.push(width === 0 ? `¤a${magnitude}` : `¤a${magnitude}x${digits.slice(0, width)}`)
    if (bands.length > MOST_BANDS) return undefined
    const scale = 10 ** (magnitude - Math.max(width - 1, 0))
    const next = width === 0 ? 10 ** (magnitude + 1) : (Math.floor(at / scale) + 1) * scale
    at = Math.max(at + 1, Math.round(next))
  }
  return bands
}

function leading(amount: number): { readonly magnitude: number; readonly digits: string } {
  const text = String(Math.trunc(Math.abs(amount)))
  return { magnitude: text.length - 1, digits: text.slice(0, 3).padEnd(3, '0') }
}
