import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { casesText } from '../../i18n/ja/cases.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { ConfirmDialog, WhyDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Empty, Loading } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { saveFile } from '../../ui/save-file.ts'
import { useToast } from '../../ui/toast.tsx'
import { DayCell } from '../../ui/when.tsx'

const text = archiveText.disposal

function useDisposal() {
  const { client } = useOfficeBridge()
  return useQuery('disposal', () => client.archive.disposalList({}), ['case-changed'])
}
type Row = NonNullable<ReturnType<typeof useDisposal>['data']>['rows'][number]

const COLUMNS: readonly Column<Row>[] = [
  {
    name: casesText.columns.title,
    cell: (row) => (
      <a className="text-blue-900 underline" href={hrefOf(['cases', row.id])}>
        {row.title}
      </a>
    ),
  },
  { name: casesText.columns.counterparty, cell: (row) => row.counterpartyNames.join('、') },
  { name: text.ended, narrow: true, cell: (row) => <DayCell date={row.retentionEndsOn} /> },
  { name: text.proposal, cell: (row) => row.proposedByName },
]

/** 廃棄: one person proposes, another confirms; nothing goes before its time. */
export function DisposalSection() {
  const list = useDisposal()
  const { status } = useSession()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useState<'propose' | 'confirm' | undefined>(undefined)
  const rows = list.data?.rows ?? []
  const chosen = rows.filter((row) => selected.has(row.id))
  const confirmable = chosen.filter((row) => row.proposedBy !== null && row.proposedBy !== status.user?.id)
  const proposable = chosen.filter((row) => row.proposedBy === null)
  const close = () => {
    setOpen(undefined)
    setSelected(new Set())
    list.reload()
  }
  return (
    <div className="flex flex-col gap-4 px-6 py-5">
      <p className="text-[0.9375rem] text-solid-gray-700">{text.lead}</p>
      <Failure error={list.error} onRetry={list.reload} />
      {list.data === undefined ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Empty>{text.none}</Empty>
      ) : (
        <>
          <div className="flex flex-wrap gap-3">
            <Button isDisabled={proposable.length === 0} onPress={() => setOpen('propose')}>
              {text.propose(proposable.length)}
            </Button>
            <Button look="danger" isDisabled={confirmable.length === 0} onPress={() => setOpen('confirm')}>
              {text.confirm(confirmable.length)}
            </Button>
          </div>
          <DataTable
            caption={text.caption}
            columns={COLUMNS}
            rows={rows}
            keyOf={(row) => row.id}
            nameOf={(row) => row.title}
            selection={{ selected, onChange: setSelected }}
          />
        </>
      )}
      {open === 'propose' ? <ProposeDialog rows={proposable} onClose={close} /> : null}
      {open === 'confirm' ? <DisposeDialog rows={confirmable} onClose={close} /> : null}
    </div>
  )
}

type DialogProps = { readonly rows: readonly Row[]; readonly onClose: () => void }

function Titles({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <ul className="list-disc pl-6">
      {rows.map((row) => (
        <li key={row.id}>{row.title}</li>
      ))}
    </ul>
  )
}

function ProposeDialog({ rows, onClose }: DialogProps) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [propose, action] = useAction(client.archive.proposeDisposal)
  const confirm = async (why: string) => {
    if ((await propose({ caseIds: rows.map((row) => row.id), why })) === undefined) return
    toast(text.proposed)
    onClose()
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

function DisposeDialog({ rows, onClose }: DialogProps) {
  const { client, fileUrl } = useOfficeBridge()
  const toast = useToast()
  const [dispose, action] = useAction(client.archive.confirmDisposal)
  const confirm = async () => {
    const certificate = await dispose({ caseIds: rows.map((row) => row.id) })
    if (certificate === undefined) return
    saveFile(fileUrl(certificate.ticket), text.certificate)
    toast(text.confirmed)
    onClose()
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
