import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useToast } from '../../ui/toast.tsx'

const text = archiveText.search

type Row = { readonly id: string; readonly name: string }

/** Rename, reorder, remove: nothing is changed before it is saved. */
export function ArrangeSearchesDialog(props: {
  readonly rows: readonly Row[]
  readonly onClose: () => void
}) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [rows, setRows] = useState<readonly Row[]>(props.rows.map(({ id, name }) => ({ id, name })))
  const [arrange, arranging] = useAction(client.archive.arrangeSavedSearches)
  const [remove, removing] = useAction(client.archive.removeSavedSearch)
  const gone = props.rows.filter(({ id }) => !rows.some((row) => row.id === id))
  const confirm = async () => {
    if ((await arrange({ rows: [...rows] })) === undefined) return
    for (const { id } of gone) if ((await remove({ id })) === undefined) return
    toast(text.arranged)
    props.onClose()
  }
  const move = (at: number, by: 1 | -1) => {
    const [here, there] = [rows[at], rows[at + by]]
    if (here !== undefined && there !== undefined) setRows(rows.with(at, there).with(at + by, here))
  }
  return (
    <ConfirmDialog
      title={text.arrangeTitle}
      isOpen
      onClose={props.onClose}
      confirmLabel={uiText.save}
      blocked={rows.some(({ name }) => name.trim() === '')}
      onConfirm={() => void confirm()}
      pending={arranging.pending || removing.pending}
      error={<Failure error={arranging.error ?? removing.error} />}
    >
      <ul className="flex flex-col gap-2">
        {rows.map((row, at) => (
          <li key={row.id} className="flex items-center gap-1">
            <div className="min-w-0 flex-1">
              <TextInput
                label={text.nameOfSaved(at + 1)}
                hideLabel
                value={row.name}
                maxLength={100}
                onChange={(name) => setRows(rows.with(at, { ...row, name }))}
              />
            </div>
            <Button
              size="small"
              aria-label={text.moveUp(row.name)}
              isDisabled={at === 0}
              onPress={() => move(at, -1)}
            >
              ↑
            </Button>
            <Button
              size="small"
              aria-label={text.moveDown(row.name)}
              isDisabled={at === rows.length - 1}
              onPress={() => move(at, 1)}
            >
              ↓
            </Button>
            <Button
              size="small"
              look="danger"
              aria-label={text.removeSaved(row.name)}
              onPress={() => setRows(rows.filter(({ id }) => id !== row.id))}
            >
              {text.removeShort}
            </Button>
          </li>
        ))}
      </ul>
      {gone.length > 0 ? <p className="mt-2">{text.willBeRemoved(gone.length)}</p> : null}
    </ConfirmDialog>
  )
}
