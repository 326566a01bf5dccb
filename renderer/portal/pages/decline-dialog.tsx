import { useId, useState } from 'react'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Message } from '../components/frame.tsx'
import { portalText } from '../ja.ts'
import type { Answering } from '../use-answer.ts'

const text = portalText.decline
const MAX_REASON = 2000

/** 辞退 with a reason, which the office reads. */
export function DeclineDialog(props: {
  readonly isOpen: boolean
  readonly answering: Answering
  readonly onClose: () => void
  readonly onDecline: (reason: string) => void
}) {
  const { answering } = props
  const [reason, setReason] = useState('')
  const [isMissing, setMissing] = useState(false)
  const id = useId()
  const send = (): void => {
    const isEmpty = reason.trim() === ''
    setMissing(isEmpty)
    if (isEmpty) document.getElementById(id)?.focus()
    else props.onDecline(reason.trim())
  }
  return (
    <Dialog
      title={text.title}
      isOpen={props.isOpen}
      isBusy={answering.isSending}
      onClose={props.onClose}
      buttons={
        <>
          <Button isDisabled={answering.isSending} onPress={props.onClose}>
            {portalText.back}
          </Button>
          <Button look="danger" isDisabled={answering.isSending} onPress={send}>
            {answering.isSending ? portalText.confirm.sending : text.finish}
          </Button>
        </>
      }
    >
      <p>{text.lead}</p>
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="font-bold">
          {text.reason}
          <span className="ml-2 font-400 text-red-900">{portalText.required}</span>
        </label>
        <p id={`${id}-hint`} className="text-[0.9375rem] text-solid-gray-700">
          {text.reasonHint}
        </p>
        <textarea
          id={id}
          className="w-full rounded-8 border border-solid-gray-600 px-3 py-2 aria-[invalid=true]:border-2 aria-[invalid=true]:border-red-900"
          rows={4}
          maxLength={MAX_REASON}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          aria-required="true"
          aria-invalid={isMissing ? 'true' : undefined}
          aria-describedby={`${id}-hint ${id}-error`}
        />
        <p id={`${id}-error`} role="alert" className="text-red-900">
          {isMissing ? `${portalText.error}${text.reasonEmpty}` : null}
        </p>
      </div>
      {answering.error === undefined ? null : <Message tone="error">{answering.error}</Message>}
    </Dialog>
  )
}
