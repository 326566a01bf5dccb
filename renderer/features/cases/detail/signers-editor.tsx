import { type FormEvent, useState } from 'react'
import { SignerFields } from '../../../../shared/model/signer.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { confirmedByLabel, signatureTypeLabel } from '../../../i18n/ja/labels.ts'
import { noticeSentence } from '../../../i18n/ja/notices.ts'
import { signersText as text } from '../../../i18n/ja/signers.ts'
import { uiText } from '../../../i18n/ja/ui.ts'
import { Button } from '../../../ui/button.tsx'
import { SelectInput } from '../../../ui/choice-input.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { focusFirstProblem } from '../../../ui/focus-problem.ts'
import { NumberInput } from '../../../ui/number-input.tsx'
import { Loading } from '../../../ui/page.tsx'
import { TextAreaInput, TextInput } from '../../../ui/text-input.tsx'
import { useToast } from '../../../ui/toast.tsx'
import { useTownFacts } from '../form/use-town-facts.ts'
import { AddressInput } from './address-input.tsx'
import {
  draftsOf,
  isDraftRight,
  isMailNeeded,
  networksProblem,
  newSigner,
  type SignerDraft,
  signerInput,
  signerProblems,
} from './signer-draft.ts'
import type { CaseView } from './use-case.ts'

/** Who signs: side, type, order, address, code. Several per side; the order is free. */
export function SignersEditor(props: { readonly view: CaseView; readonly onDone: () => void }) {
  const town = useTownFacts()
  // The defaults of a new signer come from the settings: the form appears once they are here.
  if (town === undefined) return <Loading />
  return <SignersForm {...props} headOfTown={town.headOfTown} />
}

function SignersForm(props: {
  readonly view: CaseView
  readonly onDone: () => void
  readonly headOfTown: string
}) {
  const known = { counterparties: props.view.detail.fields.counterparties, headOfTown: props.headOfTown }
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [drafts, setDrafts] = useState(() => draftsOf(props.view.signers, known))
  const [tried, setTried] = useState(false)
  const [save, action] = useAction(client.documents.saveSigners)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!drafts.every(isDraftRight)) return focusFirstProblem()
    const saved = await save({ caseId: props.view.detail.id, signers: drafts.map(signerInput) })
    if (saved === undefined) return
    toast([text.saved, ...saved.notices.map(noticeSentence)].join(' '))
    props.onDone()
  }
  const change = (key: number, part: Partial<SignerDraft>) =>
    setDrafts((old) => old.map((draft) => (draft.key === key ? { ...draft, ...part } : draft)))
  return (
    <form className="flex max-w-5xl flex-col gap-5" onSubmit={submit} noValidate>
      {drafts.map((draft, index) => (
        <SignerFieldset
          key={draft.key}
          draft={draft}
          index={index}
          showProblems={tried}
          onChange={(part) => change(draft.key, part)}
          onRemove={() => setDrafts((old) => old.filter((other) => other.key !== draft.key))}
        />
      ))}
      <div className="flex flex-wrap gap-3">
        <Button onPress={() => setDrafts((old) => [...old, newSigner('counterparty', old, known)])}>
          {text.addCounterparty}
        </Button>
        <Button onPress={() => setDrafts((old) => [...old, newSigner('town', old, known)])}>
          {text.addTown}
        </Button>
      </div>
      <Failure error={action.error} />
      <div className="flex gap-3">
        <Button type="submit" look="primary" isDisabled={action.pending || drafts.length === 0}>
          {action.pending ? uiText.working : text.save}
        </Button>
        {props.view.signers.length > 0 ? <Button onPress={props.onDone}>{uiText.cancel}</Button> : null}
      </div>
    </form>
  )
}

