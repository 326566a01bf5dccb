import { useState } from 'react'
import { type ImportDraft, ImportField, type ImportMapping } from '../../../shared/bridge/imports.ts'
import { FolderId } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { keepingText } from '../../i18n/ja/keeping.ts'
import { Button } from '../../ui/button.tsx'
import { CheckInput, SelectInput } from '../../ui/choice-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading } from '../../ui/page.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { ImportOutcome } from './import-outcome.tsx'

const text = keepingText.import

type Client = ReturnType<typeof useOfficeBridge>['client']
type TableHead = Extract<Awaited<ReturnType<Client['imports']['readTable']>>, { readonly ok: true }>['value']

/** Which table, what its columns mean, how the contracts enter; then the dry run and the import. */
export function ImportForm({ draft }: { readonly draft: ImportDraft }) {
  const { client } = useOfficeBridge()
  const [chosen, setChosen] = useState('')
  const { importId, tables } = draft
  const table = tables.find(({ path }) => path === chosen) ?? tables[0]
  const path = table?.path ?? ''
  const head = useQuery(`import-table ${importId} ${path} ${table?.sizeBytes ?? 0}`, () =>
    client.imports.readTable({ importId, table: path }),
  )
  return (
    <div className="flex flex-col gap-4">
      {tables.length < 2 ? null : (
        <div className="max-w-3xl">
          <SelectInput
            label={text.tableChoice}
            value={path}
            options={tables.map((each) => ({ value: each.path, label: each.path }))}
            onChange={setChosen}
          />
        </div>
      )}
      <Failure error={head.error} onRetry={head.reload} />
      {head.data === undefined ? (
        head.loading ? (
          <Loading />
        ) : null
      ) : (
        <TableForm
          key={`${path} ${head.data.columns.join('\n')}`}
          draft={draft}
          path={path}
          head={head.data}
        />
      )}
    </div>
  )
}

type Form = {
  readonly name: string
  readonly department: string
  readonly folder: string
  readonly timestamp: boolean
  readonly openFiles: boolean
}

function TableForm(props: { readonly draft: ImportDraft; readonly path: string; readonly head: TableHead }) {
  const { draft, path, head } = props
  const { client } = useOfficeBridge()
  const [mapping, setMapping] = useState<ImportMapping>(head.mapping)
  const [form, setForm] = useState<Form>({
    ...{ name: nameOf(path), department: '', folder: '', timestamp: false, openFiles: true },
  })
  const [dryRun, checking] = useAction(client.imports.dryRun)
  const [run, running] = useAction(client.imports.run)
  const folder = FolderId.safeParse(form.folder)
  const request = {
    importId: draft.importId,
    table: path,
    mapping,
    options: {
      name: form.name,
      department: form.department,
      folderId: folder.success ? folder.data : null,
      timestamp: form.timestamp,
    },
  }
  const isBusy = draft.taskId !== null || checking.pending || running.pending
  const isIncomplete =
    form.name.trim() === '' || mapping.file === undefined || mapping.title === undefined || isBusy
  return (
    <div className="flex flex-col gap-4">
      <Notice severity="info">
        {text.read(head.lines, head.encoding)}
        {head.service === null ? '' : text.services[head.service]}
        {text.mappingFrom[head.mappingFrom]}
      </Notice>
      <MappingInputs head={head} mapping={mapping} onChange={setMapping} />
      <OptionInputs form={form} onChange={(part) => setForm((old) => ({ ...old, ...part }))} />
      <Failure error={checking.error ?? running.error} />
      <div className="flex flex-wrap gap-3">
        <Button
          isDisabled={isIncomplete}
          onPress={() => void dryRun({ ...request, openFiles: form.openFiles })}
        >
          {text.dryRun}
        </Button>
        <Button
          look="primary"
          isDisabled={isIncomplete || draft.pdfs.count === 0}
          onPress={() => void run(request)}
        >
          {text.run}
        </Button>
      </div>
      {draft.taskId === null ? <ImportOutcome importId={draft.importId} /> : null}
    </div>
  )
}

/** The table's own name is a first name for the import. */
function nameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.[^.]+$/, '').slice(0, 100)
}

function OptionInputs(props: { readonly form: Form; readonly onChange: (part: Partial<Form>) => void }) {
  const { client } = useOfficeBridge()
  const folders = useQuery('folders', () => client.archive.folders({}))
  const { form, onChange } = props
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <TextInput
        label={text.name}
        hint={text.nameHint}
        required
        value={form.name}
        onChange={(name) => onChange({ name })}
      />
      <TextInput
        label={text.department}
        value={form.department}
        onChange={(department) => onChange({ department })}
      />
      <SelectInput
        label={text.folder}
        value={form.folder}
        options={[
          { value: '', label: text.noFolder },
          ...(folders.data?.rows ?? []).map((row) => ({ value: String(row.id), label: row.name })),
        ]}
        onChange={(folder) => onChange({ folder })}
      />
      <CheckInput
        label={text.timestamp}
        hint={text.timestampHint}
        checked={form.timestamp}
        onChange={(timestamp) => onChange({ timestamp })}
      />
      <CheckInput
        label={text.openFiles}
        hint={text.openFilesHint}
        checked={form.openFiles}
        onChange={(openFiles) => onChange({ openFiles })}
      />
    </div>
  )
}

/** Each with what the first line says in that column: a wrong one is seen at once. */
function MappingInputs(props: {
  readonly head: TableHead
  readonly mapping: ImportMapping
  readonly onChange: (mapping: ImportMapping) => void
}) {
  const { columns, sample } = props.head
  const options = [
    { value: '', label: text.noColumn },
    ...columns.map((column) => ({ value: column, label: column })),
  ]
  const exampleOf = (column: string | undefined) => {
    const index = column === undefined ? -1 : columns.indexOf(column)
    const cell = sample.map((cells) => cells[index] ?? '').find((each) => each !== '')
    return cell === undefined ? '' : text.example(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)
  }
  return (
    <fieldset className="grid grid-cols-3 gap-3 max-md:grid-cols-1">
      <legend className="mb-1 text-[0.9375rem] font-bold">{text.mapping}</legend>
      {ImportField.options.map((field) => (
        <SelectInput
          key={field}
          label={text.fields[field]}
          hint={exampleOf(props.mapping[field])}
          value={props.mapping[field] ?? ''}
          options={options}
          onChange={(column) => {
            const { [field]: _old, ...rest } = props.mapping
            props.onChange(column === '' ? rest : { ...rest, [field]: column })
          }}
        />
      ))}
    </fieldset>
  )
}
