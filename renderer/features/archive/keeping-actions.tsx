import { useState } from 'react'
import { FolderId } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { Button } from '../../ui/button.tsx'
import { SelectInput } from '../../ui/choice-input.tsx'
import { ConfirmDialog, WhyDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useToast } from '../../ui/toast.tsx'
import type { SearchRow } from './search-store.ts'

const text = archiveText.search
type Open = 'hold' | 'release' | 'move'

/** What records staff do with one contract: hold, release, file away. */
export function KeepingActions({ row }: { readonly row: SearchRow }) {
  const [open, setOpen] = useState<Open | undefined>(undefined)
  const close = () => setOpen(undefined)
  return (
    <>
      <Button size="small" onPress={() => setOpen('move')}>
        {text.move}
      </Button>
      <Button size="small" onPress={() => setOpen(row.hold ? 'release' : 'hold')}>
        {row.hold ? text.release : text.hold}
      </Button>
      {open === 'move' ? <MoveDialog row={row} onClose={close} /> : null}
      {open === 'hold' || open === 'release' ? (
        <HoldDialog row={row} hold={open === 'hold'} onClose={close} />
      ) : null}
    </>
  )
}

function HoldDialog(props: {
  readonly row: SearchRow
  readonly hold: boolean
  readonly onClose: () => void
}) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [setHold, action] = useAction(client.archive.setHold)
  const confirm = async (why: string) => {
    if ((await setHold({ caseId: props.row.id, hold: props.hold, why })) === undefined) return
    toast(text.holdDone)
    props.onClose()
  }
  return (
    <WhyDialog
      title={text.holdTitle}
      isOpen
      onClose={props.onClose}
      confirmLabel={props.hold ? text.hold : text.release}
      onConfirm={(why) => void confirm(why)}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{props.hold ? text.holdLead : props.row.title}</p>
    </WhyDialog>
  )
}

function MoveDialog(props: { readonly row: SearchRow; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const folders = useQuery('folders', () => client.archive.folders({}))
  const [chosen, setChosen] = useState<string>(props.row.folderId ?? '')
  const [move, action] = useAction(client.archive.moveToFolder)
  const confirm = async () => {
    const folder = FolderId.safeParse(chosen)
    const done = await move({ caseIds: [props.row.id], folderId: folder.success ? folder.data : null })
    if (done === undefined) return
    toast(text.moved)
    props.onClose()
  }
  return (
    <ConfirmDialog
      title={text.moveTitle}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.move}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error ?? folders.error} />}
    >
      <SelectInput
        label={text.folder}
        value={chosen}
        options={[
          { value: '', label: text.noFolder },
          ...(folders.data?.rows ?? []).map((folder) => ({ value: String(folder.id), label: folder.name })),
        ]}
        onChange={setChosen}
      />
    </ConfirmDialog>
  )
}