function SignerFieldset(props: {
  readonly draft: SignerDraft
  readonly index: number
  readonly showProblems: boolean
  readonly onChange: (part: Partial<SignerDraft>) => void
  readonly onRemove: () => void
}) {
  const { draft, onChange } = props
  const problems = props.showProblems ? signerProblems(draft) : {}
  return (
    <fieldset className="flex flex-col gap-3 rounded-8 border border-solid-gray-420 px-4 pt-2 pb-4">
      <legend className="px-1 font-bold">{text.legend(props.index + 1, draft.name)}</legend>
      <div className="grid grid-cols-1 gap-x-5 gap-y-3 sm:grid-cols-2 xl:grid-cols-3">
        <SelectInput
          label={text.type}
          value={draft.signatureType}
          options={SignerFields.shape.signatureType.options.map((value) => ({
            value,
            label: signatureTypeLabel[value],
          }))}
          onChange={(signatureType) => onChange({ signatureType })}
        />
        <NumberInput
          label={text.order}
          value={draft.step}
          error={problems.step}
          onChange={(step) => onChange({ step })}
        />
        <NumberInput
          label={text.deadline}
          value={draft.deadlineDays}
          error={problems.deadlineDays}
          onChange={(deadlineDays) => onChange({ deadlineDays })}
        />
        <TextInput label={text.company} value={draft.company} onChange={(company) => onChange({ company })} />
        <TextInput
          label={text.position}
          value={draft.position}
          onChange={(position) => onChange({ position })}
        />
        <TextInput
          label={text.name}
          required
          value={draft.name}
          error={problems.name}
          onChange={(name) => onChange({ name })}
        />
        {isMailNeeded(draft) ? <ContactInputs draft={draft} problems={problems} onChange={onChange} /> : null}
      </div>
      <p className="text-[0.875rem] text-solid-gray-700">{text.typeHint}</p>
      <div>
        <Button size="small" look="quiet" onPress={props.onRemove}>
          {text.remove(draft.name)}
        </Button>
      </div>
    </fieldset>
  )
}

function ContactInputs(props: {
  readonly draft: SignerDraft
  readonly problems: ReturnType<typeof signerProblems>
  readonly onChange: (part: Partial<SignerDraft>) => void
}) {
  const { draft, problems, onChange } = props
  return (
    <>
      <AddressInput
        label={text.mail}
        required
        value={draft.mailAddress}
        error={problems.mailAddress}
        onChange={(mailAddress) => onChange({ mailAddress })}
      />
      <SelectInput
        label={text.confirmed}
        value={draft.addressConfirmedBy}
        options={SignerFields.shape.addressConfirmedBy
          .unwrap()
          // 到達確認 is recorded when the number is told back, not chosen here.
          .options.filter((value) => value !== 'arrival' || draft.addressConfirmedBy === 'arrival')
          .map((value) => ({ value, label: confirmedByLabel[value] }))}
        onChange={(addressConfirmedBy) => onChange({ addressConfirmedBy })}
      />
      <TextInput
        label={text.accessCode}
        hint={draft.hasAccessCode ? text.accessCodeKeep : text.accessCodeHint}
        value={draft.accessCode}
        error={problems.accessCode}
        maxLength={64}
        onChange={(accessCode) => onChange({ accessCode })}
      />
      <TextInput
        label={text.contactName}
        value={draft.contactName}
        onChange={(contactName) => onChange({ contactName })}
      />
      <TextInput
        label={text.contactPosition}
        value={draft.contactPosition}
        onChange={(contactPosition) => onChange({ contactPosition })}
      />
      <AddressInput
        label={text.contactMail}
        value={draft.contactMailAddress}
        onChange={(contactMailAddress) => onChange({ contactMailAddress })}
      />
      <div className="sm:col-span-2 xl:col-span-3">
        <TextAreaInput
          label={text.networks}
          hint={text.networksHint}
          rows={2}
          value={draft.networks}
          error={networksProblem(draft.networks)}
          onChange={(networks) => onChange({ networks })}
        />
      </div>
    </>
  )
}
