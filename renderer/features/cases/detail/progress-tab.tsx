import type { CaseId } from '../../../../shared/model/brand.ts'
import { actionText } from '../../../../shared/model/log-actions.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useSession } from '../../../bridge/session.tsx'
import { useMailActions } from '../../../bridge/use-mail-actions.ts'
import { useQuery } from '../../../bridge/use-query.ts'
import { actionDetail } from '../../../i18n/ja/action-detail.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { mailReplySentence } from '../../../i18n/ja/mail-problem.ts'
import { mailText } from '../../../i18n/ja/mails.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { MailActions, MailStateTag } from '../../../ui/mail-actions.tsx'
import { Empty, Loading, Section } from '../../../ui/page.tsx'
import { useToast } from '../../../ui/toast.tsx'
import { TimeCell } from '../../../ui/when.tsx'

const text = detailText.progress

function useProgress(caseId: CaseId) {
  const { client } = useOfficeBridge()
  const events = useQuery(`events ${caseId}`, () => client.cases.events({ caseId }), ['case-changed'])
  const mails = useQuery(`mails ${caseId}`, () => client.mails.list({ caseId, limit: 200 }), [
    'case-changed',
    'mail-changed',
  ])
  return { events, mails }
}
type Progress = ReturnType<typeof useProgress>
type EventRow = NonNullable<Progress['events']['data']>['events'][number] & { readonly place: number }
type MailRow = NonNullable<Progress['mails']['data']>['rows'][number]

const EVENT_COLUMNS: readonly Column<EventRow>[] = [
  { name: text.when, narrow: true, cell: (row) => <TimeCell at={row.at} /> },
  {
    name: text.what,
    cell: (row) => (
      <>
        {actionText(row.action)}
        <span className="block text-[0.8125rem] break-words text-solid-gray-700">
          {actionDetail(row.action, row.data)}
        </span>
      </>
    ),
  },
  { name: text.who, narrow: true, cell: (row) => row.actor },
]

/** 経過: what happened, newest first, and where each mail stands. */
export function ProgressTab({ caseId }: { readonly caseId: CaseId }) {
  const { events, mails } = useProgress(caseId)
  const { can } = useSession()
  return (
    <div className="flex flex-col gap-7">
      <Section title={text.events}>
        <Failure error={events.error} onRetry={events.reload} />
        {events.data === undefined ? (
          <Loading />
        ) : events.data.events.length === 0 ? (
          <Empty>{text.noEvents}</Empty>
        ) : (
          <DataTable
            caption={text.events}
            columns={EVENT_COLUMNS}
            rows={newestFirst(events.data.events)}
            keyOf={(row) => String(row.place)}
          />
        )}
      </Section>
      <Section title={text.mails}>
        <Failure error={mails.error} onRetry={mails.reload} />
        {mails.data === undefined ? (
          <Loading />
        ) : mails.data.rows.length === 0 ? (
          <Empty>{text.noMails}</Empty>
        ) : (
          <MailTable rows={mails.data.rows} canAct={can('case.send')} />
        )}
      </Section>
    </div>
  )
}

/** Two entries of one moment may be alike: their place in the log tells them apart. */
function newestFirst(events: NonNullable<Progress['events']['data']>['events']): EventRow[] {
  return events.map((event, place) => ({ ...event, place })).sort((left, right) => right.place - left.place)
}

function MailTable(props: { readonly rows: readonly MailRow[]; readonly canAct: boolean }) {
  const toast = useToast()
  const [run, action] = useMailActions()
  const act = async (order: Parameters<typeof run>[0]) => {
    if ((await run(order)) !== undefined) toast(mailText.done[order.do])
  }
  const columns: readonly Column<MailRow>[] = [
    { name: text.when, narrow: true, cell: (row) => <TimeCell at={row.sentAt ?? row.createdAt} /> },
    { name: text.to, wide: true, cell: (row) => <span className="break-all">{row.to}</span> },
    { name: text.subject, wide: true, cell: (row) => row.subject },
    {
      name: text.state,
      narrow: true,
      cell: (row) => <MailStateTag state={row.state} />,
    },
    { name: text.reply, cell: (row) => mailReplySentence(row.lastReply) },
    {
      name: '',
      narrow: true,
      cell: (row) =>
        props.canAct ? (
          <MailActions
            mail={row}
            pending={action.pending}
            onRetry={() => void act({ do: 'retry', mailId: row.id })}
            onReturned={(reply) => void act({ do: 'returned', mailId: row.id, reply })}
            onDismiss={() => void act({ do: 'dismiss', mailId: row.id })}
          />
        ) : null,
    },
  ]
  return (
    <>
      <Failure error={action.error} />
      <DataTable caption={text.mails} columns={columns} rows={props.rows} keyOf={(row) => row.id} />
    </>
  )
}
