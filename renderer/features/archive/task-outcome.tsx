import { useState } from 'react'
import type { FileVerdict } from '../../../shared/bridge/outcomes.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { archiveOutcomeSentence } from '../../i18n/ja/keeping.ts'
import { findingLabel } from '../../i18n/ja/labels.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Pager } from '../../ui/pager.tsx'
import { hrefOf } from '../../ui/router.ts'
import { saveFile } from '../../ui/save-file.ts'
import { Tag } from '../../ui/tag.tsx'
import { DrillOutcome } from './drill-outcome.tsx'
import { ROWS_A_PAGE, type TaskResult, useTaskResult } from './use-task-result.ts'

const text = archiveText.task
type Row = TaskResult['rows'][number]
const GOOD: readonly FileVerdict[] = ['valid', 'valid-with-permitted-changes']
/** Neither good nor doubtful: nothing to verify, or gone as it should be. */
const PLAIN: readonly FileVerdict[] = ['unsigned', 'disposed']

const COLUMNS: readonly Column<Row>[] = [
  {
    name: text.title,
    cell: (row) => (
      <a
        className="text-blue-900 underline"
        href={hrefOf(
          row.documentId === null
            ? ['cases', row.caseId]
            : ['cases', row.caseId, 'documents', row.documentId],
        )}
      >
        {row.title}
      </a>
    ),
  },
  {
    name: text.verdict,
    narrow: true,
    cell: (row) => (
      <Tag tone={GOOD.includes(row.verdict) ? 'green' : PLAIN.includes(row.verdict) ? 'grey' : 'red'}>
        {findingLabel[row.verdict]}
      </Tag>
    ),
  },
]

/** How long work stands, its file once there is one, and its rows with the doubtful ones first. */
export function TaskOutcome({ taskId }: { readonly taskId: string }) {
  const [offset, setOffset] = useState(0)
  const result = useTaskResult(taskId, offset)
  if (result === 'gone') return <Notice severity="info">{text.gone}</Notice>
  if (result === undefined || !result.done) return <p role="status">{text.running}</p>
  return (
    <div className="flex flex-col gap-3">
      <OutcomeNotice result={result} />
      {result.ticket === null ? null : <SaveButton taskId={taskId} fileName={result.fileName} />}
      {result.total > 0 ? (
        <>
          <DataTable
            caption={text.result}
            columns={COLUMNS}
            rows={result.rows}
            keyOf={(row) => `${row.caseId} ${row.documentId}`}
          />
          <Pager offset={offset} limit={ROWS_A_PAGE} total={result.total} onMove={setOffset} />
        </>
      ) : null}
    </div>
  )
}

function OutcomeNotice({ result }: { readonly result: TaskResult }) {
  const code = result.cancelled ? 'TASK_CANCELLED' : result.code
  if (code !== null)
    return (
      <Notice severity={result.cancelled ? 'warn' : 'stop'} live>
        {archiveOutcomeSentence(code)}
      </Notice>
    )
  if (result.drill !== null) return <DrillOutcome drill={result.drill} />
  const counts = Object.entries(result.counts) as [FileVerdict, number][]
  const sum = (isWanted: (verdict: FileVerdict) => boolean) =>
    counts.reduce((total, [verdict, count]) => total + (isWanted(verdict) ? count : 0), 0)
  const files = sum(() => true)
  const doubtful = sum((verdict) => !GOOD.includes(verdict) && !PLAIN.includes(verdict))
  const summary = {
    doubtful,
    good: sum((verdict) => GOOD.includes(verdict)),
    unsigned: sum((verdict) => verdict === 'unsigned'),
    disposed: sum((verdict) => verdict === 'disposed'),
  }
  return (
    <Notice severity={doubtful > 0 ? 'warn' : 'done'} live>
      {text.done}
      {files > 0 ? text.summary(summary) : ''}
      {files > result.total ? <span className="block">{text.capped}</span> : null}
    </Notice>
  )
}

/** The address of a file lapses; a new one is asked for with every saving. */
function SaveButton(props: { readonly taskId: string; readonly fileName: string }) {
  const { client, fileUrl } = useOfficeBridge()
  const [fetchResult, action] = useAction(client.archive.taskResult)
  const save = async () => {
    const fresh = await fetchResult({ taskId: props.taskId, limit: 1 })
    if (fresh !== undefined && fresh.ticket !== null) saveFile(fileUrl(fresh.ticket), fresh.fileName)
  }
  return (
    <div className="flex flex-col gap-2">
      <Failure error={action.error} />
      <div>
        <Button look="primary" isDisabled={action.pending} onPress={() => void save()}>
          {text.save(props.fileName)}
        </Button>
      </div>
    </div>
  )
}
