import type { IsoDate } from '../model/brand.ts'
import { composeMarks } from './compose-marks.ts'

export type FileNameParts = {
  readonly date: IsoDate | null
  readonly amountYen: number | null
  readonly counterparty: string
  readonly title: string
}

/** Room for the name with `.pdf`: ext4 and most others take 255 bytes, NTFS 255 UTF-16 units. */
const MAX_BYTES = 240
const COUNTERPARTY_BYTES = 90
const EXTENSION = '.pdf'

/**
 * `YYYYMMDD_金額_取引先_件名.pdf`, the form the tax office suggests for electronic records. Names what is missing
 * (日付なし, 金額なし). Signs that Windows, macOS or Linux forbid become blanks; `_` inside a part becomes `-`, so that
 * the parts can be told apart; too long titles are cut between characters. The result has no path in it.
 */
export function contractFileName(parts: FileNameParts): string {
  const head = [
    parts.date === null ? '日付なし' : parts.date.replaceAll('-', ''),
    parts.amountYen === null ? '金額なし' : String(parts.amountYen),
    cut(safePart(parts.counterparty) || '取引先なし', COUNTERPARTY_BYTES),
  ].join('_')
  const room = MAX_BYTES - utf8Bytes(`${head}_${EXTENSION}`)
  return `${head}_${cut(safePart(parts.title) || '件名なし', room)}${EXTENSION}`
}

/** One part of a file name: no separators, no control or direction characters, no dots or blanks at the ends. */
export function safePart(text: string): string {
  return composeMarks(text)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029\\/:*?"<>|]+/gu, ' ')
    .replaceAll('_', '-')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '')
}

function cut(text: string, maxBytes: number): string {
  let result = ''
  let used = 0
  for (const character of text) {
    used += utf8Bytes(character)
    if (used > maxBytes) break
    result += character
  }
  return result.replace(/[ .]+$/, '')
}

function utf8Bytes(text: string): number {
  return Array.from(text).reduce((sum, character) => {
    const codePoint = character.codePointAt(0) ?? 0
    return sum + (codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4)
  }, 0)
}
