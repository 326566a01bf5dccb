import { type ReactNode, useId } from 'react'
import { uiText } from '../i18n/ja/ui.ts'

export type FieldFrameProps = {
  readonly label: string
  readonly hint?: ReactNode | undefined
  readonly error?: string | undefined
  readonly required?: boolean | undefined
  /** Only screen readers hear the label. */
  readonly hideLabel?: boolean | undefined
}
export type FieldWiring = {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
  readonly 'aria-required': true | undefined
}

export const INPUT_CLASS =
  'w-full min-h-10 rounded-8 border border-solid-gray-600 bg-white px-3 py-1.5 text-[1rem] placeholder:text-solid-gray-536 ' +
  'hover:border-black disabled:border-solid-gray-300 disabled:bg-solid-gray-50 disabled:text-solid-gray-600 aria-[invalid=true]:border-error-1'

/**
 * Label, 必須 mark, hint and error around one input; the input gets the ids that tie them together.
 * The hint stands below, so that inputs side by side stay on one line.
 */
export function FieldFrame({
  label,
  hint,
  error,
  required,
  hideLabel,
  children,
}: FieldFrameProps & { readonly children: (wiring: FieldWiring) => ReactNode }) {
  const id = useId()
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const described = [hint ? hintId : '', error ? errorId : ''].filter(Boolean).join(' ')
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-[0.9375rem] font-bold'}>
        {label}
        {required ? (
          <span className="ml-2 text-[0.8125rem] font-400 text-error-2">{uiText.required}</span>
        ) : null}
      </label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': error ? true : undefined,
        'aria-required': required ? true : undefined,
      })}
      {hint ? (
        <div id={hintId} className="text-[0.875rem] text-solid-gray-700">
          {hint}
        </div>
      ) : null}
      {error ? (
        <p id={errorId} className="text-[0.875rem] text-error-2">
          {uiText.errorMark}
          {error}
        </p>
      ) : null}
    </div>
  )
}
