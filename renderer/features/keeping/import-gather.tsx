import { useState } from 'react'
import type { ImportDraft } from '../../../shared/bridge/imports.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useTask } from '../../bridge/use-task.ts'
import { formatBytes } from '../../i18n/format.ts'
import { importOutcomeSentence, keepingText } from '../../i18n/ja/keeping.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { FolderDrop } from '../../ui/folder-drop.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Facts } from '../../ui/page.tsx'
import { Progress } from '../../ui/progress.tsx'
import { saveFile } from '../../ui/save-file.ts'
import type { ImportState } from './import-store.ts'

const text = keepingText.import
const ACCEPTED = ['.pdf', '.csv', '.tsv', '.txt', '.zip', 'application/pdf', 'text/csv', 'application/zip']

/** Files of any kind in one place; what was received so far, and what became of the rest. */
export function ImportGather({ store }: { readonly store: ImportState }) {
  const { draft, sending, left } = store
  return (
    <div className="flex flex-col gap-3">
      <FolderDrop
        label={text.drop}
        hint={text.dropHint}
        accept={ACCEPTED}
        disabled={sending !== null || (draft?.taskId ?? null) !== null}
        onFiles={(files) => void store.send(files)}
      />
      {sending === null ? null : (
        <div className="flex max-w-3xl flex-col gap-2">
          <Progress
            label={text.sending(sending.done, sending.total)}
            done={sending.done}
            total={sending.total}
          />
          <div className="flex flex-wrap items-center gap-3">
            <Button size="small" onPress={store.stop}>
              {text.stopSending}
            </Button>
            <span className="text-[0.875rem] text-solid-gray-700">{formatBytes(sending.sentBytes)}</span>
          </div>
        </div>
      )}
      <Failure error={store.error} />
      {sending !== null || left.length === 0 ? null : (
        <Notice
          severity="warn"
          live
          action={
            <Button size="small" onPress={() => void store.send(left)}>
              {text.sendLeft}
            </Button>
          }
        >
          {text.left(left.length)}
        </Notice>
      )}
      {store.tooLarge.length === 0 ? null : <Notice severity="warn">{text.tooLarge(store.tooLarge)}</Notice>}
      {store.unused.length === 0 ? null : <Notice severity="info">{text.unused(store.unused)}</Notice>}
      {store.replaced === 0 ? null : <Notice severity="info">{text.replaced(store.replaced)}</Notice>}
      {draft ? <Gathered draft={draft} isSending={sending !== null} /> : null}
    </div>
  )
}

function Gathered({ draft, isSending }: { readonly draft: ImportDraft; readonly isSending: boolean }) {
  const { pdfs, tables, taskId } = draft
  const isBusy = isSending || taskId !== null
  return (
    <div className="flex flex-col gap-3">
      <h3 className="font-bold">{text.gathered}</h3>
      <Facts
        items={[
          { name: text.pdfs, value: text.pdfCount(pdfs.count, formatBytes(pdfs.sizeBytes)) },
          {
            name: text.table,
            value: tables.length === 0 ? text.noTable : tables.map(({ path }) => path).join('、'),
          },
        ]}
      />
      {isSending ? null : <Zips draft={draft} />}
      <div className="flex flex-wrap gap-3">
        {tables.length > 0 || pdfs.count === 0 ? null : <TableFormButton draft={draft} />}
        <DiscardDraft draft={draft} isDisabled={isBusy} />
      </div>
    </div>
  )
}

/** ZIPs that are still packed, and why the last could not be unpacked. */
function Zips({ draft }: { readonly draft: ImportDraft }) {
  const { client } = useOfficeBridge()
  const [unpack, unpacking] = useAction(client.imports.unpack)
  const [seen, setSeen] = useState<string | undefined>(undefined)
  if (draft.taskId !== null && draft.taskId !== seen) setSeen(draft.taskId)
  const result = useTask(seen, client.imports.taskResult)
  const isOver = draft.taskId === null && result?.done === true && !result.dry
  return (
    <>
      {isOver && result.code !== null && result.code !== 'TASK_CANCELLED' ? (
        <Notice severity="stop" live>
          {importOutcomeSentence(result.code, result.detail)}
        </Notice>
      ) : null}
      {isOver && result.unused.length > 0 ? (
        <Notice severity="info">{text.zipUnused(result.unused)}</Notice>
      ) : null}
      <Failure error={unpacking.error} />
      {draft.taskId !== null
        ? null
        : draft.zips.map(({ path, parts, received }) =>
            received < parts ? (
              <Notice key={path} severity="warn">
                {text.zipCutOff(path, received, parts)}
              </Notice>
            ) : (
              <Notice
                key={path}
                severity="warn"
                action={
                  <Button
                    size="small"
                    isDisabled={unpacking.pending}
                    onPress={() => void unpack({ importId: draft.importId })}
                  >
                    {text.unpack}
                  </Button>
                }
              >
                {text.zipWaiting(path)}
              </Notice>
            ),
          )}
    </>
  )
}

function TableFormButton({ draft }: { readonly draft: ImportDraft }) {
  const { client, fileUrl } = useOfficeBridge()
  const [make, making] = useAction(client.imports.tableForm)
  return (
    <>
      <Button
        isDisabled={making.pending}
        onPress={() =>
          void make({ importId: draft.importId }).then((answer) =>
            answer === undefined ? undefined : saveFile(fileUrl(answer.ticket), text.formName),
          )
        }
      >
        {text.form}
      </Button>
      <Failure error={making.error} />
    </>
  )
}

function DiscardDraft({ draft, isDisabled }: { readonly draft: ImportDraft; readonly isDisabled: boolean }) {
  const { client } = useOfficeBridge()
  const [isAsking, setAsking] = useState(false)
  const [discard, discarding] = useAction(client.imports.discard)
  return (
    <>
      <Button look="quiet" isDisabled={isDisabled} onPress={() => setAsking(true)}>
        {text.discard}
      </Button>
      <ConfirmDialog
        title={text.discard}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel={text.discard}
        danger
        pending={discarding.pending}
        error={<Failure error={discarding.error} />}
        onConfirm={() =>
          void discard({ importId: draft.importId }).then((done) =>
            done === undefined ? undefined : setAsking(false),
          )
        }
      >
        <p>{text.discardLead(draft.pdfs.count)}</p>
      </ConfirmDialog>
    </>
  )
}
