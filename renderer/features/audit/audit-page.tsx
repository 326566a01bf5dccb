import { useState } from 'react'
import type { IsoDate } from '../../../shared/model/brand.ts'
import { actionOptions, actionText } from '../../../shared/model/log-actions.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useExportedList } from '../../bridge/use-exported-list.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { useTask } from '../../bridge/use-task.ts'
import { auditText as text } from '../../i18n/ja/audit.ts'
import { logDataText } from '../../i18n/ja/log-data.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { SelectInput } from '../../ui/choice-input.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { DateInput } from '../../ui/date-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { ListProblem } from '../../ui/list-problem.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Empty, Loading, Page } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { hrefOf } from '../../ui/router.ts'
import { saveFile } from '../../ui/save-file.ts'
import { TextInput } from '../../ui/text-input.tsx'
import { useSettled } from '../../ui/use-settled.ts'
import { TimeCell } from '../../ui/when.tsx'

const LIMIT = 100
/** Longer than between two keys: every question walks the log, and is itself an entry of it. */
const TYPING_PAUSE_MS = 500
type Filter = {
  readonly from: IsoDate | null
  readonly to: IsoDate | null
  readonly actor: string
  readonly action: string
  readonly offset: number
}

function useAudit(filter: Filter) {
  const { client } = useOfficeBridge()
  return useQuery(`audit ${JSON.stringify(filter)}`, () => client.audit.list({ ...filter, limit: LIMIT }))
}
type Row = NonNullable<ReturnType<typeof useAudit>['data']>['rows'][number]

const COLUMNS: readonly Column<Row>[] = [
  { name: text.seq, narrow: true, align: 'right', cell: (row) => row.seq },
  { name: text.when, narrow: true, cell: (row) => <TimeCell at={row.at} /> },
  { name: text.who, narrow: true, cell: (row) => row.actor },
  { name: text.what, narrow: true, cell: (row) => actionText(row.action) },
  {
    name: text.case,
    wide: true,
    cell: (row) =>
      row.caseId === null ? (
        ''
      ) : (
        <a className="text-blue-900 underline" href={hrefOf(['cases', row.caseId])}>
          {row.caseTitle}
        </a>
      ),
  },
  {
    name: text.data,
    cell: (row) => (
      <span className="text-[0.8125rem] break-words text-solid-gray-700">{logDataText(row.data)}</span>
    ),
  },
]

/** 操作ログ: filter, read, check the chain, export. */
export function AuditPage() {
  const { client } = useOfficeBridge()
  const [filter, setFilter] = useState<Filter>({ from: null, to: null, actor: '', action: '', offset: 0 })
  const [isComposing, setComposing] = useState(false)
  const { data, error, reload } = useAudit(useSettled(filter, TYPING_PAUSE_MS, isComposing))
  const list = useExportedList(client.audit.export, saveFile)
  const change = (part: Partial<Filter>) => setFilter((old) => ({ ...old, offset: 0, ...part }))
  return (
    <Page
      title={text.title}
      lead={text.lead}
      full
      actions={
        <Button isDisabled={list.isRunning} onPress={() => list.start({ from: filter.from, to: filter.to })}>
          {list.isRunning ? uiText.working : text.export}
        </Button>
      }
    >
      <ChainCheck />
      <ListProblem code={list.problem} />
      <div className="flex flex-wrap items-start gap-5">
        <div className="w-52">
          <DateInput label={text.from} value={filter.from} onChange={(from) => change({ from })} />
        </div>
        <div className="w-52">
          <DateInput label={text.to} value={filter.to} onChange={(to) => change({ to })} />
        </div>
        <div
          className="w-52"
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
        >
          <TextInput
            label={text.actor}
            value={filter.actor}
            onChange={(actor) => change({ actor })}
            maxLength={100}
          />
        </div>
        <div className="w-72">
          <SelectInput
            label={text.action}
            value={filter.action}
            options={[
              { value: '', label: text.anyAction },
              ...actionOptions.map(([value, label]) => ({ value, label })),
            ]}
            onChange={(action) => change({ action })}
          />
        </div>
      </div>
      <Failure error={error ?? list.error} onRetry={reload} />
      {data === undefined ? (
        error ? null : (
          <Loading />
        )
      ) : data.rows.length === 0 ? (
        <Empty>{text.none}</Empty>
      ) : (
        <>
          <DataTable
            caption={text.caption}
            columns={COLUMNS}
            rows={data.rows}
            keyOf={(row) => String(row.seq)}
          />
          <Pager
            offset={filter.offset}
            limit={LIMIT}
            total={data.total}
            isCapped={data.totalIsCapped}
            onMove={(offset) => setFilter((old) => ({ ...old, offset }))}
          />
        </>
      )}
    </Page>
  )
}

function ChainCheck() {
  const { client } = useOfficeBridge()
  const [check, action] = useAction(client.audit.check)
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const checked = useTask(taskId, client.audit.checked)
  const result = checked?.found
  const isRunning =
    action.pending || (taskId !== undefined && (checked === undefined || checked.state === 'running'))
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Button isDisabled={isRunning} onPress={() => void check({}).then((task) => setTaskId(task?.taskId))}>
          {isRunning ? text.checking : text.check}
        </Button>
      </div>
      <Failure error={action.error} />
      {checked?.state === 'cancelled' || checked?.state === 'failed' ? (
        <Notice severity="warn" live>
          {text.unchecked[checked.state]}
        </Notice>
      ) : null}
      {result ? (
        <Notice severity={result.firstBrokenSeq === null ? 'done' : 'stop'} live>
          {result.firstBrokenSeq === null ? text.intact(result.entries) : text.broken(result.firstBrokenSeq)}
          <span className="block text-[0.9375rem]">
            {result.anchoredUntilSeq === null
              ? text.notAnchored
              : text.anchored(result.anchoredUntilSeq, result.lastAnchorAt)}
          </span>
        </Notice>
      ) : null}
    </div>
  )
}
