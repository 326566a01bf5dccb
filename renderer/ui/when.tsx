import type { EpochMs, IsoDate } from '../../shared/model/brand.ts'
import { japaneseDay } from '../../shared/rules/japanese-date.ts'
import { formatClock, formatDayShort, formatTimeBoth, formatYearLine, formatYen } from '../i18n/format.ts'

/** A day in a table: 令和 above, 西暦 below. */
export function DayCell({ date }: { readonly date: IsoDate | null }) {
  if (date === null) return <span className="text-solid-gray-700">―</span>
  return (
    <time dateTime={date} className="block whitespace-nowrap leading-[1.3]">
      {formatDayShort(date)}
      <span className="block text-[0.8125rem] text-solid-gray-700">{formatYearLine(date)}</span>
    </time>
  )
}

export function TimeText({ at }: { readonly at: EpochMs | null }) {
  if (at === null) return <span className="text-solid-gray-700">―</span>
  return <time dateTime={new Date(at).toISOString()}>{formatTimeBoth(at)}</time>
}

export function YenText({ yen }: { readonly yen: number | null }) {
  return <span className="whitespace-nowrap tabular-nums">{formatYen(yen)}</span>
}

/** A moment in a table: 令和 above, 西暦 and clock below. */
export function TimeCell({ at }: { readonly at: EpochMs | null }) {
  if (at === null) return <span className="text-solid-gray-700">―</span>
  const date = japaneseDay(at)
  return (
    <time dateTime={new Date(at).toISOString()} className="block whitespace-nowrap leading-[1.3]">
      {formatDayShort(date)}
      <span className="block text-[0.8125rem] text-solid-gray-700">
        {formatYearLine(date)} {formatClock(at)}
      </span>
    </time>
  )
}
