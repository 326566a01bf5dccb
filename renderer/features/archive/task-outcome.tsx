import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { sentenceOf } from '../../i18n/ja/errors.ts'
import { labelOf, verdictLabel } from '../../i18n/ja/labels.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Notice } from '../../ui/notice.tsx'
import { hrefOf } from '../../ui/router.ts'
import { saveFile } from '../../ui/save-file.ts'
import { Tag } from '../../ui/tag.tsx'
import type { TaskResult } from './use-task-result.ts'

const text = archiveText.task
type Row = TaskResult['rows'][number]
const GOOD = ['valid', 'valid-with-permitted-changes']

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
      <Tag tone={GOOD.includes(row.verdict) ? 'green' : row.verdict === 'unsigned' ? 'grey' : 'red'}>
        {labelOf(verdictLabel, row.verdict)}
      </Tag>
    ),
  },
]

/** How long work stands, its file once there is one, and its rows with the doubtful ones first. */
export function TaskOutcome(props: { readonly result: TaskResult | undefined; readonly fileName: string }) {
  const { fileUrl } = useOfficeBridge()
  const { result } = props
  if (result === undefined || !result.done) return <p role="status">{text.running}</p>
  const { ticket } = result
  const doubtful = result.rows.filter((row) => !GOOD.includes(row.verdict))
  const rows = [...doubtful, ...result.rows.filter((row) => GOOD.includes(row.verdict))]
  return (
    <div className="flex flex-col gap-3">
      {result.code === null ? (
        <Notice severity="done" live>
          {text.done}
          {rows.length > 0 ? text.summary(rows.length - doubtful.length, doubtful.length) : ''}
        </Notice>
      ) : (
        <Notice severity="stop" live>
          {sentenceOf({ code: result.code, data: {} })}
        </Notice>
      )}
      {ticket === null ? null : (
        <div>
          <Button look="primary" onPress={() => saveFile(fileUrl(ticket), props.fileName)}>
            {text.save}
          </Button>
        </div>
      )}
      {rows.length > 0 ? (
        <DataTable
          caption={text.result}
          columns={COLUMNS}
          rows={rows}
          keyOf={(row) => `${row.caseId} ${row.documentId}`}
        />
      ) : null}
    </div>
  )
}
