/** How values stand in the Japanese output of the archive's commands. */
import type { EpochMs, IsoDate } from '../../../../shared/model/brand.ts'
import type { CaseState } from '../../../../shared/model/case.ts'
import { caseStateNames } from '../../../../shared/model/names.ts'
import { formatBothDates, formatJapaneseDateTime } from '../../../../shared/rules/japanese-date.ts'

export function yenText(amount: number | null): string {
  return amount === null ? '金額なし' : `${amount.toLocaleString('ja-JP')}円`
}

export function dayText(day: IsoDate | null): string {
  return day === null ? '日付なし' : formatBothDates(day)
}

export function timeText(at: EpochMs | null): string {
  return at === null ? 'なし' : formatJapaneseDateTime(at)
}

export function count(number: number): string {
  return number.toLocaleString('ja-JP')
}

export function stateText(state: CaseState): string {
  return caseStateNames[state]
}

/** 「名前  値」 under each other; rows without a value are left out. */
export function facts(rows: readonly (readonly [name: string, value: string])[], indent = '  '): string[] {
  const shown = rows.filter(([, value]) => value !== '')
  const width = Math.max(0, ...shown.map(([name]) => columns(name)))
  return shown.map(([name, value]) => `${indent}${name}${' '.repeat(width - columns(name))}  ${value}`)
}

/** Columns a terminal gives to a text: kana, kanji and full-width signs take two. */
export function columns(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0)
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{20000}-\u{3fffd}]/u
