import type { KeyboardEvent, RefObject } from 'react'
import { archiveText } from '../../i18n/ja/archive.ts'
import { FieldFrame, INPUT_CLASS } from '../../ui/field.tsx'
import type { SearchState } from './search-store.ts'

const text = archiveText.search

/** The one line. Nothing is asked in the middle of a Japanese conversion; ↓ goes to the hits, Enter asks at once. */
export function SearchField(props: {
  readonly search: SearchState
  readonly fieldRef: RefObject<HTMLInputElement | null>
  readonly onGoToHits: () => void
}) {
  const { search } = props
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') {
      event.preventDefault()
      props.onGoToHits()
    }
    if (event.key === 'Enter') void search.load()
  }
  return (
    <FieldFrame label={text.label} hideLabel>
      {(wiring) => (
        <input
          {...wiring}
          ref={props.fieldRef}
          className={INPUT_CLASS}
          type="search"
          value={search.query.text}
          placeholder={text.placeholder}
          autoComplete="off"
          spellCheck={false}
          maxLength={500}
          // biome-ignore lint/a11y/noAutofocus: the page's purpose is this field.
          autoFocus
          aria-keyshortcuts="/"
          onChange={(event) => search.change({ text: event.currentTarget.value })}
          onCompositionStart={() => search.setComposing(true)}
          onCompositionEnd={() => search.setComposing(false)}
          onKeyDown={onKeyDown}
        />
      )}
    </FieldFrame>
  )
}
