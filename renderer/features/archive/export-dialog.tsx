import { useState } from 'react'
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TaskOutcome } from './task-outcome.tsx'
import { useTaskResult } from './use-task-result.ts'

const text = archiveText.search

/** ダウンロードの求め: one action for what was found. */
export function ExportDialog(props: { readonly query: SearchQuery; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const [start, action] = useAction(client.archive.export)
  const result = useTaskResult(taskId)
  if (taskId === undefined)
    return (
      <ConfirmDialog
        title={text.exportTitle}
        isOpen
        onClose={props.onClose}
        confirmLabel={text.exportStart}
        onConfirm={() => void start({ query: props.query }).then((task) => setTaskId(task?.taskId))}
        pending={action.pending}
        error={<Failure error={action.error} />}
      >
        <p>{text.exportLead}</p>
      </ConfirmDialog>
    )
  return (
    <Dialog
      title={text.exportTitle}
      isOpen
      wide
      onClose={props.onClose}
      footer={<Button onPress={props.onClose}>{uiText.close}</Button>}
    >
      <TaskOutcome result={result} fileName={text.exportFile} />
    </Dialog>
  )
}
