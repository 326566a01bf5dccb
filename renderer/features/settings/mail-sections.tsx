import { type ReactNode, useState } from 'react'
import { MailState } from '../../../shared/model/mail.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useMailActions } from '../../bridge/use-mail-actions.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { formatTimeBoth } from '../../i18n/format.ts'
import { mailKindLabel, mailStateLabel } from '../../i18n/ja/labels.ts'
import { mailReplySentence } from '../../i18n/ja/mail-problem.ts'
import { mailText } from '../../i18n/ja/mails.ts'
import { settingsText } from '../../i18n/ja/settings.ts'
import { SelectInput } from '../../ui/choice-input.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { MailActions, MailStateTag } from '../../ui/mail-actions.tsx'
import { Empty, Facts, Loading, Section } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { hrefOf } from '../../ui/router.ts'
import { useToast } from '../../ui/toast.tsx'
import { TimeCell } from '../../ui/when.tsx'
import { BounceDrop } from './bounce-drop.tsx'

const LIMIT = 50

function useOutbox(state: MailState | 'all', offset: number) {
  const { client } = useOfficeBridge()
  const states = state === 'all' ? [] : [state]
  return useQuery(`outbox ${state} ${offset}`, () => client.mails.list({ states, offset, limit: LIMIT }), [
    'mail-changed',
  ])
}
type MailRow = NonNullable<ReturnType<typeof useOutbox>['data']>['rows'][number]

function outboxColumns(actions: ((row: MailRow) => ReactNode) | undefined): readonly Column<MailRow>[] {
  const text = settingsText.outbox
  return [
    { name: text.when, narrow: true, cell: (row) => <TimeCell at={row.sentAt ?? row.createdAt} /> },
    {
      name: text.case,
      wide: true,
      cell: (row) =>
        row.caseId === null ? (
          ''
        ) : (
          <a className="text-blue-900 underline" href={hrefOf(['cases', row.caseId], { tab: 'progress' })}>
            {row.caseTitle}
          </a>
        ),
    },
    { name: text.kind, narrow: true, cell: (row) => mailKindLabel[row.kind] },
    { name: text.to, wide: true, cell: (row) => <span className="break-all">{row.to}</span> },
    {
      name: text.state,
      narrow: true,
      cell: (row) => <MailStateTag state={row.state} />,
    },
    { name: text.attempts, narrow: true, align: 'right', cell: (row) => row.attempts },
    { name: text.next, narrow: true, cell: (row) => <TimeCell at={row.nextAttemptAt} /> },
    { name: text.reply, cell: (row) => mailReplySentence(row.lastReply) },
    {
      name: '',
      narrow: true,
      cell: (row) => actions?.(row) ?? null,
    },
  ]
}

/** 送信状況: nothing is silent, nothing is lost. */
export function OutboxSection() {
  const { can } = useSession()
  const toast = useToast()
  const text = settingsText.outbox
  const [state, setState] = useState<MailState | 'all'>('all')
  const [offset, setOffset] = useState(0)
  const { data, error, reload } = useOutbox(state, offset)
  const [run, action] = useMailActions()
  const act = async (order: Parameters<typeof run>[0]) => {
    if ((await run(order)) === undefined) return
    toast(mailText.done[order.do])
    reload()
  }
  const actionsOf = (row: MailRow) => (
    <MailActions
      mail={row}
      pending={action.pending}
      onRetry={() => void act({ do: 'retry', mailId: row.id })}
      onReturned={(reply) => void act({ do: 'returned', mailId: row.id, reply })}
      onDismiss={() => void act({ do: 'dismiss', mailId: row.id })}
    />
  )
  return (
    <Section title={settingsText.sections.outbox} lead={text.lead}>
      <div className="w-64">
        <SelectInput
          label={text.filter}
          value={state}
          options={[
            { value: 'all', label: text.all },
            ...MailState.options.map((value) => ({ value, label: mailStateLabel[value] })),
          ]}
          onChange={(value) => {
            setState(value)
            setOffset(0)
          }}
        />
      </div>
      {can('case.send') ? <BounceDrop /> : null}
      <Failure error={error ?? action.error} onRetry={reload} />
      {data === undefined ? (
        <Loading />
      ) : data.rows.length === 0 ? (
        <Empty>{text.none}</Empty>
      ) : (
        <>
          <DataTable
            caption={text.caption}
            columns={outboxColumns(can('case.send') ? actionsOf : undefined)}
            rows={data.rows}
            keyOf={(row) => row.id}
          />
          <Pager offset={offset} limit={LIMIT} total={data.total} onMove={setOffset} />
        </>
      )}
    </Section>
  )
}

/** テスト受信箱: what the built-in sink received, as plain text. */
export function InboxSection() {
  const { client } = useOfficeBridge()
  const text = settingsText.inbox
  const { data, error, reload } = useQuery('inbox', () => client.mails.inbox({}), ['mail-changed'])
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const mails = [...(data?.mails ?? [])].sort((left, right) => right.receivedAt - left.receivedAt)
  const mail = mails.find((candidate) => candidate.id === chosen) ?? mails[0]
  return (
    <Section title={settingsText.sections.inbox} lead={text.lead}>
      <Failure error={error} onRetry={reload} />
      {data && mails.length === 0 ? <Empty>{text.none}</Empty> : null}
      {mail ? (
        <div className="grid grid-cols-[minmax(14rem,1fr)_2fr] gap-5 max-md:grid-cols-1">
          <ul aria-label={text.list} className="flex flex-col">
            {mails.map((candidate) => (
              <li key={candidate.id} className="border-b border-solid-gray-200">
                <button
                  type="button"
                  aria-pressed={candidate.id === mail.id}
                  onClick={() => setChosen(candidate.id)}
                  className={`w-full px-2 py-1.5 text-left ${candidate.id === mail.id ? 'bg-blue-100' : 'hover:bg-blue-50'}`}
                >
                  <span className="block font-bold">{candidate.subject}</span>
                  <span className="block text-[0.8125rem] break-all text-solid-gray-700">{candidate.to}</span>
                </button>
              </li>
            ))}
          </ul>
          <article className="min-w-0 rounded-8 border border-solid-gray-300 px-4 py-3">
            <h3 className="font-bold">{mail.subject}</h3>
            <Facts
              items={[
                { name: text.to, value: mail.to },
                { name: text.at, value: formatTimeBoth(mail.receivedAt) },
              ]}
            />
            <p className="mt-3 break-words whitespace-pre-wrap">{mail.text}</p>
          </article>
        </div>
      ) : null}
    </Section>
  )
}
