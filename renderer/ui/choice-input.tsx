import { type ReactNode, useId } from 'react'
import { FieldFrame, type FieldFrameProps, INPUT_CLASS } from './field.tsx'

export type Option<V extends string> = { readonly value: V; readonly label: string }

export function SelectInput<V extends string>(
  props: FieldFrameProps & {
    readonly value: V
    readonly options: readonly Option<V>[]
    readonly onChange: (value: V) => void
    readonly disabled?: boolean
  },
) {
  return (
    <FieldFrame {...props}>
      {(wiring) => (
        <select
          {...wiring}
          className={`${INPUT_CLASS} pr-8`}
          value={props.value}
          disabled={props.disabled}
          onChange={(event) => {
            const chosen = props.options.find((option) => option.value === event.currentTarget.value)
            if (chosen) props.onChange(chosen.value)
          }}
        >
          {props.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  )
}

export function CheckInput(props: {
  readonly label: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly hint?: string
  readonly disabled?: boolean
  readonly indeterminate?: boolean
  readonly hideLabel?: boolean
}) {
  const id = useId()
  return (
    <div className="flex items-start gap-2">
      <input
        id={id}
        type="checkbox"
        className="mt-1 size-[1.125rem] shrink-0 accent-blue-900"
        checked={props.checked}
        disabled={props.disabled}
        ref={(input) => {
          if (input) input.indeterminate = props.indeterminate ?? false
        }}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
      />
      <div>
        <label htmlFor={id} className={props.hideLabel ? 'sr-only' : ''}>
          {props.label}
        </label>
        {props.hint ? (
          <p id={`${id}-hint`} className="text-[0.875rem] text-solid-gray-700">
            {props.hint}
          </p>
        ) : null}
      </div>
    </div>
  )
}

export function RadioInput<V extends string>(props: {
  readonly label: string
  readonly value: V
  readonly options: readonly (Option<V> & { readonly hint?: string })[]
  readonly onChange: (value: V) => void
  readonly disabled?: boolean
}) {
  const name = useId()
  return (
    <fieldset className="flex flex-col gap-1" disabled={props.disabled}>
      <legend className="mb-1 text-[0.9375rem] font-bold">{props.label}</legend>
      {props.options.map((option) => (
        <label key={option.value} className="flex items-start gap-2">
          <input
            type="radio"
            name={name}
            className="mt-1 size-[1.125rem] shrink-0 accent-blue-900"
            checked={option.value === props.value}
            onChange={() => props.onChange(option.value)}
          />
          <span>
            {option.label}
            {option.hint ? (
              <span className="block text-[0.875rem] text-solid-gray-700">{option.hint}</span>
            ) : null}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
