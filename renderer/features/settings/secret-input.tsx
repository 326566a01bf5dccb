import { settingsText } from '../../i18n/ja/settings.ts'
import { CheckInput } from '../../ui/choice-input.tsx'
import { TextInput } from '../../ui/text-input.tsx'

/** undefined = keep what is stored, '' = remove it. */
export type Secret = string | undefined

/** A stored secret is never shown: it is kept, replaced or removed. */
export function SecretInput(props: {
  readonly label: string
  readonly isStored: boolean
  readonly value: Secret
  readonly onChange: (value: Secret) => void
}) {
  const isRemoved = props.isStored && props.value === ''
  return (
    <div className="flex flex-col gap-2">
      <TextInput
        label={props.label}
        type="password"
        autoComplete="off"
        hint={props.isStored ? settingsText.keepPassword : undefined}
        value={props.value ?? ''}
        disabled={isRemoved}
        onChange={(value) => props.onChange(value === '' && props.isStored ? undefined : value)}
      />
      {props.isStored ? (
        <CheckInput
          label={settingsText.removePassword}
          checked={isRemoved}
          onChange={(remove) => props.onChange(remove ? '' : undefined)}
        />
      ) : null}
    </div>
  )
}
