import { useState } from 'react'
import { FileTrigger } from 'react-aria-components'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { importProblemText, keepingText } from '../../i18n/ja/keeping.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { FileDrop } from '../../ui/file-drop.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Empty, Section } from '../../ui/page.tsx'
import { Progress } from '../../ui/progress.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { TimeCell } from '../../ui/when.tsx'
import { ImportForm, type TableHead } from './import-form.tsx'
import { type ImportResult, useImportTask } from './use-import-task.ts'
import { useUploads } from './use-uploads.ts'

const text = keepingText.import
type Line = ImportResult['problems'][number]

const PROBLEM_COLUMNS: readonly Column<Line>[] = [
  { name: text.columns.line, align: 'right', narrow: true, cell: (line) => line.line },
  { name: text.columns.outcome, narrow: true, cell: (line) => text.outcomes[line.outcome] },
  {
    name: text.columns.problem,
    wide: true,
    cell: (line) => (line.problem === null ? '' : importProblemText(line.problem)),
  },
  { name: text.columns.title, cell: (line) => line.title },
  { name: text.columns.file, cell: (line) => line.file },
]

/** 取り込み: choose files, see what would happen, then do it. */
export function ImportSection() {
  return (
    <div className="flex flex-col gap-7">
      <NewImport />
      <StampSection />
      <History />
    </div>
  )
}

function NewImport() {
  const { client } = useOfficeBridge()
  const pdfs = useUploads()
  const csv = useUploads()
  const [head, setHead] = useState<TableHead | undefined>(undefined)
  const [read, reading] = useAction(client.imports.readTable)
  const [task, setTask] = useState<{ readonly id: string; readonly isDry: boolean } | undefined>(undefined)
  const result = useImportTask(task?.id)
  const takeCsv = async (files: readonly File[]) => {
    const [csvUploadId] = await csv.send(files.slice(0, 1))
    if (csvUploadId === undefined) return
    const table = await read({ csvUploadId })
    setHead(table === undefined ? undefined : { ...table, csvUploadId })
    setTask(undefined)
  }
  return (
    <Section title={keepingText.sections.import} lead={text.lead}>
      <FileDrop
        label={text.files}
        hint={pdfs.ids.length > 0 ? text.chosenFiles(pdfs.ids.length) : text.filesHint}
        accept={['.pdf', 'application/pdf']}
        multiple
        disabled={pdfs.pending}
        onFiles={(files) => void pdfs.send(files)}
      />
      <div>
        <FileTrigger
          acceptDirectory
          onSelect={(list) => void pdfs.send([...(list ?? [])].filter((file) => /\.pdf$/i.test(file.name)))}
        >
          <Button isDisabled={pdfs.pending}>{text.chooseFolder}</Button>
        </FileTrigger>
      </div>
      {pdfs.pending ? (
        <Progress label={text.uploading(pdfs.done, pdfs.total)} done={pdfs.done} total={pdfs.total} />
      ) : null}
      <FileDrop
        label={text.csv}
        hint={head === undefined ? text.csvHint : text.read(head.lines, head.encoding)}
        accept={['.csv', 'text/csv']}
        disabled={csv.pending || reading.pending}
        onFiles={(files) => void takeCsv(files)}
      />
      <Failure error={pdfs.error ?? csv.error ?? reading.error} />
      {head === undefined ? null : (
        <ImportForm
          key={head.csvUploadId}
          head={head}
          fileUploadIds={pdfs.ids}
          onStarted={(id, isDry) => setTask({ id, isDry })}
        />
      )}
      {task === undefined ? null : <Outcome result={result} isDry={task.isDry} />}
    </Section>
  )
}

function Outcome(props: { readonly result: ImportResult | undefined; readonly isDry: boolean }) {
  const { fileUrl } = useOfficeBridge()
  const { result } = props
  if (result === undefined || !result.done) return <p role="status">{uiText.working}</p>
  const { made, duplicate, refused, ticket } = result
  const sentence = props.isDry ? text.checked : text.finished
  return (
    <div className="flex flex-col gap-3">
      <Notice severity={refused === 0 ? 'done' : 'warn'} live>
        {sentence(made, duplicate, refused)}
      </Notice>
      {ticket === null ? null : (
        <div>
          <Button onPress={() => saveFile(fileUrl(ticket), text.reportName)}>{text.report}</Button>
        </div>
      )}
      {result.problems.length === 0 ? null : (
        <DataTable
          caption={text.problems}
          columns={PROBLEM_COLUMNS}
          rows={result.problems}
          keyOf={(line) => String(line.line)}
        />
      )}
    </div>
  )
}

/** L16: timestamps for received files that have none. */
function StampSection() {
  const { client } = useOfficeBridge()
  const [start, action] = useAction(client.imports.stampReceived)
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const result = useImportTask(taskId)
  return (
    <Section title={text.stampTitle} lead={text.stampLead}>
      <Failure error={action.error} />
      {result?.done ? (
        <Notice severity={result.refused === 0 ? 'done' : 'warn'} live>
          {text.stamped(result.made, result.refused)}
        </Notice>
      ) : null}
      <div>
        <Button
          isDisabled={action.pending}
          onPress={() => void start({}).then((task) => setTaskId(task?.taskId))}
        >
          {text.stamp}
        </Button>
      </div>
    </Section>
  )
}

function History() {
  const { client } = useOfficeBridge()
  const list = useQuery('imports', () => client.imports.list({}), ['settings-changed'])
  const [resume, action] = useAction(client.imports.resume)
  const rows = list.data?.rows ?? []
  return (
    <Section title={text.history}>
      <Failure error={list.error ?? action.error} />
      {rows.length === 0 ? (
        <Empty>{text.noHistory}</Empty>
      ) : (
        <ul className="max-w-4xl">
          {rows.map((row) => (
            <li key={row.id} className="flex items-center gap-4 border-b border-solid-gray-200 py-2">
              <TimeCell at={row.createdAt} />
              <span className="min-w-0 flex-1">
                <b>{row.name}</b>
                <span className="block text-[0.875rem] text-solid-gray-700">
                  {`${text.states[row.state]}　${text.counts(row.made, row.duplicate, row.refused, row.lines)}　${row.createdBy}`}
                </span>
              </span>
              {row.state === 'interrupted' ? (
                <Button size="small" onPress={() => void resume({ importId: row.id }).then(list.reload)}>
                  {text.resume}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
