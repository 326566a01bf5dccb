import { useState } from 'react'
import type { CaseSigner } from '../../../../shared/model/signer.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { signersText as text } from '../../../i18n/ja/signers.ts'
import { ConfirmDialog, WhyDialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { NumberInput } from '../../../ui/number-input.tsx'
import { TextAreaInput, TextInput } from '../../../ui/text-input.tsx'
import { useToast } from '../../../ui/toast.tsx'
import { AddressInput } from './address-input.tsx'
import { networksOf, networksProblem } from './signer-draft.ts'

export type SignerAction = 'remind' | 'correct' | 'unlock' | 'extend'
type Props = { readonly signer: CaseSigner; readonly onClose: () => void; readonly reload: () => void }

export function SignerActionDialog({ action, ...props }: Props & { readonly action: SignerAction }) {
  switch (action) {
    case 'remind':
      return <RemindDialog {...props} />
    case 'correct':
      return <CorrectDialog {...props} />
    case 'unlock':
      return <UnlockDialog {...props} />
    case 'extend':
      return <ExtendDialog {...props} />
  }
}

/** Says it is done and lets the case be read again. */
function useFinish(action: SignerAction, { onClose, reload }: Props) {
  const toast = useToast()
  return (done: unknown) => {
    if (done === undefined) return
    toast(text.done[action])
    reload()
    onClose()
  }
}

function RemindDialog(props: Props) {
  const { client } = useOfficeBridge()
  const finish = useFinish('remind', props)
  const [remind, action] = useAction(client.sending.remind)
  return (
    <ConfirmDialog
      title={text.remind}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.remind}
      onConfirm={() => void remind({ signerId: props.signer.id }).then(finish)}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>
        <b>{props.signer.fields.mailAddress}</b>
        <span className="block">{text.remindLead}</span>
      </p>
    </ConfirmDialog>
  )
}

function UnlockDialog(props: Props) {
  const { client } = useOfficeBridge()
  const finish = useFinish('unlock', props)
  const [unlock, action] = useAction(client.sending.unlock)
  return (
    <WhyDialog
      title={text.unlock}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.unlock}
      onConfirm={(why) => void unlock({ signerId: props.signer.id, why }).then(finish)}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.unlockLead}</p>
    </WhyDialog>
  )
}

function ExtendDialog(props: Props) {
  const { client } = useOfficeBridge()
  const finish = useFinish('extend', props)
  const [days, setDays] = useState<number | null>(7)
  const [extend, action] = useAction(client.sending.extendDeadline)
  const isWrong = days === null || days < 1 || days > 90
  return (
    <WhyDialog
      title={text.extend}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.extend}
      onConfirm={(why) => {
        if (days !== null && !isWrong) void extend({ signerId: props.signer.id, days, why }).then(finish)
      }}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.extendLead}</p>
      <NumberInput
        label={text.extendDays}
        value={days}
        onChange={setDays}
        error={isWrong ? text.deadlineWrong : undefined}
      />
    </WhyDialog>
  )
}

function CorrectDialog(props: Props) {
  const { client } = useOfficeBridge()
  const finish = useFinish('correct', props)
  const { fields: known } = props.signer
  const { position, name, mailAddress, contactName, contactPosition, contactMailAddress } = known
  const [fields, setFields] = useState({
    position,
    name,
    mailAddress,
    contactName,
    contactPosition,
    contactMailAddress,
  })
  const [accessCode, setAccessCode] = useState('')
  const [networks, setNetworks] = useState(known.allowedNetworks.join('\n'))
  const [correct, action] = useAction(client.sending.correctSigner)
  const change = (part: Partial<typeof fields>) => setFields((old) => ({ ...old, ...part }))
  return (
    <WhyDialog
      title={text.correct}
      isOpen
      wide
      onClose={props.onClose}
      confirmLabel={text.correct}
      onConfirm={(why) => {
        if (networksProblem(networks) !== undefined) return
        void correct({
          signerId: props.signer.id,
          fields: { ...fields, allowedNetworks: networksOf(networks) },
          why,
          ...(accessCode === '' ? {} : { accessCode }),
        }).then(finish)
      }}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.correctLead}</p>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <TextInput
          label={text.position}
          value={fields.position}
          onChange={(value) => change({ position: value })}
        />
        <TextInput
          label={text.name}
          required
          value={fields.name}
          onChange={(value) => change({ name: value })}
        />
        <AddressInput
          label={text.mail}
          required
          value={fields.mailAddress}
          onChange={(value) => change({ mailAddress: value })}
        />
        <TextInput
          label={text.accessCode}
          hint={known.hasAccessCode ? text.accessCodeKeep : text.accessCodeHint}
          value={accessCode}
          onChange={setAccessCode}
        />
        <TextInput
          label={text.contactName}
          value={fields.contactName}
          onChange={(value) => change({ contactName: value })}
        />
        <AddressInput
          label={text.contactMail}
          value={fields.contactMailAddress}
          onChange={(value) => change({ contactMailAddress: value })}
        />
      </div>
      <TextAreaInput
        label={text.networks}
        hint={text.networksHint}
        rows={2}
        value={networks}
        error={networksProblem(networks)}
        onChange={setNetworks}
      />
    </WhyDialog>
  )
}
