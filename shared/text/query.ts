/** One typed line → filters and words: 「令和7年度 1,000万円以上 (株)髙橋組 橋梁」. Everything is AND. */
import type { IsoDate, Yen } from '../model/brand.ts'
import { parseDayRange } from './era.ts'
import { normaliseText } from './normalise.ts'

/** Both ends inclusive; null = open. */
export type Span<T> = { readonly from: T | null; readonly to: T | null }

export type Understood = {
  readonly kind: 'date' | 'amount' | 'amount-blank' | 'word'
  /** The piece as it was typed, to be shown and taken away as one. */
  readonly text: string
}

export type TypedQuery = {
  /** As typed; to be normalised before they are compared. */
  readonly words: readonly string[]
  /** Undefined: no date was typed. Several are intersected, so the span may be empty. */
  readonly dates: Span<IsoDate> | undefined
  readonly amounts: Span<Yen> | undefined
  /** 「金額空欄」: only cases without an amount. */
  readonly amountBlank: boolean
  readonly understood: readonly Understood[]
}

export function parseQuery(line: string): TypedQuery {
  const words: string[] = []
  const understood: Understood[] = []
  let dates: Span<IsoDate> | undefined
  let amounts: Span<Yen> | undefined
  let amountBlank = false
  for (const { text, quoted } of pieces(line)) {
    const date = quoted ? undefined : dateSpan(text)
    const amount = quoted || date !== undefined ? undefined : amountSpan(text)
    if (date !== undefined) {
      dates = intersect(dates, date)
      understood.push({ kind: 'date', text })
    } else if (amount !== undefined) {
      amounts = intersect(amounts, amount)
      understood.push({ kind: 'amount', text })
    } else if (!quoted && BLANK_AMOUNT.test(text)) {
      amountBlank = true
      understood.push({ kind: 'amount-blank', text })
    } else if (normaliseText(text) !== '') {
      words.push(text)
      understood.push({ kind: 'word', text })
    }
  }
  return { words, dates, amounts, amountBlank, understood }
}

const BLANK_AMOUNT = /^(?:契約)?金額(?:が|は)?(?:空欄|なし|無し|未定)$|^空欄$/

type Piece = { readonly text: string; readonly quoted: boolean }

/** Splits at blanks; "…" and 『…』 hold a phrase together; blanks around 〜 do not divide. */
function pieces(line: string): Piece[] {
  const joined = line.replace(/\s*[〜～~]\s*/g, '〜')
  return [...joined.matchAll(/["“『]([^"”』]*)["”』]|(\S+)/g)].map(
    ([, phrase, word = '']): Piece =>
      phrase === undefined
        ? { text: word.replace(/[、,，]+$/, ''), quoted: false }
        : { text: phrase, quoted: true },
  )
}

function dateSpan(text: string): Span<IsoDate> | undefined {
  const bounds = splitSpan(text)
  if (bounds !== undefined) {
    const from = bounds.from === '' ? undefined : parseDayRange(bounds.from)
    const to = bounds.to === '' ? undefined : parseDayRange(bounds.to)
    if ((bounds.from !== '' && from === undefined) || (bounds.to !== '' && to === undefined)) return undefined
    if (from === undefined && to === undefined) return undefined
    return { from: from?.from ?? null, to: to?.to ?? null }
  }
  const suffix = /^(.+?)(以降|以後|から|より|以前|まで)$/.exec(text)
  const range = parseDayRange(suffix?.[1] ?? text)
  if (range === undefined) return undefined
  if (suffix === null) return range
  return /以前|まで/.test(suffix[2] ?? '') ? { from: null, to: range.to } : { from: range.from, to: null }
}

function amountSpan(text: string): Span<Yen> | undefined {
  const bounds = splitSpan(text)
  if (bounds !== undefined) {
    // 「100〜200万円」: the first bound takes the unit of the second.
    const unit = /(?:億|千万|百万|万|千)?円?$/.exec(bounds.to.normalize('NFKC'))?.[0] ?? ''
    const from = parseYen(bounds.from) ?? parseYen(bounds.from + unit)
    const to = parseYen(bounds.to)
    if ((bounds.from !== '' && from === undefined) || (bounds.to !== '' && to === undefined)) return undefined
    return from === undefined && to === undefined ? undefined : { from: from ?? null, to: to ?? null }
  }
  const suffix = /^(.+?)(以上|以下|未満|超|を?超える|から|より|まで)$/.exec(text)
  const yen = parseYen(suffix?.[1] ?? text)
  if (yen === undefined) return undefined
  switch (suffix?.[2]) {
    case undefined:
      return { from: yen, to: yen }
    case '以上':
    case 'から':
      return { from: yen, to: null }
    case '以下':
    case 'まで':
      return { from: null, to: yen }
    case '未満':
      return { from: null, to: (yen - 1) as Yen }
    default:
      return { from: (yen + 1) as Yen, to: null }
  }
}

function splitSpan(text: string): { readonly from: string; readonly to: string } | undefined {
  const at = text.indexOf('〜')
  if (at === -1) return undefined
  return { from: text.slice(0, at), to: text.slice(at + 1) }
}

const UNITS: Readonly<Record<string, number>> = {
  億: 1e8,
  千万: 1e7,
  百万: 1e6,
  万: 1e4,
  千: 1e3,
}

/** 1,000万円, 1億5000万円, ¥500,000, 1.5億. A bare number is no amount (it may be a contract number). */
export function parseYen(typed: string): Yen | undefined {
  const text = typed.normalize('NFKC').replace(/[,\s]/g, '')
  if (!/^¥?(?:\d+(?:\.\d+)?(?:億|千万|百万|万|千)?)+円?$/.test(text)) return undefined
  if (!/[¥円億万千]/.test(text)) return undefined
  let yen = 0
  for (const [, number = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(億|千万|百万|万|千)?/g))
    yen += Number(number) * (UNITS[unit] ?? 1)
  return Number.isSafeInteger(Math.round(yen)) ? (Math.round(yen) as Yen) : undefined
}

function intersect<T extends string | number>(old: Span<T> | undefined, next: Span<T>): Span<T> {
  if (old === undefined) return next
  const from = old.from === null || (next.from !== null && next.from > old.from) ? next.from : old.from
  const to = old.to === null || (next.to !== null && next.to < old.to) ? next.to : old.to
  return { from, to }
}
