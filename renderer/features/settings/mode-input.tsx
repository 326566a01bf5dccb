import { settingsText } from '../../i18n/ja/settings.ts'
import { RadioInput } from '../../ui/choice-input.tsx'

export type Mode = 'built-in' | 'server'

export function ModeInput(props: { readonly value: Mode; readonly onChange: (value: Mode) => void }) {
  return (
    <RadioInput
      label={settingsText.modeLabel}
      value={props.value}
      options={[
        { value: 'built-in', label: settingsText.mode['built-in'] },
        { value: 'server', label: settingsText.mode.server },
      ]}
      onChange={props.onChange}
    />
  )
}
