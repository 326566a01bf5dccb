import type { CaseId } from '../../../shared/model/brand.ts'
import { type OfficeBridge, useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { ConfirmDialog, WhyDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useToast } from '../../ui/toast.tsx'

const text = archiveText.disposal

type List = Extract<
  Awaited<ReturnType<OfficeBridge['client']['archive']['disposalList']>>,
  { readonly ok: true }
>['value']
export type DisposalRow = List['rows'][number]

type DialogProps = {
  readonly rows: readonly DisposalRow[]
  /** Nothing was done. */
  readonly onClose: () => void
  /** `started`: long work that goes on. */
  readonly onDone: (started?: string) => void
}

const TITLES_SHOWN = 20

function Titles({ rows }: { readonly rows: readonly DisposalRow[] }) {
  return (
    <ul className="list-disc pl-6">
      {rows.slice(0, TITLES_SHOWN).map((row) => (
        <li key={row.id}>{row.title}</li>
      ))}
      {rows.length > TITLES_SHOWN ? <li>{text.more(rows.length - TITLES_SHOWN)}</li> : null}
    </ul>
  )
}

function idsOf(rows: readonly DisposalRow[]): CaseId[] {
  return rows.map((row) => row.id)
}

export function ProposeDialog({ rows, onClose, onDone }: DialogProps) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [propose, action] = useAction(client.archive.proposeDisposal)
  const confirm = async (why: string) => {
    if ((await propose({ caseIds: idsOf(rows), why })) === undefined) return
    toast(text.proposed)
    onDone()
  }
  return (
    <WhyDialog
      title={text.proposeTitle}
      isOpen
      onClose={onClose}
      confirmLabel={text.propose(rows.length)}
      onConfirm={(why) => void confirm(why)}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.proposeLead}</p>
      <Titles rows={rows} />
    </WhyDialog>
  )
}

export function WithdrawDialog({ rows, onClose, onDone }: DialogProps) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [withdraw, action] = useAction(client.archive.withdrawDisposal)
  const confirm = async (why: string) => {
    if ((await withdraw({ caseIds: idsOf(rows), why })) === undefined) return
    toast(text.withdrawn)
    onDone()
  }
  return (
    <WhyDialog
      title={text.withdrawTitle}
      isOpen
      onClose={onClose}
      confirmLabel={text.withdraw(rows.length)}
      onConfirm={(why) => void confirm(why)}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.withdrawLead}</p>
      <Titles rows={rows} />
    </WhyDialog>
  )
}

export function ConfirmDisposalDialog({ rows, onClose, onDone }: DialogProps) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [dispose, action] = useAction(client.archive.confirmDisposal)
  const confirm = async () => {
    const task = await dispose({ caseIds: idsOf(rows) })
    if (task === undefined) return
    toast(text.started)
    onDone(task.taskId)
  }
  return (
    <ConfirmDialog
      title={text.confirmTitle}
      isOpen
      danger
      onClose={onClose}
      confirmLabel={text.confirm(rows.length)}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.confirmLead}</p>
      <Titles rows={rows} />
    </ConfirmDialog>
  )
}
