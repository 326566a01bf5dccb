import { type FormEvent, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useAction } from '../../bridge/use-action.ts'
import { formatTimeBoth } from '../../i18n/format.ts'
import { labelOf } from '../../i18n/ja/labels.ts'
import { certificateWarning, settingsText } from '../../i18n/ja/settings.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { CheckInput, RadioInput } from '../../ui/choice-input.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { FileDrop } from '../../ui/file-drop.tsx'
import { focusFirstProblem } from '../../ui/focus-problem.ts'
import { Notice } from '../../ui/notice.tsx'
import { Facts, Section } from '../../ui/page.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { Tag } from '../../ui/tag.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useToast } from '../../ui/toast.tsx'
import { TokenForm } from './token-form.tsx'
import type { Settings } from './use-settings.ts'

const text = settingsText.certificates
type Certificate = Settings['certificates'][number]

/** The two signing keys: the town's and the witness's. */
export function CertificatesSection({ settings }: { readonly settings: Settings }) {
  return (
    <div className="flex max-w-3xl flex-col gap-8">
      {settings.certificates.map((certificate) => (
        <CertificateCard key={certificate.slot} certificate={certificate} />
      ))}
      <Anchors />
    </div>
  )
}

/** What another program (Acrobat, another office) needs to trust our signatures. */
function Anchors() {
  const { client, fileUrl } = useOfficeBridge()
  const [makeFile, action] = useAction(client.settings.exportAnchors)
  const save = async () => {
    const file = await makeFile({})
    if (file) saveFile(fileUrl(file.ticket), text.anchorsFile)
  }
  return (
    <Section title={text.anchors} lead={text.anchorsLead}>
      <Failure error={action.error} />
      <div>
        <Button isDisabled={action.pending} onPress={() => void save()}>
          {text.anchorsSave}
        </Button>
      </div>
    </Section>
  )
}

function CertificateCard({ certificate }: { readonly certificate: Certificate }) {
  const { can } = useSession()
  const [isReplacing, setReplacing] = useState(false)
  const [isResetting, setResetting] = useState(false)
  const { slot } = certificate
  return (
    <Section title={text.slots[slot]}>
      {certificate.testPart ? (
        <div>
          <Tag tone="yellow">{uiText.testPart}</Tag>
        </div>
      ) : null}
      <Facts
        items={[
          { name: text.subject, value: certificate.subject },
          { name: text.issuer, value: certificate.issuer },
          {
            name: text.validity,
            value: `${formatTimeBoth(certificate.notBefore)} 〜 ${formatTimeBoth(certificate.notAfter)}`,
          },
          { name: text.algorithm, value: certificate.algorithm },
          { name: text.owner, value: certificate.owner },
          {
            name: text.source,
            value: [text.sources[certificate.source], certificate.token ?? ''].filter(Boolean).join('　'),
          },
          { name: text.pin, value: certificate.askPin ? text.askPin : text.kept },
        ]}
      />
      {can('settings.write') && !isReplacing ? (
        <div className="flex flex-wrap gap-3">
          <Button onPress={() => setReplacing(true)}>{text.replace}</Button>
          {certificate.testPart ? null : (
            <Button look="danger" onPress={() => setResetting(true)}>
              {text.reset}
            </Button>
          )}
        </div>
      ) : null}
      {isReplacing ? <ReplacePanel slot={slot} onDone={() => setReplacing(false)} /> : null}
      {isResetting ? <ResetDialog slot={slot} onClose={() => setResetting(false)} /> : null}
    </Section>
  )
}

/** The town's key may lie in a file or on a card; the witness signs unattended, so its key is always a file. */
function ReplacePanel(props: { readonly slot: Certificate['slot']; readonly onDone: () => void }) {
  const [place, setPlace] = useState<'file' | 'token'>('file')
  return (
    <div className="flex flex-col gap-4 rounded-8 border border-solid-gray-420 p-4">
      {props.slot === 'town' ? (
        <RadioInput
          label={text.place}
          value={place}
          options={[
            { value: 'file', label: text.places.file },
            { value: 'token', label: text.places.token, hint: text.tokenHint },
          ]}
          onChange={setPlace}
        />
      ) : null}
      {place === 'file' ? <ReplaceForm {...props} /> : <TokenForm onDone={props.onDone} />}
    </div>
  )
}

function ReplaceForm(props: { readonly slot: Certificate['slot']; readonly onDone: () => void }) {
  const { client, upload } = useOfficeBridge()
  const toast = useToast()
  const [file, setFile] = useState<File | undefined>(undefined)
  const [password, setPassword] = useState('')
  const [keepPassword, setKeep] = useState(true)
  const [owner, setOwner] = useState('')
  const [tried, setTried] = useState(false)
  const [warnings, setWarnings] = useState<readonly string[]>([])
  const [write, action] = useAction(async (chosen: File) => {
    const sent = await upload(chosen)
    if (!sent.ok) return sent
    const { uploadId } = sent.value
    return client.settings.writeCertificate({ slot: props.slot, uploadId, password, keepPassword, owner })
  })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (file === undefined || owner.trim() === '') return focusFirstProblem()
    const done = await write(file)
    if (done === undefined) return
    toast(text.registered)
    setPassword('')
    if (done.warnings.length === 0) props.onDone()
    else setWarnings(done.warnings)
  }
  if (warnings.length > 0)
    return (
      <div className="flex flex-col gap-3">
        {warnings.map((code) => (
          <Notice key={code} severity="warn" live>
            {labelOf(certificateWarning, code)}
          </Notice>
        ))}
        <div>
          <Button onPress={props.onDone}>{uiText.close}</Button>
        </div>
      </div>
    )
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <FileDrop
        label={file ? text.chosen(file.name) : text.drop}
        accept={['.p12', '.pfx', 'application/x-pkcs12']}
        onFiles={([chosen]) => setFile(chosen)}
      />
      {tried && file === undefined ? <p className="text-error-2">{text.noFile}</p> : null}
      <TextInput
        label={text.filePassword}
        type="password"
        autoComplete="off"
        value={password}
        onChange={setPassword}
      />
      {props.slot === 'town' ? (
        <CheckInput label={text.keep} checked={keepPassword} onChange={setKeep} />
      ) : (
        <p className="text-[0.9375rem]">{text.keptForWitness}</p>
      )}
      <TextInput
        label={text.owner}
        hint={text.ownerHint}
        required
        value={owner}
        error={tried && owner.trim() === '' ? settingsText.rules.empty : undefined}
        onChange={setOwner}
      />
      {props.slot === 'witness' ? <p className="text-[0.9375rem]">{text.ownerWarning}</p> : null}
      <Failure error={action.error} />
      <div className="flex gap-3">
        <Button type="submit" look="primary" isDisabled={action.pending}>
          {action.pending ? uiText.working : text.register}
        </Button>
        <Button onPress={props.onDone}>{uiText.cancel}</Button>
      </div>
    </form>
  )
}

function ResetDialog(props: { readonly slot: Certificate['slot']; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const [reset, action] = useAction(client.settings.resetCertificate)
  const confirm = async () => {
    if ((await reset({ slot: props.slot })) !== undefined) props.onClose()
  }
  return (
    <ConfirmDialog
      title={text.reset}
      isOpen
      danger
      onClose={props.onClose}
      confirmLabel={text.reset}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.resetLead}</p>
    </ConfirmDialog>
  )
}
