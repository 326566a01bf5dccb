import { useState } from 'react'
import { type CaseDocument, DocumentRole } from '../../../../shared/model/document.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { formatBytes } from '../../../i18n/format.ts'
import { documentsText as text, versionReasonLabel } from '../../../i18n/ja/detail.ts'
import { documentRoleLabel, labelOf } from '../../../i18n/ja/labels.ts'
import { uiText } from '../../../i18n/ja/ui.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { SelectInput } from '../../../ui/choice-input.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { WhyDialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { Empty } from '../../../ui/page.tsx'
import { hrefOf } from '../../../ui/router.ts'
import { saveFile } from '../../../ui/save-file.ts'
import { Tag } from '../../../ui/tag.tsx'
import { ImportDocuments } from './import-documents.tsx'
import type { CaseView } from './use-case.ts'

type Props = { readonly view: CaseView; readonly canWrite: boolean; readonly reload: () => void }

function useDocumentActions(reload: () => void) {
  const { client, fileUrl } = useOfficeBridge()
  const [change, changing] = useAction(client.documents.change)
  const [open, opening] = useAction(client.documents.open)
  return {
    pending: changing.pending || opening.pending,
    error: changing.error ?? opening.error,
    change: async (
      document: CaseDocument,
      part: { readonly role?: DocumentRole; readonly order?: number },
    ) => {
      const { id: documentId, title, role, order } = document
      await change({ documentId, title, role, order, ...part })
      reload()
    },
    save: async (document: CaseDocument) => {
      const file = await open({ documentId: document.id, purpose: 'download' })
      if (file) saveFile(fileUrl(file.ticket), file.fileName)
    },
  }
}

export function DocumentsTab({ view, canWrite, reload }: Props) {
  const actions = useDocumentActions(reload)
  const [removing, setRemoving] = useState<CaseDocument | undefined>(undefined)
  const documents = [...view.documents].sort((left, right) => left.order - right.order)
  const columns = documentColumns({ view, canWrite, documents, actions, onRemove: setRemoving })
  return (
    <div className="flex flex-col gap-5">
      {canWrite ? <ImportDocuments caseId={view.detail.id} reload={reload} /> : null}
      <Failure error={actions.error} />
      {documents.length === 0 ? (
        <Empty>{text.empty}</Empty>
      ) : (
        <DataTable caption={text.list} columns={columns} rows={documents} keyOf={(row) => row.id} />
      )}
      {removing ? (
        <RemoveDialog document={removing} onClose={() => setRemoving(undefined)} reload={reload} />
      ) : null}
    </div>
  )
}

type ColumnParts = {
  readonly view: CaseView
  readonly canWrite: boolean
  readonly documents: readonly CaseDocument[]
  readonly actions: ReturnType<typeof useDocumentActions>
  readonly onRemove: (document: CaseDocument) => void
}

function documentColumns(parts: ColumnParts): readonly Column<CaseDocument>[] {
  const { view, actions, canWrite } = parts
  return [
    {
      name: text.title,
      cell: (row) => (
        <>
          <a
            className="font-bold text-blue-900 underline"
            href={hrefOf(['cases', view.detail.id, 'documents', row.id])}
          >
            {row.title}
          </a>
          <span className="block text-[0.8125rem] text-solid-gray-700">
            {[row.fileName, text.pages(row.pages), formatBytes(row.current.sizeBytes)].join('　')}
          </span>
          {row.hasText ? null : <Tag tone="yellow">{text.noText}</Tag>}
        </>
      ),
    },
    { name: text.role, narrow: true, cell: (row) => <RoleCell document={row} parts={parts} /> },
    {
      name: text.facts,
      narrow: true,
      cell: (row) => (
        <>
          {text.version(row.current.number)}
          <span className="block text-[0.8125rem] text-solid-gray-700">
            {labelOf(versionReasonLabel, row.current.reason)}
          </span>
        </>
      ),
    },
    ...(canWrite
      ? [
          {
            name: text.order,
            narrow: true,
            cell: (row: CaseDocument) => <OrderCell document={row} parts={parts} />,
          },
        ]
      : []),
    {
      name: '',
      narrow: true,
      cell: (row) => (
        <div className="flex flex-wrap justify-end gap-2">
          {canWrite && row.role === 'sign' ? (
            <LinkButton
              size="small"
              href={hrefOf(['cases', view.detail.id, 'documents', row.id], { mode: 'fields' })}
            >
              {text.placeFields}
            </LinkButton>
          ) : null}
          <Button size="small" isDisabled={actions.pending} onPress={() => void actions.save(row)}>
            {text.save}
          </Button>
          {canWrite ? (
            <Button size="small" look="danger" onPress={() => parts.onRemove(row)}>
              {text.remove}
            </Button>
          ) : null}
        </div>
      ),
    },
  ]
}

function RoleCell({ document, parts }: { readonly document: CaseDocument; readonly parts: ColumnParts }) {
  const placed = parts.view.fields.filter((field) => field.documentId === document.id).length
  return (
    <>
      {parts.canWrite && document.role !== 'application' && document.role !== 'certificate' ? (
        <SelectInput
          label={text.roleOf(document.title)}
          hideLabel
          value={document.role}
          options={DocumentRole.options
            .filter((role) => role !== 'application' && role !== 'certificate')
            .map((value) => ({ value, label: documentRoleLabel[value] }))}
          onChange={(role) => void parts.actions.change(document, { role })}
        />
      ) : (
        documentRoleLabel[document.role]
      )}
      {document.role === 'sign' ? (
        <span className="block text-[0.8125rem] text-solid-gray-700">{text.fieldsPlaced(placed)}</span>
      ) : null}
    </>
  )
}

function OrderCell({ document, parts }: { readonly document: CaseDocument; readonly parts: ColumnParts }) {
  const index = parts.documents.findIndex((candidate) => candidate.id === document.id)
  return (
    <div className="flex gap-1">
      <Button
        size="small"
        aria-label={text.moveUp(document.title)}
        isDisabled={index === 0 || parts.actions.pending}
        onPress={() => void parts.actions.change(document, { order: index - 1 })}
      >
        ↑
      </Button>
      <Button
        size="small"
        aria-label={text.moveDown(document.title)}
        isDisabled={index === parts.documents.length - 1 || parts.actions.pending}
        onPress={() => void parts.actions.change(document, { order: index + 1 })}
      >
        ↓
      </Button>
    </div>
  )
}

function RemoveDialog(props: {
  readonly document: CaseDocument
  readonly onClose: () => void
  readonly reload: () => void
}) {
  const { client } = useOfficeBridge()
  const [remove, action] = useAction(client.documents.remove)
  const confirm = async (why: string) => {
    if ((await remove({ documentId: props.document.id, why })) === undefined) return
    props.reload()
    props.onClose()
  }
  return (
    <WhyDialog
      title={text.removeTitle}
      isOpen
      danger
      onClose={props.onClose}
      confirmLabel={uiText.remove}
      onConfirm={(why) => void confirm(why)}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>
        <b>{props.document.title}</b>
        <span className="block">{text.removeLead}</span>
      </p>
    </WhyDialog>
  )
}
