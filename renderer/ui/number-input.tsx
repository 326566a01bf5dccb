import { useState } from 'react'
import { uiText } from '../i18n/ja/ui.ts'
import type { FieldFrameProps } from './field.tsx'
import { TextInput } from './text-input.tsx'

/** Digits as people type them: full-width, with commas, with 円. undefined = not a whole number. */
export function readWholeNumber(text: string): number | null | undefined {
  const plain = text.normalize('NFKC').replace(/[,\s円¥]/g, '')
  if (plain === '') return null
  return /^\d{1,15}$/.test(plain) ? Number(plain) : undefined
}

/** Whole yen (or another count); empty = null. Shows thousands while not being typed into. */
export function NumberInput(
  props: FieldFrameProps & {
    readonly value: number | null
    readonly onChange: (value: number | null) => void
    readonly disabled?: boolean
    readonly grouped?: boolean
  },
) {
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const shown =
    typed ??
    (props.value === null
      ? ''
      : props.grouped === false
        ? String(props.value)
        : props.value.toLocaleString('ja-JP'))
  const wrong = typed !== undefined && readWholeNumber(typed) === undefined
  return (
    <TextInput
      {...props}
      value={shown}
      inputMode="numeric"
      error={wrong ? uiText.numberWrong : props.error}
      onChange={(text) => {
        setTyped(text)
        const value = readWholeNumber(text)
        if (value !== undefined) props.onChange(value)
      }}
      onBlur={() => {
        if (!wrong) setTyped(undefined)
      }}
    />
  )
}
