import { useState } from 'react'
import { FolderId } from '../../../shared/model/brand.ts'
import { Role } from '../../../shared/model/user.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { roleLabel } from '../../i18n/ja/labels.ts'
import { Button } from '../../ui/button.tsx'
import { CheckInput, SelectInput } from '../../ui/choice-input.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Empty, Loading } from '../../ui/page.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useToast } from '../../ui/toast.tsx'
import { RightsInWords, WhoSees } from './who-sees.tsx'

const text = archiveText.folders

function useFolders() {
  const { client } = useOfficeBridge()
  return useQuery('folders', () => client.archive.folders({}))
}
type Folder = NonNullable<ReturnType<typeof useFolders>['data']>['rows'][number]

/** Folders and who may look into them: nobody unless named. */
export function FoldersSection() {
  const folders = useFolders()
  const [editing, setEditing] = useState<Folder | 'new' | undefined>(undefined)
  const columns: readonly Column<Folder>[] = [
    { name: text.name, cell: (row) => row.name },
    {
      name: text.parent,
      cell: (row) => folders.data?.rows.find((other) => other.id === row.parentId)?.name ?? text.top,
    },
    { name: text.whoSees, wide: true, cell: (row) => <RightsInWords rights={row} /> },
    {
      name: '',
      narrow: true,
      cell: (row) => (
        <Button size="small" onPress={() => setEditing(row)}>
          {text.edit}
        </Button>
      ),
    },
  ]
  return (
    <div className="flex flex-col gap-4 px-6 py-5">
      <p className="max-w-4xl text-[0.9375rem] text-solid-gray-700">{text.lead}</p>
      <Notice severity="info">{text.unfiled}</Notice>
      <div>
        <Button look="primary" onPress={() => setEditing('new')}>
          {text.add}
        </Button>
      </div>
      <Failure error={folders.error} onRetry={folders.reload} />
      {folders.data === undefined ? (
        <Loading />
      ) : folders.data.rows.length === 0 ? (
        <Empty>{text.none}</Empty>
      ) : (
        <DataTable
          caption={text.caption}
          columns={columns}
          rows={folders.data.rows}
          keyOf={(row) => row.id}
        />
      )}
      {editing ? (
        <FolderDialog
          folder={editing === 'new' ? undefined : editing}
          others={folders.data?.rows ?? []}
          onClose={() => setEditing(undefined)}
          onSaved={folders.reload}
        />
      ) : null}
    </div>
  )
}

function FolderDialog(props: {
  readonly folder: Folder | undefined
  readonly others: readonly Folder[]
  readonly onClose: () => void
  readonly onSaved: () => void
}) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const { folder } = props
  const settings = useQuery('settings', () => client.settings.read({}))
  const [name, setName] = useState(folder?.name ?? '')
  const [parentId, setParentId] = useState<string>(folder?.parentId ?? '')
  const [roles, setRoles] = useState<readonly Role[]>(folder?.roles ?? [])
  const [departments, setDepartments] = useState<readonly string[]>(folder?.departments ?? [])
  const [save, action] = useAction(client.archive.saveFolder)
  const confirm = async () => {
    const parent = FolderId.safeParse(parentId)
    const saved = await save({
      ...(folder ? { id: folder.id } : {}),
      name,
      parentId: parent.success ? parent.data : null,
      roles: [...roles],
      departments: [...departments],
    })
    if (saved === undefined) return
    toast(text.saved)
    props.onSaved()
    props.onClose()
  }
  return (
    <ConfirmDialog
      title={folder ? text.edit : text.add}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.save}
      blocked={name.trim() === ''}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error ?? settings.error} />}
    >
      <TextInput label={text.name} required autoFocus value={name} onChange={setName} maxLength={100} />
      <SelectInput
        label={text.parent}
        value={parentId}
        options={[
          { value: '', label: text.top },
          ...props.others
            .filter((other) => other.id !== folder?.id)
            .map((other) => ({ value: String(other.id), label: other.name })),
        ]}
        onChange={setParentId}
      />
      <CheckGroup
        label={text.roles}
        options={Role.options.map((value) => ({ value, label: roleLabel[value] }))}
        chosen={roles}
        onChange={setRoles}
      />
      <CheckGroup
        label={text.departments}
        options={(settings.data?.town.departments ?? []).map((value) => ({ value, label: value }))}
        chosen={departments}
        onChange={setDepartments}
      />
      <WhoSees roles={roles} departments={departments} />
    </ConfirmDialog>
  )
}

function CheckGroup<V extends string>(props: {
  readonly label: string
  readonly options: readonly { readonly value: V; readonly label: string }[]
  readonly chosen: readonly V[]
  readonly onChange: (chosen: readonly V[]) => void
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-[0.9375rem] font-bold">{props.label}</legend>
      <div className="flex flex-wrap gap-x-5">
        {props.options.map((option) => (
          <CheckInput
            key={option.value}
            label={option.label}
            checked={props.chosen.includes(option.value)}
            onChange={(isChosen) =>
              props.onChange(
                isChosen
                  ? [...props.chosen, option.value]
                  : props.chosen.filter((value) => value !== option.value),
              )
            }
          />
        ))}
      </div>
    </fieldset>
  )
}
