import { type FormEvent, useState } from 'react'
import type { CaseSigner } from '../../../../shared/model/signer.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { formatTimeBoth } from '../../../i18n/format.ts'
import { mailStateLabel } from '../../../i18n/ja/labels.ts'
import { mailReplySentence } from '../../../i18n/ja/mail-problem.ts'
import { signersText } from '../../../i18n/ja/signers.ts'
import { Button } from '../../../ui/button.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { TextInput } from '../../../ui/text-input.tsx'
import { useToast } from '../../../ui/toast.tsx'
import type { CaseView } from './use-case.ts'

const text = signersText.arrival

/** 到達確認: a number goes to the address, and is told back by telephone, before a contract goes there. */
export function ArrivalCheck(props: {
  readonly signer: CaseSigner
  readonly check: CaseView['arrivalChecks'][number] | undefined
  readonly reload: () => void
}) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [number, setNumber] = useState('')
  const [send, sending] = useAction(client.sending.checkArrival)
  const [confirm, confirming] = useAction(client.sending.confirmArrival)
  const { check, signer } = props
  const ask = async () => {
    if ((await send({ signerId: signer.id })) === undefined) return
    toast(text.sent)
    props.reload()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if ((await confirm({ signerId: signer.id, number })) === undefined) return
    toast(text.confirmed)
    props.reload()
  }
  if (signer.fields.addressConfirmedBy === 'arrival') return null
  return (
    <div className="flex flex-col gap-2">
      {check === undefined ? null : (
        <>
          <p className="text-[0.9375rem]">
            {text.state(formatTimeBoth(check.at), mailStateLabel[check.state])}
            {check.state === 'sent' || check.lastReply === null ? null : (
              <span className="block text-[0.875rem]">{mailReplySentence(check.lastReply)}</span>
            )}
          </p>
          <form onSubmit={submit} noValidate className="flex flex-wrap items-end gap-3">
            <div className="w-64">
              <TextInput
                label={text.number}
                inputMode="numeric"
                value={number}
                maxLength={20}
                onChange={setNumber}
              />
            </div>
            <Button type="submit" size="small" isDisabled={confirming.pending || number.trim() === ''}>
              {text.confirm}
            </Button>
          </form>
          <Failure error={confirming.error} />
        </>
      )}
      <Failure error={sending.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button size="small" isDisabled={sending.pending} onPress={() => void ask()}>
          {check === undefined ? text.send : text.again}
        </Button>
        <span className="text-[0.875rem] text-solid-gray-700">{text.lead}</span>
      </div>
    </div>
  )
}
