import { checkMailAddress } from '../../../../shared/rules/mail-address.ts'
import { signersText } from '../../../i18n/ja/signers.ts'
import type { FieldFrameProps } from '../../../ui/field.tsx'
import { TextInput } from '../../../ui/text-input.tsx'

/** A mail address with what is wrong or odd about it, as it is typed. */
export function AddressInput(
  props: FieldFrameProps & {
    readonly value: string
    readonly onChange: (value: string) => void
    readonly disabled?: boolean
  },
) {
  const check = checkMailAddress(props.value)
  const isEmpty = props.value.trim() === ''
  const wrong = check.ok || isEmpty ? undefined : signersText.mailProblem[check.code]
  return (
    <div>
      <TextInput
        {...props}
        type="text"
        inputMode="email"
        error={props.error ?? wrong}
        onChange={(typed) => props.onChange(typed.normalize('NFKC').trim())}
      />
      <div aria-live="polite">
        {check.ok
          ? check.warnings.map((code) => (
              <p key={code} className="text-[0.875rem] font-bold text-yellow-1000">
                {signersText.mailWarning[code]}
              </p>
            ))
          : null}
      </div>
    </div>
  )
}
