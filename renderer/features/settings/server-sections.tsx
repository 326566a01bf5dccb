import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { settingsText as text } from '../../i18n/ja/settings.ts'
import { CheckInput, SelectInput } from '../../ui/choice-input.tsx'
import { NumberInput } from '../../ui/number-input.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { ConnectionTest } from './connection-test.tsx'
import { ModeInput } from './mode-input.tsx'
import { type Secret, SecretInput } from './secret-input.tsx'
import { SettingsForm } from './settings-form.tsx'
import { type Settings, useSettingsWriter } from './use-settings.ts'

type Props = { readonly settings: Settings }
/** A secret that is not touched is left out: the main side keeps what it has. */
const secretPart = <Name extends string>(name: Name, secret: Secret) =>
  (secret === undefined ? {} : { [name]: secret }) as { readonly [N in Name]?: string }

export function SmtpSection({ settings }: Props) {
  const { client } = useOfficeBridge()
  const { hasPassword, ...stored } = settings.smtp
  const [form, setForm] = useState(stored)
  const [password, setPassword] = useState<Secret>(undefined)
  const writer = useSettingsWriter(client.settings.writeSmtp)
  const change = (part: Partial<typeof form>) => setForm((old) => ({ ...old, ...part }))
  const securities = Object.entries(text.smtp.securities) as ['starttls' | 'tls' | 'none', string][]
  return (
    <SettingsForm
      title={text.sections.smtp}
      lead={text.smtp.lead}
      writer={writer}
      onSubmit={() => void writer.save({ ...form, ...secretPart('password', password) })}
      extra={<ConnectionTest part="smtp" />}
    >
      <ModeInput value={form.mode} onChange={(mode) => change({ mode })} />
      {form.mode === 'server' ? (
        <>
          <TextInput
            label={text.smtp.host}
            required
            value={form.host}
            onChange={(host) => change({ host })}
          />
          <div className="grid grid-cols-2 gap-4">
            <NumberInput
              label={text.smtp.port}
              grouped={false}
              value={form.port}
              onChange={(port) => change({ port: Math.min(65535, Math.max(1, port ?? 587)) })}
            />
            <SelectInput
              label={text.smtp.security}
              value={form.security}
              options={securities.map(([value, label]) => ({ value, label }))}
              onChange={(security) => change({ security })}
            />
          </div>
          <TextInput label={text.user} value={form.user} onChange={(user) => change({ user })} />
          <SecretInput label={text.password} isStored={hasPassword} value={password} onChange={setPassword} />
        </>
      ) : null}
      <TextInput
        label={text.smtp.fromAddress}
        inputMode="email"
        value={form.fromAddress}
        onChange={(fromAddress) => change({ fromAddress })}
      />
      <TextInput
        label={text.smtp.fromName}
        value={form.fromName}
        onChange={(fromName) => change({ fromName })}
      />
    </SettingsForm>
  )
}

export function TsaSection({ settings }: Props) {
  const { client } = useOfficeBridge()
  const { hasPassword, ...stored } = settings.tsa
  const [form, setForm] = useState(stored)
  const [password, setPassword] = useState<Secret>(undefined)
  const writer = useSettingsWriter(client.settings.writeTsa)
  const change = (part: Partial<typeof form>) => setForm((old) => ({ ...old, ...part }))
  return (
    <SettingsForm
      title={text.sections.tsa}
      lead={text.tsa.lead}
      writer={writer}
      onSubmit={() => void writer.save({ ...form, ...secretPart('password', password) })}
      extra={<ConnectionTest part="tsa" />}
    >
      <ModeInput value={form.mode} onChange={(mode) => change({ mode })} />
      {form.mode === 'server' ? (
        <>
          <TextInput
            label={text.tsa.url}
            required
            inputMode="url"
            value={form.url}
            onChange={(url) => change({ url })}
          />
          <TextInput label={text.user} value={form.user} onChange={(user) => change({ user })} />
          <SecretInput label={text.password} isStored={hasPassword} value={password} onChange={setPassword} />
        </>
      ) : null}
    </SettingsForm>
  )
}

export function PortalSection({ settings }: Props) {
  const { client } = useOfficeBridge()
  const { hasToken, ...stored } = settings.portal
  const [form, setForm] = useState(stored)
  const [officeToken, setToken] = useState<Secret>(undefined)
  const writer = useSettingsWriter(client.settings.writePortal)
  const change = (part: Partial<typeof form>) => setForm((old) => ({ ...old, ...part }))
  return (
    <SettingsForm
      title={text.sections.portal}
      lead={text.portal.lead}
      writer={writer}
      onSubmit={() => void writer.save({ ...form, ...secretPart('officeToken', officeToken) })}
      extra={<ConnectionTest part="portal" />}
    >
      <ModeInput value={form.mode} onChange={(mode) => change({ mode })} />
      {form.mode === 'server' ? (
        <>
          <TextInput
            label={text.portal.url}
            required
            inputMode="url"
            value={form.url}
            onChange={(url) => change({ url })}
          />
          <TextInput
            label={text.portal.publicUrl}
            inputMode="url"
            value={form.publicUrl}
            onChange={(publicUrl) => change({ publicUrl })}
          />
          <SecretInput
            label={text.portal.token}
            isStored={hasToken}
            value={officeToken}
            onChange={setToken}
          />
        </>
      ) : null}
    </SettingsForm>
  )
}

export function NetworkSection({ settings }: Props) {
  const { client } = useOfficeBridge()
  const [form, setForm] = useState(settings.network)
  const writer = useSettingsWriter(client.settings.writeNetwork)
  return (
    <SettingsForm
      title={text.sections.network}
      lead={text.network.lead}
      writer={writer}
      onSubmit={() => void writer.save(form)}
    >
      {(['mail', 'timestamp', 'portal', 'revocation'] as const).map((name) => (
        <CheckInput
          key={name}
          label={text.network[name]}
          checked={form[name]}
          disabled={!writer.canWrite}
          onChange={(isOn) => setForm((old) => ({ ...old, [name]: isOn }))}
        />
      ))}
      <TextInput
        label={text.network.proxyUrl}
        inputMode="url"
        value={form.proxyUrl}
        onChange={(proxyUrl) => setForm((old) => ({ ...old, proxyUrl }))}
      />
    </SettingsForm>
  )
}
