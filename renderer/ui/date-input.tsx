import { useState } from 'react'
import type { IsoDate } from '../../shared/model/brand.ts'
import { formatBothDates, formatJapaneseDate, parseJapaneseDate } from '../../shared/rules/japanese-date.ts'
import { uiText } from '../i18n/ja/ui.ts'
import type { FieldFrameProps } from './field.tsx'
import { TextInput } from './text-input.tsx'

/** A day typed as people write it (令和8年4月1日, R8.4.1, 2026/4/1); what was understood stands below. */
export function DateInput(
  props: FieldFrameProps & {
    readonly value: IsoDate | null
    readonly onChange: (value: IsoDate | null) => void
    readonly disabled?: boolean
  },
) {
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const parsed = typed === undefined ? undefined : parseJapaneseDate(typed)
  const wrong =
    parsed !== undefined && !parsed.ok && parsed.code !== 'DATE_EMPTY'
      ? uiText.dateWrong[parsed.code]
      : undefined
  return (
    <div>
      <TextInput
        {...props}
        value={typed ?? (props.value === null ? '' : formatJapaneseDate(props.value))}
        placeholder={uiText.datePlaceholder}
        error={wrong ?? props.error}
        onChange={(text) => {
          setTyped(text)
          const result = parseJapaneseDate(text)
          if (result.ok) props.onChange(result.date)
          else if (result.code === 'DATE_EMPTY') props.onChange(null)
        }}
        onBlur={() => {
          if (wrong === undefined) setTyped(undefined)
        }}
      />
      <p className="min-h-5 text-[0.8125rem] text-solid-gray-700" aria-live="polite">
        {wrong === undefined && props.value !== null ? formatBothDates(props.value) : ''}
      </p>
    </div>
  )
}
