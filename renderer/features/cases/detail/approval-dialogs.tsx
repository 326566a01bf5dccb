import { useState } from 'react'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { uiText } from '../../../i18n/ja/ui.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmDialog, Dialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { focusFirstProblem } from '../../../ui/focus-problem.ts'
import { TextAreaInput, TextInput } from '../../../ui/text-input.tsx'
import { useToast } from '../../../ui/toast.tsx'
import { DocumentHashes } from './document-hashes.tsx'
import type { CaseView } from './use-case.ts'

const text = detailText.approval
type Props = { readonly view: CaseView; readonly onClose: () => void }

export function RequestApprovalDialog({ view, onClose }: Props) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [comment, setComment] = useState('')
  const [request, action] = useAction(client.approval.request)
  const confirm = async () => {
    if ((await request({ caseId: view.detail.id, comment })) === undefined) return
    toast(text.done.request)
    onClose()
  }
  return (
    <ConfirmDialog
      title={text.request}
      isOpen
      wide
      onClose={onClose}
      confirmLabel={text.request}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.requestLead}</p>
      <DocumentHashes documents={view.documents} />
      <TextAreaInput label={text.requestComment} value={comment} onChange={setComment} maxLength={1000} />
    </ConfirmDialog>
  )
}

/** The approver sees what is bound, writes the decision number, decides or sends it back with a reason. */
export function DecideDialog({ view, onClose }: Props) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [decisionNumber, setNumber] = useState('')
  const [comment, setComment] = useState('')
  const [isCommentMissing, setCommentMissing] = useState(false)
  const [decide, action] = useAction(client.approval.decide)
  const finish = async (decision: 'approve' | 'return') => {
    const missing = decision === 'return' && comment.trim() === ''
    setCommentMissing(missing)
    if (missing) return focusFirstProblem()
    const done = await decide({ caseId: view.detail.id, decision, decisionNumber, comment })
    if (done === undefined) return
    toast(text.done[decision])
    onClose()
  }
  return (
    <Dialog
      title={text.decide}
      isOpen
      wide
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{uiText.cancel}</Button>
          <Button look="danger" isDisabled={action.pending} onPress={() => void finish('return')}>
            {text.return}
          </Button>
          <Button look="primary" isDisabled={action.pending} onPress={() => void finish('approve')}>
            {text.approve}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Failure error={action.error} />
        <p>{text.decideLead}</p>
        {view.approval?.comment ? (
          <p className="rounded-8 bg-solid-gray-50 px-3 py-2">{view.approval.comment}</p>
        ) : null}
        <DocumentHashes documents={view.documents} />
        <TextInput label={text.decisionNumber} value={decisionNumber} onChange={setNumber} maxLength={100} />
        <TextAreaInput
          label={text.decideComment}
          value={comment}
          error={isCommentMissing ? text.returnNeedsComment : undefined}
          onChange={setComment}
          maxLength={1000}
        />
      </div>
    </Dialog>
  )
}
