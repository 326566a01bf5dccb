import { useState } from 'react'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../shared/bridge/define.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useMailActions } from '../../bridge/use-mail-actions.ts'
import { formatTimeBoth } from '../../i18n/format.ts'
import { mailText as text } from '../../i18n/ja/mails.ts'
import { RadioInput } from '../../ui/choice-input.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { FileDrop } from '../../ui/file-drop.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Facts } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'

type Bounce = OutputOf<typeof bridge.mails.readBounce>

/** A notice of non-delivery, dropped: what it says and which mail it means; nothing is recorded before the clerk says so. */
export function BounceDrop() {
  const { client, upload } = useOfficeBridge()
  const [bounce, setBounce] = useState<Bounce | undefined>(undefined)
  const [read, action] = useAction(async (file: File) => {
    const sent = await upload(file)
    return sent.ok ? client.mails.readBounce({ uploadId: sent.value.uploadId }) : sent
  })
  return (
    <div className="flex flex-col gap-2">
      <FileDrop
        label={action.pending ? text.reading : text.drop}
        hint={text.dropHint}
        accept={['.eml', 'message/rfc822']}
        disabled={action.pending}
        onFiles={([file]) => {
          if (file) void read(file).then(setBounce)
        }}
      />
      <Failure error={action.error} />
      {bounce ? <BounceDialog bounce={bounce} onClose={() => setBounce(undefined)} /> : null}
    </div>
  )
}

function BounceDialog({ bounce, onClose }: { readonly bounce: Bounce; readonly onClose: () => void }) {
  const toast = useToast()
  const [run, action] = useMailActions()
  const sent = bounce.mails.filter((mail) => mail.state === 'sent')
  const [chosen, setChosen] = useState<string>(() => sent[0]?.id ?? '')
  const mail = sent.find(({ id }) => id === chosen)
  const confirm = async () => {
    if (mail === undefined) return
    if ((await run({ do: 'returned', mailId: mail.id, reply: bounce.reply })) === undefined) return
    toast(text.done.returned)
    onClose()
  }
  return (
    <ConfirmDialog
      title={text.returnedTitle}
      isOpen
      wide
      onClose={onClose}
      confirmLabel={text.record}
      onConfirm={() => void confirm()}
      pending={action.pending}
      blocked={mail === undefined}
      error={<Failure error={action.error} />}
    >
      <Notice severity={bounce.outcome === 'failed' ? 'stop' : 'warn'}>{text.outcome[bounce.outcome]}</Notice>
      <Facts
        items={[
          { name: text.address, value: bounce.address },
          { name: text.serverReply, value: bounce.reply === '' ? '―' : bounce.reply },
        ]}
      />
      <RadioInput
        label={text.which}
        value={chosen}
        options={bounce.mails.map(({ id, subject, caseTitle, sentAt, state }) => ({
          value: id,
          label: subject,
          hint: [
            caseTitle,
            sentAt === null ? '' : formatTimeBoth(sentAt),
            state === 'returned' ? text.alreadyKnown : '',
          ]
            .filter(Boolean)
            .join('　'),
        }))}
        onChange={setChosen}
      />
      <p>{text.returnedLead}</p>
    </ConfirmDialog>
  )
}
