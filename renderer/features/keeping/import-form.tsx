import { useState } from 'react'
import { ImportField, type ImportMapping } from '../../../shared/bridge/keeping.ts'
import { FolderId } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { keepingText } from '../../i18n/ja/keeping.ts'
import { Button } from '../../ui/button.tsx'
import { CheckInput, SelectInput } from '../../ui/choice-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { TextInput } from '../../ui/text-input.tsx'

const text = keepingText.import

export type TableHead = {
  readonly csvUploadId: string
  readonly encoding: string
  readonly columns: readonly string[]
  readonly lines: number
  readonly mapping: ImportMapping
  readonly mappingFrom: 'remembered' | 'recognised'
  readonly service: 'gmo-sign' | 'cloudsign' | null
}

/** What the columns mean and how the contracts enter. */
export function ImportForm(props: {
  readonly head: TableHead
  readonly fileUploadIds: readonly string[]
  readonly onStarted: (taskId: string, isDry: boolean) => void
}) {
  const { head } = props
  const { client } = useOfficeBridge()
  const folders = useQuery('folders', () => client.archive.folders({}))
  const [mapping, setMapping] = useState<ImportMapping>(head.mapping)
  const [form, setForm] = useState({ name: '', department: '', folder: '', timestamp: false })
  const [dryRun, checking] = useAction(client.imports.dryRun)
  const [run, running] = useAction(client.imports.run)
  const change = (part: Partial<typeof form>) => setForm((old) => ({ ...old, ...part }))
  const folder = FolderId.safeParse(form.folder)
  const request = {
    csvUploadId: head.csvUploadId,
    fileUploadIds: [...props.fileUploadIds],
    mapping,
    options: {
      name: form.name,
      department: form.department,
      folderId: folder.success ? folder.data : null,
      timestamp: form.timestamp,
    },
  }
  const isIncomplete =
    form.name.trim() === '' ||
    mapping.file === undefined ||
    mapping.title === undefined ||
    checking.pending ||
    running.pending
  return (
    <div className="flex flex-col gap-4">
      <Notice severity="info">
        {head.service === null ? '' : text.services[head.service]}
        {text.mappingFrom[head.mappingFrom]}
      </Notice>
      <MappingInputs columns={head.columns} mapping={mapping} onChange={setMapping} />
      <div className="flex max-w-3xl flex-col gap-4">
        <TextInput
          label={text.name}
          hint={text.nameHint}
          required
          value={form.name}
          onChange={(name) => change({ name })}
        />
        <TextInput
          label={text.department}
          value={form.department}
          onChange={(department) => change({ department })}
        />
        <SelectInput
          label={text.folder}
          value={form.folder}
          options={[
            { value: '', label: text.noFolder },
            ...(folders.data?.rows ?? []).map((row) => ({ value: String(row.id), label: row.name })),
          ]}
          onChange={(value) => change({ folder: value })}
        />
        <CheckInput
          label={text.timestamp}
          hint={text.timestampHint}
          checked={form.timestamp}
          onChange={(timestamp) => change({ timestamp })}
        />
      </div>
      <Failure error={checking.error ?? running.error} />
      <div className="flex flex-wrap gap-3">
        <Button
          isDisabled={isIncomplete}
          onPress={() =>
            void dryRun(request).then((task) => (task ? props.onStarted(task.taskId, true) : undefined))
          }
        >
          {text.dryRun}
        </Button>
        <Button
          look="primary"
          isDisabled={isIncomplete || props.fileUploadIds.length === 0}
          onPress={() =>
            void run(request).then((task) => (task ? props.onStarted(task.taskId, false) : undefined))
          }
        >
          {text.run}
        </Button>
      </div>
    </div>
  )
}

function MappingInputs(props: {
  readonly columns: readonly string[]
  readonly mapping: ImportMapping
  readonly onChange: (mapping: ImportMapping) => void
}) {
  const options = [
    { value: '', label: text.noColumn },
    ...props.columns.map((column) => ({ value: column, label: column })),
  ]
  return (
    <fieldset className="grid grid-cols-3 gap-3 max-md:grid-cols-1">
      <legend className="mb-1 text-[0.9375rem] font-bold">{text.mapping}</legend>
      {ImportField.options.map((field) => (
        <SelectInput
          key={field}
          label={text.fields[field]}
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
