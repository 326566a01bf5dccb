import { sessionText } from '../../i18n/ja/session.ts'
import { TextInput } from '../../ui/text-input.tsx'

const text = sessionText.firstStart
export const PASSWORD_MIN = 10

export type NewPassword = { readonly first: string; readonly again: string }

export function passwordProblems(password: NewPassword): {
  readonly first?: string
  readonly again?: string
} {
  return {
    ...(password.first.length < PASSWORD_MIN ? { first: text.passwordShort } : {}),
    ...(password.first !== password.again ? { again: text.passwordDiffers } : {}),
  }
}

/** A new password, typed twice. */
export function NewPasswordInput(props: {
  readonly label: string
  readonly value: NewPassword
  readonly onChange: (value: NewPassword) => void
  readonly problems: { readonly first?: string; readonly again?: string }
}) {
  return (
    <>
      <TextInput
        label={props.label}
        hint={text.passwordHint}
        type="password"
        autoComplete="new-password"
        required
        value={props.value.first}
        error={props.problems.first}
        onChange={(first) => props.onChange({ ...props.value, first })}
      />
      <TextInput
        label={`${props.label}${text.passwordAgain.replace(text.password, '')}`}
        type="password"
        autoComplete="new-password"
        required
        value={props.value.again}
        error={props.problems.again}
        onChange={(again) => props.onChange({ ...props.value, again })}
      />
    </>
  )
}
