import { useEffect, useState } from 'react'
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import { withoutPiece } from '../../../shared/text/query.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { filterWords } from './filter-words.ts'
import type { SearchState } from './search-store.ts'

const text = archiveText.search

/** Nothing found: the one condition that stands in the way, with what is found without it. */
export function NothingFound({ search }: { readonly search: SearchState }) {
  const way = useWayOut(search)
  const { query, answer } = search
  const isBare = (answer?.understood.length ?? 0) + filterWords(query, {}).length === 0
  return (
    <div className="p-3">
      {isBare ? (
        <Empty action={<LinkButton href={hrefOf(['keeping'])}>{text.toImport}</LinkButton>}>
          {text.emptyArchive}
        </Empty>
      ) : (
        <Empty
          action={
            way === undefined ? null : (
              <Button onPress={() => search.replace({ query: way.query, offset: 0 })}>
                {text.wayOut(way.words, text.count(way.total, way.isEstimate))}
              </Button>
            )
          }
        >
          {way === undefined ? text.nothing : text.nothingButFor}
        </Empty>
      )}
    </div>
  )
}

type WayOut = {
  readonly words: string
  readonly query: SearchQuery
  readonly total: number
  readonly isEstimate: boolean
}

/** Conditions that are tried; a line of more is looked through by the person. */
const MOST_TRIED = 8

/** The condition without which most is found. */
function useWayOut(search: SearchState): WayOut | undefined {
  const { client } = useOfficeBridge()
  const [way, setWay] = useState<WayOut | undefined>(undefined)
  const { answer, asked } = search
  useEffect(() => {
    let isCurrent = true
    const { query } = asked
    const tried = [
      ...(answer?.understood ?? []).map((piece) => ({
        words: piece.text,
        query: { ...query, text: withoutPiece(query.text, piece) },
      })),
      ...filterWords(query, {}).map((filter) => ({
        words: filter.name,
        query: { ...query, ...filter.without },
      })),
    ].slice(0, MOST_TRIED)
    const look = async (): Promise<void> => {
      let best: WayOut | undefined
      for (const one of tried.length < 2 ? [] : tried) {
        const found = await client.archive.search({ ...one.query, offset: 0, limit: 1 })
        if (!isCurrent) return
        if (found.ok && found.value.total > (best?.total ?? 0))
          best = { ...one, total: found.value.total, isEstimate: found.value.totalIsEstimate }
      }
      setWay(best)
    }
    setWay(undefined)
    void look()
    return () => {
      isCurrent = false
    }
  }, [client, answer, asked])
  return way
}
