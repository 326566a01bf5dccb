/**
 * Amounts in a line that a person types to search: 1,000万円以上, 1億5000万円, 100〜200万円, 100万円台, 約500万円, 三千万円, 3,500千円.
 * A bare number is no amount: it may be a contract number.
 */
import type { Yen } from '../model/brand.ts'

/** Both ends inclusive; null = open. */
export type YenSpan = { readonly from: Yen | null; readonly to: Yen | null }

/** The span a piece of the line means, or undefined when it is no amount. */
export function parseAmountSpan(typed: string): YenSpan | undefined {
  const text = plain(typed).replace(LABEL, '')
  return readBounds(text) ?? readTwoLimits(text) ?? readLimit(text)
}

/** 「金額空欄」 and what people write for it. */
export function isBlankAmount(typed: string): boolean {
  return BLANK.test(typed.normalize('NFKC').replace(/[::\s]/g, ''))
}

const BLANK = /^(?:契約|取引)?金額(?:が|は)?(?:空欄|空白|なし|無し|未定|未記入)$|^空欄$/
const LABEL = /^(?:契約|取引)?金額(?:が|は)?[::]?/
/** What a limit is called, longest first. */
const SUFFIX = /(以上|以下|以内|未満|超|を?超える|から|より|まで|台|前後|程度|[くぐ]らい)$/

function plain(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[,\s\\]/g, (sign) => (sign === '\\' ? '¥' : ''))
    .replace(/[~〜]/g, '〜')
}

/** 100〜200万円: the first bound takes the unit of the second. */
function readBounds(text: string): YenSpan | undefined {
  const at = text.indexOf('〜')
  if (at === -1) return undefined
  const [left, right] = [text.slice(0, at).replace(/から$/, ''), text.slice(at + 1).replace(/まで$/, '')]
  const unit = /(?:億|千万|百万|万|千)?円?$/.exec(right)?.[0] ?? ''
  const from = parseYen(left) ?? (/\d$/.test(left) ? parseYen(left + unit) : undefined)
  const to = parseYen(right)
  if ((left !== '' && from === undefined) || (right !== '' && to === undefined)) return undefined
  if (from === undefined && to === undefined) return undefined
  // Typed the wrong way round: the smaller amount is the lower limit.
  if (from !== undefined && to !== undefined && from > to) return { from: to, to: from }
  return { from: from ?? null, to: to ?? null }
}

/** 100万円以上200万円未満, 100万円から200万円まで */
function readTwoLimits(text: string): YenSpan | undefined {
  const [, low, high] = /^(.+?(?:以上|超|を?超え|から|より))(.+)$/.exec(text) ?? []
  if (low === undefined || high === undefined) return undefined
  const lower = readLimit(low.replace(/え$/, 'える'))
  const upper = readLimit(high)
  if (lower === undefined || upper === undefined || upper.to === null) return undefined
  return { from: lower.from, to: upper.to }
}

function readLimit(text: string): YenSpan | undefined {
  const about = text.startsWith('約')
  const suffix = SUFFIX.exec(text)?.[1]
  const yen = parseYen(text.slice(about ? 1 : 0, suffix === undefined ? undefined : -suffix.length))
  if (yen === undefined) return undefined
  switch (suffix) {
    case undefined:
      return about ? around(yen) : { from: yen, to: yen }
    case '以上':
    case 'から':
      return { from: yen, to: null }
    case '以下':
    case '以内':
    case 'まで':
      return { from: null, to: yen }
    case '未満':
      return { from: null, to: (yen - 1) as Yen }
    case '台':
      return { from: yen, to: (yen + lowestStep(yen) - 1) as Yen }
    case '前後':
    case '程度':
    case 'くらい':
    case 'ぐらい':
      return around(yen)
    default:
      return { from: (yen + 1) as Yen, to: null }
  }
}

/** A tenth up and down. */
function around(yen: Yen): YenSpan {
  return { from: Math.ceil(yen * 0.9) as Yen, to: Math.floor(yen * 1.1) as Yen }
}

/** 100万円台 goes up to 199万円, 120万円台 up to 129万円. */
function lowestStep(yen: number): number {
  let step = 1
  while (yen > 0 && yen % (step * 10) === 0) step *= 10
  return step
}

const DIGITS = '〇一二三四五六七八九'
const SMALL: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 }
const LARGE: Readonly<Record<string, number>> = { 万: 1e4, 億: 1e8, 兆: 1e12 }
const AMOUNT = /^[¥金]?(?:\d+(?:\.\d+)?|[〇一二三四五六七八九十百千万億兆])+円?也?$/
/** 円 or ¥, or digits with a unit: 「千本」, 「三」 and 「2025」 are words. */
const HAS_UNIT = /[¥円]|\d[十百千万億兆]/

/** 1,000万円, 1億5000万円, ¥500,000, 1.5億, 三千万円, 3,500千円. */
export function parseYen(typed: string): Yen | undefined {
  const text = plain(typed)
  if (!AMOUNT.test(text) || !HAS_UNIT.test(text)) return undefined
  let total = 0
  let section = 0
  let number: number | undefined
  for (const [token] of text.matchAll(/\d+(?:\.\d+)?|[〇一二三四五六七八九]+|[十百千万億兆]/g)) {
    const small = SMALL[token]
    const large = LARGE[token]
    if (small !== undefined) {
      section += (number ?? 1) * small
      number = undefined
    } else if (large !== undefined) {
      if (number === undefined && section === 0) return undefined
      total += (section + (number ?? 0)) * large
      section = 0
      number = undefined
    } else number = Number([...token].map((digit) => kanjiDigit(digit)).join(''))
  }
  const yen = Math.round(total + section + (number ?? 0))
  return Number.isSafeInteger(yen) ? (yen as Yen) : undefined
}

function kanjiDigit(digit: string): string {
  const at = DIGITS.indexOf(digit)
  return at === -1 ? digit : String(at)
}
