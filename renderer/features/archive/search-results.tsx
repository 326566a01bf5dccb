import { findMarks } from '../../../shared/text/normalise.ts'
import { formatDay, formatYen } from '../../i18n/format.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { kindLabel } from '../../i18n/ja/labels.ts'
import { CaseStateTag } from '../../ui/case-state.tsx'
import { Marked } from '../../ui/marked.tsx'
import type { SearchRow } from './search-store.ts'

const text = archiveText.search

/** The hits as a list one walks with Tab or the arrow keys; choosing one shows its document. */
export function SearchResults(props: {
  readonly rows: readonly SearchRow[]
  readonly words: readonly string[]
  readonly selected: string | undefined
  readonly onSelect: (caseId: string) => void
}) {
  return (
    <ul
      className="flex flex-col"
      onKeyDown={(event) => {
        const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
        if (by === 0) return
        const buttons = [...event.currentTarget.querySelectorAll('button')]
        const at = buttons.findIndex((button) => button.contains(document.activeElement))
        const next = buttons[at + by]
        if (at < 0 || next === undefined) return
        event.preventDefault()
        next.focus()
        next.click()
      }}
    >
      {props.rows.map((row) => (
        <li key={row.id} className="border-b border-solid-gray-200">
          <button
            type="button"
            aria-pressed={row.id === props.selected}
            onClick={() => props.onSelect(row.id)}
            className={`flex w-full flex-col items-start gap-0.5 px-2 py-2 text-left ${row.id === props.selected ? 'bg-blue-100' : 'hover:bg-blue-50'}`}
          >
            <span className="flex w-full flex-wrap items-baseline gap-x-3">
              <b className="text-blue-1000">
                <Words text={row.title} words={props.words} />
              </b>
              <CaseStateTag state={row.state} />
            </span>
            <span className="flex flex-wrap gap-x-4 text-[0.9375rem]">
              <span>
                <Words text={row.counterpartyNames.join('、')} words={props.words} />
              </span>
              <span className="tabular-nums">{formatYen(row.amount)}</span>
              <span>{formatDay(row.contractDate)}</span>
            </span>
            <span className="flex flex-wrap gap-x-4 text-[0.875rem] text-solid-gray-700">
              <span>
                {[row.contractNumber, kindLabel[row.kind], row.department].filter(Boolean).join('　')}
              </span>
              {row.retentionEndsOn ? (
                <span>
                  {text.retentionEnds} {formatDay(row.retentionEndsOn)}
                </span>
              ) : null}
            </span>
            {row.snippet ? (
              <span className="text-[0.9375rem]">
                <span className="text-solid-gray-700">{text.foundIn(row.snippet.source)}</span>
                <Marked text={row.snippet.text} marks={row.snippet.marks} />
              </span>
            ) : null}
          </button>
        </li>
      ))}
    </ul>
  )
}

function Words(props: { readonly text: string; readonly words: readonly string[] }) {
  return <Marked text={props.text} marks={findMarks(props.text, props.words)} />
}
