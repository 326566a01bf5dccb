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

const text = archiveText.search

/** Searches worth keeping, by name. */
export function SavedSearches(props: {
  readonly query: SearchQuery
  readonly onOpen: (query: SearchQuery) => void
}) {
  const { client } = useOfficeBridge()
  const saved = useQuery('saved-searches', () => client.archive.savedSearches({}))
  const [remove, removing] = useAction(client.archive.removeSavedSearch)
  const [isSaving, setSaving] = useState(false)
  const rows = saved.data?.rows ?? []
  return (
    <div className="mb-4 flex flex-col gap-1 border-b border-solid-gray-300 pb-3">
      {rows.length > 0 ? <h2 className="font-bold">{text.saved}</h2> : null}
      <Failure error={saved.error ?? removing.error} />
      <ul>
        {rows.map((row) => (
          <li key={row.id} className="flex items-center justify-between gap-1">
            <button
              type="button"
              className="min-w-0 flex-1 truncate text-left text-blue-900 underline"
              onClick={() => props.onOpen(row.query)}
            >
              {row.name}
            </button>
            <button
              type="button"
              className="px-2 text-solid-gray-700"
              aria-label={text.removeSaved(row.name)}
              onClick={() => void remove({ id: row.id }).then(saved.reload)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <div>
        <Button size="small" onPress={() => setSaving(true)}>
          {text.save}
        </Button>
      </div>
      {isSaving ? (
        <SaveDialog
          query={props.query}
          onClose={() => {
            setSaving(false)
            saved.reload()
          }}
        />
      ) : null}
    </div>
  )
}

function SaveDialog(props: { readonly query: SearchQuery; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [name, setName] = useState(props.query.text)
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
      <TextInput label={text.saveName} required autoFocus value={name} onChange={setName} maxLength={100} />
    </ConfirmDialog>
  )
}
