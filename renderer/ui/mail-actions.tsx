import { useState } from 'react'
import type { MailState } from '../../shared/model/mail.ts'
import { mailStateLabel } from '../i18n/ja/labels.ts'
import { mailText as text } from '../i18n/ja/mails.ts'
import { Button } from './button.tsx'
import { ConfirmDialog } from './dialog.tsx'
import { Tag } from './tag.tsx'
import { TextAreaInput } from './text-input.tsx'

/** What became of a mail, in a word. */
export function MailStateTag({ state }: { readonly state: MailState }) {
  const tone = state === 'sent' ? 'green' : state === 'dead' || state === 'returned' ? 'red' : 'grey'
  return <Tag tone={tone}>{mailStateLabel[state]}</Tag>
}

/** What can be done with one mail, by what became of it. */
export function MailActions(props: {
  readonly mail: { readonly state: MailState; readonly to: string; readonly subject: string }
  readonly pending: boolean
  readonly onRetry: () => void
  readonly onReturned: (reply: string) => void
  readonly onDismiss: () => void
}) {
  const [isAsking, setAsking] = useState(false)
  const { state } = props.mail
  return (
    <span className="flex flex-wrap gap-1.5">
      {state === 'dead' ? (
        <Button size="small" isDisabled={props.pending} onPress={props.onRetry}>
          {text.retry}
        </Button>
      ) : null}
      {state === 'dead' || state === 'returned' ? (
        <Button size="small" look="quiet" isDisabled={props.pending} onPress={props.onDismiss}>
          {text.dismiss}
        </Button>
      ) : null}
      {state === 'sent' ? (
        <Button size="small" look="quiet" isDisabled={props.pending} onPress={() => setAsking(true)}>
          {text.returned}
        </Button>
      ) : null}
      {isAsking ? (
        <ReturnedDialog
          mail={props.mail}
          pending={props.pending}
          onClose={() => setAsking(false)}
          onConfirm={(reply) => {
            setAsking(false)
            props.onReturned(reply)
          }}
        />
      ) : null}
    </span>
  )
}

function ReturnedDialog(props: {
  readonly mail: { readonly to: string; readonly subject: string }
  readonly pending: boolean
  readonly onClose: () => void
  readonly onConfirm: (reply: string) => void
}) {
  const [reply, setReply] = useState('')
  return (
    <ConfirmDialog
      title={text.returnedTitle}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.record}
      onConfirm={() => props.onConfirm(reply)}
      pending={props.pending}
    >
      <p>
        <b className="break-all">{props.mail.to}</b>
        <span className="block">{props.mail.subject}</span>
      </p>
      <p>{text.returnedLead}</p>
      <TextAreaInput
        label={text.reply}
        hint={text.replyHint}
        value={reply}
        maxLength={500}
        onChange={setReply}
      />
    </ConfirmDialog>
  )
}
