/** Every code a report can carry, by what it says. Sentences are in `reason-texts.ts`. */
import type { ChangeItem, Reason } from '../../../../shared/model/verification.ts'
import { REASON_TEXTS } from './reason-texts.ts'

export type ReasonCode = keyof typeof REASON_TEXTS

/** The reason with its sentence; `detail` is put behind it in 「」 (a field name, a key, a date). */
export function reason(code: ReasonCode, detail?: string): Reason {
  return { code, text: sentence(code, detail) }
}

export type ItemPlace = {
  readonly page?: number | null
  readonly rectangle?: readonly [number, number, number, number] | undefined
  readonly detail?: string
}

/** A change after a signature, with page (1 for the first) and rectangle where it shows. */
export function changeItem(code: ReasonCode, place: ItemPlace = {}): ChangeItem {
  return {
    code,
    page: place.page ?? null,
    text: sentence(code, place.detail),
    ...(place.rectangle === undefined ? {} : { rectangle: [...place.rectangle] }),
  }
}

function sentence(code: ReasonCode, detail: string | undefined): string {
  const text = REASON_TEXTS[code]
  return detail === undefined || detail === '' ? text : `${text}（${shown(detail)}）`
}

/** Texts of a file as they may be shown: no control characters or direction marks, 200 characters at most. */
export function shown(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain
}
