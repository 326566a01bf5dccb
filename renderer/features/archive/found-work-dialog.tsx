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

const text = archiveText.search

export type FoundWork = 'export' | 'print'

const WORDS: Readonly<Record<FoundWork, { title: string; lead: string; start: string }>> = {
  export: { title: text.exportTitle, lead: text.exportLead, start: text.exportStart },
  print: { title: text.printTitle, lead: text.printLead, start: text.printStart },
}

/** One action for everything that was found: ダウンロードの求め, or copies on paper. */
export function FoundWorkDialog(props: {
  readonly work: FoundWork
  readonly query: SearchQuery
  readonly onClose: () => void
}) {
  const { client } = useOfficeBridge()
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const [start, action] = useAction(
    props.work === 'export' ? client.archive.export : client.papers.printFound,
  )
  const words = WORDS[props.work]
  if (taskId === undefined)
    return (
      <ConfirmDialog
        title={words.title}
        isOpen
        onClose={props.onClose}
        confirmLabel={words.start}
        onConfirm={() => void start({ query: props.query }).then((task) => setTaskId(task?.taskId))}
        pending={action.pending}
        error={<Failure error={action.error} />}
      >
        <p>{words.lead}</p>
      </ConfirmDialog>
    )
  return (
    <Dialog
      title={words.title}
      isOpen
      wide
      onClose={props.onClose}
      footer={<Button onPress={props.onClose}>{uiText.close}</Button>}
    >
      <TaskOutcome taskId={taskId} />
    </Dialog>
  )
}
