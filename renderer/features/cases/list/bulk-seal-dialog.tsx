import { useState } from 'react'
import type { CaseId } from '../../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { useQuery } from '../../../bridge/use-query.ts'
import { useTask } from '../../../bridge/use-task.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { sentenceOf } from '../../../i18n/ja/errors.ts'
import { Button } from '../../../ui/button.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { ConfirmDialog, Dialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { TextInput } from '../../../ui/text-input.tsx'

const text = casesText.bulkSeal
type Row = {
  readonly caseId: CaseId
  readonly title: string
  readonly state: keyof typeof text.state
  readonly code: string | null
}

const COLUMNS: readonly Column<Row>[] = [
  { name: text.columns.title, cell: (row) => row.title },
  { name: text.columns.state, narrow: true, cell: (row) => text.state[row.state] },
  {
    name: text.columns.reason,
    cell: (row) => (row.code === null ? '' : sentenceOf({ code: row.code, data: {} })),
  },
]

/** The town signs 1 or 300 cases with one PIN; the outcome per case stays to be read. */
export function BulkSealDialog(props: { readonly caseIds: readonly CaseId[]; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const [pin, setPin] = useState('')
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const [sign, action] = useAction(client.seal.sign)
  const town = useTownCertificate()
  const start = async () => {
    const task = await sign({ caseIds: [...props.caseIds], pin })
    setPin('')
    if (task) setTaskId(task.taskId)
  }
  if (taskId !== undefined) return <Outcome taskId={taskId} onClose={props.onClose} />
  return (
    <ConfirmDialog
      title={text.title(props.caseIds.length)}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.start}
      onConfirm={() => void start()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.lead}</p>
      <p>
        {text.certificate} <b>{town?.subject ?? ''}</b>
        {town?.token ? <span className="block">{text.token(town.token)}</span> : null}
      </p>
      {town?.askPin ? (
        <TextInput
          label={text.pin}
          hint={text.pinHint(props.caseIds.length)}
          type="password"
          autoComplete="off"
          autoFocus
          value={pin}
          onChange={setPin}
        />
      ) : null}
    </ConfirmDialog>
  )
}

/** With which certificate the town signs, and whether somebody must type its PIN. */
function useTownCertificate() {
  const { client } = useOfficeBridge()
  const { data } = useQuery('settings', () => client.settings.read({}), ['settings-changed'])
  return data?.certificates.find(({ slot }) => slot === 'town')
}

const NOTHING_YET: { readonly done: boolean; readonly rows: readonly Row[] } = { done: false, rows: [] }

function Outcome(props: { readonly taskId: string; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const outcome = useTask(props.taskId, client.seal.outcome) ?? NOTHING_YET
  const signed = outcome.rows.filter((row) => row.state === 'signed').length
  return (
    <Dialog
      title={text.title(outcome.rows.length)}
      isOpen
      wide
      onClose={props.onClose}
      footer={
        <>
          {outcome.done ? null : (
            <Button onPress={() => void client.tasks.cancel({ taskId: props.taskId })}>{text.cancel}</Button>
          )}
          <Button look="primary" onPress={props.onClose}>
            {text.close}
          </Button>
        </>
      }
    >
      <p role="status" className="mb-3 font-bold">
        {outcome.done
          ? text.summary(signed, outcome.rows.length - signed)
          : text.running(signed, outcome.rows.length)}
      </p>
      <DataTable
        caption={text.title(outcome.rows.length)}
        columns={COLUMNS}
        rows={outcome.rows}
        keyOf={(row) => row.caseId}
      />
    </Dialog>
  )
}
