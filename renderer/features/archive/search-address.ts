import { SearchQuery } from '../../../shared/bridge/archive.ts'
import { type Asked, EMPTY_QUERY } from './search-store.ts'

/** What the address says of a search, so that going back finds it as it was left: only what differs from an empty one. */
export function addressOf({ query, offset, selected }: Asked): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(query).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(EMPTY_QUERY[name as keyof SearchQuery]),
  )
  return {
    q: entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries)),
    offset: offset === 0 ? undefined : String(offset),
    at: selected,
  }
}

/** An address that somebody changed by hand is an empty search, not a fault. */
export function askedBy(address: URLSearchParams): Asked {
  const offset = Number(address.get('offset') ?? 0)
  const selected = address.get('at')
  return {
    query: queryOf(address.get('q')),
    offset: Number.isInteger(offset) && offset > 0 ? offset : 0,
    ...(selected === null ? {} : { selected }),
  }
}

function queryOf(written: string | null): SearchQuery {
  if (written === null) return EMPTY_QUERY
  let plain: unknown
  try {
    plain = JSON.parse(written)
  } catch {
    return EMPTY_QUERY // Not JSON: typed by hand.
  }
  return SearchQuery.safeParse(plain).data ?? EMPTY_QUERY
}
