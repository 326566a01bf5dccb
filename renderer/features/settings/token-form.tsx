import { type FormEvent, useState } from 'react'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../shared/bridge/define.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { formatTimeBoth } from '../../i18n/format.ts'
import { settingsText } from '../../i18n/ja/settings.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { RadioInput } from '../../ui/choice-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { FileDrop } from '../../ui/file-drop.tsx'
import { focusFirstProblem } from '../../ui/focus-problem.ts'
import { Notice } from '../../ui/notice.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useToast } from '../../ui/toast.tsx'

const text = settingsText.token
type Token = OutputOf<typeof bridge.settings.listTokens>['tokens'][number]
type Choice = { readonly token: Token; readonly certificate: Token['certificates'][number] }

/** A key on an IC card or HSM: first the maker's module, then one of the certificates it shows, then the PIN once as a proof. */
export function TokenForm(props: { readonly onDone: () => void }) {
  const { client } = useOfficeBridge()
  const [modulePath, setModulePath] = useState('')
  const [searchPin, setSearchPin] = useState('')
  const [tokens, setTokens] = useState<readonly Token[] | undefined>(undefined)
  const [find, finding] = useAction(client.settings.listTokens)
  const look = async (event: FormEvent) => {
    event.preventDefault()
    if (modulePath.trim() === '') return focusFirstProblem()
    setTokens(undefined)
    const found = await find({ modulePath, ...(searchPin === '' ? {} : { pin: searchPin }) })
    setSearchPin('')
    setTokens(found?.tokens)
  }
  return (
    <div className="flex flex-col gap-5">
      <form onSubmit={look} noValidate className="flex flex-col gap-3">
        <TextInput
          label={text.module}
          hint={text.moduleHint}
          required
          value={modulePath}
          onChange={(path) => {
            setModulePath(path)
            setTokens(undefined)
          }}
        />
        <KnownModules onChoose={setModulePath} />
        <TextInput
          label={text.searchPin}
          hint={text.searchPinHint}
          type="password"
          value={searchPin}
          onChange={setSearchPin}
        />
        <Failure error={finding.error} />
        <div className="flex gap-3">
          <Button
            type="submit"
            look={tokens === undefined ? 'primary' : 'secondary'}
            isDisabled={finding.pending || modulePath.trim() === ''}
          >
            {finding.pending ? text.searching : text.search}
          </Button>
          {tokens === undefined ? <Button onPress={props.onDone}>{uiText.cancel}</Button> : null}
        </div>
      </form>
      {tokens === undefined ? null : (
        <RegisterForm modulePath={modulePath} tokens={tokens} onDone={props.onDone} />
      )}
    </div>
  )
}

/** Modules that are installed on the PC of the program. */
function KnownModules(props: { readonly onChoose: (path: string) => void }) {
  const { client } = useOfficeBridge()
  const { data } = useQuery('token-modules', () => client.settings.tokenModules({}))
  if (data === undefined || data.modules.length === 0) return null
  return (
    <p className="flex flex-wrap items-center gap-2 text-[0.9375rem]">
      {text.known}
      {data.modules.map(({ name, path }) => (
        <Button key={path} size="small" onPress={() => props.onChoose(path)}>
          {text.use(name)}
        </Button>
      ))}
    </p>
  )
}

function RegisterForm(props: {
  readonly modulePath: string
  readonly tokens: readonly Token[]
  readonly onDone: () => void
}) {
  const { client, upload } = useOfficeBridge()
  const toast = useToast()
  const choices = props.tokens.flatMap((token) =>
    token.certificates.map((certificate): Choice => ({ token, certificate })),
  )
  const usable = choices.filter(({ certificate }) => certificate.problem === null)
  const [chosenKey, setChosenKey] = useState(() => (usable[0] === undefined ? '' : keyOf(usable[0])))
  const [pin, setPin] = useState('')
  const [owner, setOwner] = useState('')
  const [issuers, setIssuers] = useState<File | undefined>(undefined)
  const [tried, setTried] = useState(false)
  const [write, action] = useAction(async ({ token, certificate }: Choice) => {
    const sent = issuers === undefined ? undefined : await upload(issuers)
    if (sent !== undefined && !sent.ok) return sent
    return client.settings.writeTokenCertificate({
      modulePath: props.modulePath,
      tokenLabel: token.label,
      tokenSerial: token.serialNumber,
      certificateId: certificate.id,
      certificateLabel: certificate.label,
      pin,
      owner,
      ...(sent === undefined ? {} : { issuersUploadId: sent.value.uploadId }),
    })
  })
  const chosen = choices.find((choice) => keyOf(choice) === chosenKey)
  const empty = (value: string) => (tried && value.trim() === '' ? settingsText.rules.empty : undefined)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (chosen === undefined || pin === '' || owner.trim() === '') return focusFirstProblem()
    const done = await write(chosen)
    setPin('')
    if (done === undefined) return
    toast(settingsText.certificates.registered)
    props.onDone()
  }
  if (props.tokens.length === 0) return <Notice severity="warn">{text.noToken}</Notice>
  if (choices.length === 0) return <Notice severity="warn">{text.noCertificate}</Notice>
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 border-t border-solid-gray-300 pt-4">
      <RadioInput
        label={text.choose}
        value={chosenKey}
        options={choices.map((choice) => ({
          value: keyOf(choice),
          label: choice.certificate.holder,
          hint: factsOf(choice),
        }))}
        onChange={setChosenKey}
      />
      {chosen !== undefined && chosen.certificate.problem !== null ? (
        <Notice severity="warn">{text.problems[chosen.certificate.problem]}</Notice>
      ) : null}
      {chosen !== undefined && chosen.token.pinState !== 'ok' ? (
        <Notice severity="warn">{text.pinStates[chosen.token.pinState]}</Notice>
      ) : null}
      <TextInput
        label={text.pin}
        hint={text.pinHint}
        type="password"
        required
        value={pin}
        error={empty(pin)}
        onChange={setPin}
      />
      <TextInput
        label={settingsText.certificates.owner}
        hint={settingsText.certificates.ownerHint}
        required
        value={owner}
        error={empty(owner)}
        onChange={setOwner}
      />
      <FileDrop
        label={issuers === undefined ? text.issuers : settingsText.certificates.chosen(issuers.name)}
        hint={text.issuersHint}
        accept={['.cer', '.crt', '.pem', '.der']}
        onFiles={([file]) => setIssuers(file)}
      />
      <Failure error={action.error} />
      <div className="flex gap-3">
        <Button type="submit" look="primary" isDisabled={action.pending}>
          {action.pending ? uiText.working : settingsText.certificates.register}
        </Button>
        <Button onPress={props.onDone}>{uiText.cancel}</Button>
      </div>
    </form>
  )
}

function keyOf({ token, certificate }: Choice): string {
  return [token.serialNumber, token.label, certificate.id, certificate.label].join('\n')
}

function factsOf({ token, certificate }: Choice): string {
  const { problem, issuer, notBefore, notAfter } = certificate
  return [
    `${text.issuer} ${issuer}`,
    `${formatTimeBoth(notBefore)} 〜 ${formatTimeBoth(notAfter)}`,
    `${text.token}「${token.label}」${token.serialNumber}`,
    ...(problem === null ? [] : [text.unusable]),
  ].join('　')
}
