import type { ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components'

type Look = 'primary' | 'secondary' | 'quiet' | 'danger'

const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'border-blue-900 bg-blue-900 text-white hover:bg-blue-1000 hover:underline',
  secondary: 'border-blue-900 bg-white text-blue-900 hover:bg-blue-50 hover:underline',
  quiet: 'border-transparent bg-transparent text-blue-900 underline hover:bg-blue-50',
  danger: 'border-red-900 bg-white text-red-900 hover:bg-red-50 hover:underline',
}
const DIMMED = 'border-solid-gray-536 bg-solid-gray-50 text-solid-gray-700'

export function Button(props: {
  readonly look?: Look
  readonly children: ReactNode
  readonly onPress?: () => void
  readonly type?: 'button' | 'submit'
  readonly isDisabled?: boolean
  /** Looks not ready but can be pressed, and then says what is missing. */
  readonly isDimmed?: boolean
  readonly label?: string
  readonly describedBy?: string | undefined
}) {
  const { look = 'secondary', isDisabled = false, isDimmed = false } = props
  const colours = isDisabled || isDimmed ? DIMMED : LOOKS[look]
  return (
    <AriaButton
      type={props.type ?? 'button'}
      isDisabled={isDisabled}
      onPress={() => props.onPress?.()}
      {...(isDimmed && { 'aria-disabled': 'true' })}
      {...(props.describedBy !== undefined && { 'aria-describedby': props.describedBy })}
      {...(props.label !== undefined && { 'aria-label': props.label })}
      className={`inline-flex min-h-12 items-center justify-center rounded-8 border px-5 py-2 font-bold ${colours}`}
    >
      {props.children}
    </AriaButton>
  )
}
