import type { KeyboardEvent, MouseEvent, RefObject } from 'react'
import type { Snippet } from '../../../shared/bridge/archive.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { hrefOf } from '../../ui/router.ts'
import { SearchRowView } from './search-row.tsx'
import type { SearchRow, SoughtWords } from './search-store.ts'

const text = archiveText.search

/** From this width on (`xl` of the layout) a document is shown beside the list. */
const WIDE = '(min-width: 80rem)'

/**
 * The hits as a list one walks with the arrow keys. A click shows the document beside the list; Enter, a double click, or
 * a click where there is no room beside it, opens the document itself.
 */
export function SearchResults(props: {
  readonly rows: readonly SearchRow[]
  readonly words: SoughtWords
  readonly snippets: Readonly<Record<string, Snippet | null>>
  readonly selected: string | undefined
  readonly listRef: RefObject<HTMLUListElement | null>
  readonly onSelect: (caseId: string) => void
  readonly onLeave: () => void
}) {
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    if (event.key === 'Escape') return props.onLeave()
    const links: Element[] = [...event.currentTarget.querySelectorAll('a')]
    const at = document.activeElement === null ? -1 : links.indexOf(document.activeElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key]
    if (to === undefined || at < 0) return
    event.preventDefault()
    if (to < 0) return props.onLeave()
    const row = props.rows[to]
    if (row === undefined) return
    const link = links[to]
    if (link instanceof HTMLElement) link.focus()
    props.onSelect(row.id)
  }
  const onClick = (event: MouseEvent, row: SearchRow) => {
    // A key's click has no count; with Ctrl or Shift the browser opens a window.
    if (event.detail !== 1 || event.ctrlKey || event.shiftKey || event.metaKey) return props.onSelect(row.id)
    props.onSelect(row.id)
    if (window.matchMedia(WIDE).matches) event.preventDefault()
  }
  return (
    <ul ref={props.listRef} aria-label={text.results} className="flex flex-col" onKeyDown={onKeyDown}>
      {props.rows.map((row) => {
        const snippet = props.snippets[row.id]
        return (
          <li key={row.id} className="border-b border-solid-gray-200">
            <a
              href={placeOf(row, props.words.anywhere, snippet)}
              aria-current={row.id === props.selected ? 'true' : undefined}
              onClick={(event) => onClick(event, row)}
              className="block border-l-4 border-transparent py-1.5 pr-3 pl-2 text-inherit no-underline hover:bg-blue-50 focus-visible:-outline-offset-3 aria-[current]:border-blue-900 aria-[current]:bg-blue-100"
            >
              <SearchRowView row={row} words={props.words} snippet={snippet} />
            </a>
          </li>
        )
      })}
    </ul>
  )
}

/** The document at the page where the words stand, else the case. */
export function placeOf(
  row: SearchRow,
  words: readonly string[],
  snippet: Snippet | null | undefined,
): string {
  const documentId = snippet?.documentId ?? row.documentId
  if (documentId === null) return hrefOf(['cases', row.id], { from: 'archive' })
  const page = snippet?.page
  return hrefOf(['cases', row.id, 'documents', documentId], {
    from: 'archive',
    words: words.length === 0 ? undefined : JSON.stringify(words),
    page: page === null || page === undefined ? undefined : String(page),
  })
}
