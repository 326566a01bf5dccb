import type { UnderstoodPiece } from '../../../shared/bridge/archive.ts'
import { asPlainWord, withoutPiece } from '../../../shared/text/query.ts'
import { formatDaySpan, formatYenSpan } from '../../i18n/format.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { filterWords } from './filter-words.ts'
import type { SearchState } from './search-store.ts'

const text = archiveText.search

/** How the search is understood, in words: the pieces of the line and the filters; each can be taken away, a wrong reading undone. */
export function SearchChips({ search }: { readonly search: SearchState }) {
  const { query, answer } = search
  // The pieces of an answer fit the line it was given for.
  const pieces = search.asked.query.text === query.text ? (answer?.understood ?? []) : []
  const filters = filterWords(query, answer?.facets ?? {})
  const setLine = (line: string) => search.change({ text: line })
  return (
    <ul aria-label={text.understood} className="flex min-h-8 flex-wrap items-center gap-1.5 text-[0.875rem]">
      {pieces.map((piece) => (
        <Chip
          key={`${piece.start}`}
          name={text.kinds[piece.kind]}
          value={meaningWords(piece)}
          onRemove={() => setLine(withoutPiece(query.text, piece))}
          onUndo={'word' in piece ? undefined : () => setLine(asPlainWord(query.text, piece))}
        />
      ))}
      {filters.map((filter) => (
        <Chip
          key={`${filter.name} ${filter.value}`}
          name={filter.name}
          value={filter.value}
          onRemove={() => search.change(filter.without)}
        />
      ))}
    </ul>
  )
}

function Chip(props: {
  readonly name: string
  readonly value: string
  readonly onRemove: () => void
  readonly onUndo?: (() => void) | undefined
}) {
  const shown = props.value === '' ? props.name : `${props.name}：${props.value}`
  const button = 'rounded-full px-2 py-0.5 underline hover:bg-blue-100'
  return (
    <li className="inline-flex max-w-full flex-wrap items-center rounded-16 border border-blue-900 bg-blue-50 text-blue-1000">
      <span className="min-w-0 py-0.5 pr-1 pl-2.5 [overflow-wrap:anywhere]">{shown}</span>
      {props.onUndo ? (
        <button
          type="button"
          className={button}
          aria-label={text.takeAsWord(shown)}
          title={text.takeAsWordHint}
          onClick={props.onUndo}
        >
          {text.asWord}
        </button>
      ) : null}
      <button type="button" className={button} aria-label={text.removeChip(shown)} onClick={props.onRemove}>
        ×
      </button>
    </li>
  )
}

function meaningWords(piece: UnderstoodPiece): string {
  switch (piece.kind) {
    case 'date':
      return formatDaySpan(piece.from, piece.to)
    case 'amount':
      return formatYenSpan(piece.from, piece.to)
    case 'amount-blank':
      return text.blank
    default:
      return piece.word
  }
}
