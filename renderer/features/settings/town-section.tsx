import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { settingsText } from '../../i18n/ja/settings.ts'
import { NumberInput, readWholeNumber } from '../../ui/number-input.tsx'
import { TextAreaInput, TextInput } from '../../ui/text-input.tsx'
import { SettingsForm } from './settings-form.tsx'
import { type Settings, useSettingsWriter } from './use-settings.ts'

const text = settingsText.town

/** 「7、3」→ [7, 3]; undefined when a piece is no number from 1 to 60. */
export function readDays(typed: string): number[] | undefined {
  const days = typed
    .split(/[、,，\s]+/)
    .filter((piece) => piece !== '')
    .map(readWholeNumber)
  return days.every((day): day is number => typeof day === 'number' && day >= 1 && day <= 60)
    ? days
    : undefined
}

const between = (value: number | null, least: number, most: number) =>
  Math.min(most, Math.max(least, value ?? least))

export function TownSection({ settings }: { readonly settings: Settings }) {
  const { client } = useOfficeBridge()
  const [form, setForm] = useState(settings.town)
  const [departments, setDepartments] = useState(settings.town.departments.join('\n'))
  const [reminders, setReminders] = useState(settings.town.reminderDays.join('、'))
  const writer = useSettingsWriter(client.settings.writeTown)
  const change = (part: Partial<typeof form>) => setForm((old) => ({ ...old, ...part }))
  const reminderDays = readDays(reminders)
  const submit = () => {
    if (reminderDays === undefined) return
    const names = departments.split('\n').map((line) => line.trim())
    void writer.save({
      ...form,
      reminderDays,
      departments: [...new Set(names.filter((name) => name !== ''))],
    })
  }
  return (
    <SettingsForm title={settingsText.sections.town} writer={writer} onSubmit={submit}>
      <TextInput
        label={text.townName}
        required
        value={form.townName}
        onChange={(townName) => change({ townName })}
      />
      <TextInput
        label={text.headOfTown}
        hint={text.headHint}
        value={form.headOfTown}
        onChange={(headOfTown) => change({ headOfTown })}
      />
      <TextInput
        label={text.divisionName}
        value={form.divisionName}
        onChange={(divisionName) => change({ divisionName })}
      />
      <div className="grid grid-cols-2 gap-4">
        <TextInput
          label={text.divisionMail}
          inputMode="email"
          value={form.divisionMail}
          onChange={(divisionMail) => change({ divisionMail })}
        />
        <TextInput
          label={text.divisionPhone}
          type="tel"
          value={form.divisionPhone}
          onChange={(divisionPhone) => change({ divisionPhone })}
        />
      </div>
      <TextAreaInput label={text.departments} rows={6} value={departments} onChange={setDepartments} />
      <NumberInput
        label={text.lockAfterMinutes}
        value={form.lockAfterMinutes}
        onChange={(value) => change({ lockAfterMinutes: between(value, 1, 240) })}
      />
      <NumberInput
        label={text.downloadDays}
        value={form.downloadDays}
        onChange={(value) => change({ downloadDays: between(value, 1, 90) })}
      />
      <TextInput
        label={text.reminderDays}
        value={reminders}
        error={reminderDays === undefined ? text.listWrong : undefined}
        onChange={setReminders}
      />
    </SettingsForm>
  )
}
