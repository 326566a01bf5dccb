import { FieldFrame, type FieldFrameProps, INPUT_CLASS } from './field.tsx'

export type TextInputProps = FieldFrameProps & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
  readonly type?: 'text' | 'password' | 'email' | 'url' | 'search' | 'tel'
  readonly autoComplete?: string
  readonly autoFocus?: boolean
  readonly disabled?: boolean
  readonly placeholder?: string
  readonly inputMode?: 'text' | 'numeric' | 'email' | 'url'
  readonly maxLength?: number
}

export function TextInput(props: TextInputProps) {
  const { value, onChange, type = 'text' } = props
  return (
    <FieldFrame {...props}>
      {(wiring) => (
        <input
          {...wiring}
          className={INPUT_CLASS}
          type={type}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          onBlur={props.onBlur}
          autoComplete={props.autoComplete ?? 'off'}
          // biome-ignore lint/a11y/noAutofocus: only the first field of a page or dialog whose purpose is that field.
          autoFocus={props.autoFocus}
          disabled={props.disabled}
          placeholder={props.placeholder}
          inputMode={props.inputMode}
          maxLength={props.maxLength}
          spellCheck={false}
        />
      )}
    </FieldFrame>
  )
}

export function TextAreaInput(
  props: FieldFrameProps & {
    readonly value: string
    readonly onChange: (value: string) => void
    readonly rows?: number
    readonly maxLength?: number
  },
) {
  return (
    <FieldFrame {...props}>
      {(wiring) => (
        <textarea
          {...wiring}
          className={INPUT_CLASS}
          rows={props.rows ?? 3}
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
          maxLength={props.maxLength}
        />
      )}
    </FieldFrame>
  )
}
