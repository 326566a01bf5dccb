import { useState } from 'react'
import { archiveText } from '../../i18n/ja/archive.ts'
import { type FacetName, facetName } from './filter-words.ts'
import type { SearchAnswer } from './search-store.ts'

const text = archiveText.search
/** Values shown before 「すべて見る」: thirty years of 年度 would push everything else out of sight. */
const FIRST_SHOWN = 5

/** Counted values of one group; several ticked ones are OR. */
export function FacetGroup(props: {
  readonly facet: FacetName
  readonly facets: SearchAnswer['facets']
  readonly chosen: readonly string[]
  readonly onChange: (values: readonly string[]) => void
}) {
  const { facet, facets, chosen } = props
  const [isOpen, setOpen] = useState(false)
  const counts = facets[facet] ?? []
  // What is ticked stays to be unticked, even when nothing is counted for it any more.
  const gone = chosen
    .filter((value) => !counts.some((entry) => entry.value === value))
    .map((value) => ({ value, count: 0 }))
  const entries = [...counts, ...gone]
  if (entries.length === 0) return null
  const shown = isOpen
    ? entries
    : entries.filter((entry, index) => index < FIRST_SHOWN || chosen.includes(entry.value))
  return (
    <fieldset>
      <legend className="mb-0.5 text-[0.9375rem] font-bold">{text.facets[facet]}</legend>
      {shown.map((entry) => (
        <FacetValue
          key={entry.value}
          name={facetName(facet, entry.value, facets)}
          count={entry.count}
          isChosen={chosen.includes(entry.value)}
          onChange={(isChosen) =>
            props.onChange(
              isChosen ? [...chosen, entry.value] : chosen.filter((value) => value !== entry.value),
            )
          }
        />
      ))}
      {entries.length > FIRST_SHOWN ? (
        <button
          type="button"
          className="text-[0.875rem] text-blue-900 underline"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? text.fewer(text.facets[facet]) : text.showAll(text.facets[facet], entries.length)}
        </button>
      ) : null}
    </fieldset>
  )
}

/** One line: the counts stand in a column of their own. */
export function FacetValue(props: {
  readonly name: string
  readonly count: number
  readonly isChosen: boolean
  readonly onChange: (isChosen: boolean) => void
}) {
  return (
    <label className="flex items-start gap-2 rounded-4 py-px hover:bg-blue-50">
      <input
        type="checkbox"
        className="mt-[0.3rem] size-4 shrink-0 accent-blue-900"
        checked={props.isChosen}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span className="min-w-0 flex-1 text-[0.9375rem]">{props.name}</span>
      <span aria-hidden="true" className="text-[0.875rem] text-solid-gray-700 tabular-nums">
        {props.count.toLocaleString('ja-JP')}
      </span>
      <span className="sr-only">{text.countOf(props.count)}</span>
    </label>
  )
}
