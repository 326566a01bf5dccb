import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Empty, Loading, Section } from '../../ui/page.tsx'
import { TimeCell } from '../../ui/when.tsx'
import { TaskOutcome } from './task-outcome.tsx'

const text = archiveText.outcomes

/** One's own long work of the last day, kept up to date while it runs. */
export function useOutcomes() {
  const { client } = useOfficeBridge()
  return useQuery('outcomes', () => client.archive.outcomes({}), ['progress'])
}
type Outcome = NonNullable<ReturnType<typeof useOutcomes>['data']>['rows'][number]

/** 作業の結果: what was started and left is found here. */
export function OutcomesSection() {
  const list = useOutcomes()
  const [shown, setShown] = useState<Outcome | undefined>(undefined)
  const columns: readonly Column<Outcome>[] = [
    { name: text.started, narrow: true, cell: (row) => <TimeCell at={row.startedAt} /> },
    { name: text.kind, cell: (row) => text.kinds[row.kind] },
    { name: text.about, wide: true, cell: (row) => row.about },
    { name: text.state, narrow: true, cell: (row) => text.states[row.state] },
    {
      name: text.files,
      align: 'right',
      cell: (row) => (
        <>
          {row.files.toLocaleString('ja-JP')}
          {row.doubtful > 0 ? (
            <span className="block whitespace-nowrap text-[0.8125rem] font-bold text-error-2">
              {text.doubtful(row.doubtful)}
            </span>
          ) : null}
        </>
      ),
    },
    {
      name: '',
      narrow: true,
      cell: (row) => (
        <Button size="small" isDisabled={row.state === 'running'} onPress={() => setShown(row)}>
          {text.show}
        </Button>
      ),
    },
  ]
  return (
    <div className="flex max-w-5xl flex-col gap-5 px-6 py-5">
      <p className="text-[0.9375rem] text-solid-gray-700">{text.lead}</p>
      <Failure error={list.error} onRetry={list.reload} />
      {list.data === undefined ? (
        list.error ? null : (
          <Loading />
        )
      ) : list.data.rows.length === 0 ? (
        <Empty>{text.none}</Empty>
      ) : (
        <DataTable
          caption={text.caption}
          columns={columns}
          rows={list.data.rows}
          keyOf={(row) => row.taskId}
          currentKey={shown?.taskId}
        />
      )}
      {shown === undefined ? null : (
        <Section title={text.showing(shown.about)}>
          <TaskOutcome key={shown.taskId} taskId={shown.taskId} />
        </Section>
      )}
    </div>
  )
}
