import { useState } from 'react'
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useToast } from '../../ui/toast.tsx'
import { ArrangeSearchesDialog } from './arrange-searches-dialog.tsx'
import { filterWords } from './filter-words.ts'
import { EMPTY_QUERY } from './search-store.ts'

const text = archiveText.search

/** One's own searches worth keeping, by name. */
export function SavedSearches(props: {
  readonly query: SearchQuery
  readonly onOpen: (query: SearchQuery) => void
}) {
  const { client } = useOfficeBridge()
  const saved = useQuery('saved-searches', () => client.archive.savedSearches({}))
  const [open, setOpen] = useState<'save' | 'arrange' | undefined>(undefined)
  const rows = saved.data?.rows ?? []
  const close = () => {
    setOpen(undefined)
    saved.reload()
  }
  const isEmpty = JSON.stringify(props.query) === JSON.stringify(EMPTY_QUERY)
  return (
    <div className="mb-3 flex flex-col gap-1 border-b border-solid-gray-300 pb-3">
      <h2 className="font-bold">{text.saved}</h2>
      <Failure error={saved.error} />
      {rows.length === 0 ? <p className="text-[0.875rem] text-solid-gray-700">{text.noneSaved}</p> : null}
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              className="w-full truncate py-0.5 text-left text-blue-900 underline"
              onClick={() => props.onOpen(row.query)}
            >
              {row.name}
            </button>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button size="small" isDisabled={isEmpty} onPress={() => setOpen('save')}>
          {text.save}
        </Button>
        {rows.length > 0 ? (
          <Button size="small" look="quiet" onPress={() => setOpen('arrange')}>
            {text.arrange}
          </Button>
        ) : null}
      </div>
      {open === 'save' ? <SaveDialog query={props.query} onClose={close} /> : null}
      {open === 'arrange' ? <ArrangeSearchesDialog rows={rows} onClose={close} /> : null}
    </div>
  )
}

/** The line, or what the filters say. */
function proposedName(query: SearchQuery): string {
  const filters = filterWords(query, {}).map(({ name, value }) => (value === '' ? name : value))
  return [query.text, ...filters].filter(Boolean).join(' ').slice(0, 100)
}

function SaveDialog(props: { readonly query: SearchQuery; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [name, setName] = useState(proposedName(props.query))
  const [save, action] = useAction(client.archive.saveSearch)
  const confirm = async () => {
    if ((await save({ name, query: props.query })) === undefined) return
    toast(text.savedDone)
    props.onClose()
  }
  return (
    <ConfirmDialog
      title={text.saveTitle}
      isOpen
      onClose={props.onClose}
      confirmLabel={uiText.save}
      blocked={name.trim() === ''}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <TextInput
        label={text.saveName}
        hint={text.saveHint}
        required
        autoFocus
        value={name}
        onChange={setName}
        maxLength={100}
      />
    </ConfirmDialog>
  )
}
