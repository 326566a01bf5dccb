/**
 * One typed line → filters and words: 「令和7年度 1,000万円以上 (株)髙橋組 橋梁」. Everything is AND. Each piece says how it was read
 * and where it stands, so that a person sees it and can take it away or have it taken as a plain word (`"…"`).
 */
import type { IsoDate, Yen } from '../model/brand.ts'
import { isBlankAmount, parseAmountSpan } from './amounts.ts'
import { isYearless, parseDateSpan } from './date-words.ts'
import { normaliseText } from './normalise.ts'

/** Both ends inclusive; null = open. */
export type Span<T> = { readonly from: T | null; readonly to: T | null }

/** Where a word is looked for: anywhere, or only in one field (「件名:橋梁」). */
export type WordPlace = 'word' | 'title' | 'number' | 'counterparty'

export type Meaning =
  | { readonly kind: 'date'; readonly from: IsoDate | null; readonly to: IsoDate | null }
  | { readonly kind: 'amount'; readonly from: Yen | null; readonly to: Yen | null }
  | { readonly kind: 'amount-blank' }
  /** `word` is what is looked for: without the field's name and the quotes. */
  | { readonly kind: WordPlace; readonly word: string }

/** How a piece was read, and the piece: `text` is `line.slice(start, end)`. */
export type Understood = Meaning & { readonly text: string; readonly start: number; readonly end: number }

export type TypedQuery = {
  /** As typed; to be normalised before they are compared. */
  readonly words: readonly string[]
  /** Words that must stand in 件名. */
  readonly titleWords: readonly string[]
  /** Words that must stand in 契約番号. */
  readonly numberWords: readonly string[]
  /** Words that must stand in a counterparty's name or 法人番号. */
  readonly partyWords: readonly string[]
  /** Undefined: no date was typed. Several are intersected, so the span may be empty. */
  readonly dates: Span<IsoDate> | undefined
  readonly amounts: Span<Yen> | undefined
  /** 「金額空欄」: only cases without an amount. */
  readonly amountBlank: boolean
  readonly understood: readonly Understood[]
}

/** @param today for 今年度, 先月, 9月; without it they are words */
export function parseQuery(line: string, today?: IsoDate): TypedQuery {
  const pieces = joinPieces(piecesOf(line), today)
  const latest = lastDayOf(pieces, today)
  const understood = pieces.flatMap((piece): Understood[] => {
    const meaning = meaningOf(piece, { today, latest })
    const { start, end } = piece
    return meaning === undefined ? [] : [{ ...meaning, text: line.slice(start, end), start, end }]
  })
  const wordsOf = (place: WordPlace) =>
    understood.flatMap((each) => (each.kind === place && 'word' in each ? [each.word] : []))
  return {
    words: wordsOf('word'),
    titleWords: wordsOf('title'),
    numberWords: wordsOf('number'),
    partyWords: wordsOf('counterparty'),
    dates: understood.reduce<Span<IsoDate> | undefined>(
      (span, each) => (each.kind === 'date' ? intersect(span, { from: each.from, to: each.to }) : span),
      undefined,
    ),
    amounts: understood.reduce<Span<Yen> | undefined>(
      (span, each) => (each.kind === 'amount' ? intersect(span, { from: each.from, to: each.to }) : span),
      undefined,
    ),
    amountBlank: understood.some((each) => each.kind === 'amount-blank'),
    understood,
  }
}

/** The line without a piece. */
export function withoutPiece(line: string, piece: Pick<Understood, 'start' | 'end'>): string {
  return `${line.slice(0, piece.start).trimEnd()} ${line.slice(piece.end).trimStart()}`.trim()
}

/** The line with a piece taken as a plain word. */
export function asPlainWord(line: string, piece: Pick<Understood, 'start' | 'end' | 'text'>): string {
  return `${line.slice(0, piece.start)}"${piece.text.replaceAll('"', '')}"${line.slice(piece.end)}`
}

type Piece = {
  readonly start: number
  readonly end: number
  /** What is read: without quotes and the name of a field. */
  readonly content: string
  readonly isQuoted: boolean
  readonly place: WordPlace
}

const PLACES: Readonly<Record<string, WordPlace>> = {
  件名: 'title',
  案件名: 'title',
  業務名: 'title',
  工事名: 'title',
  番号: 'number',
  契約番号: 'number',
  取引先: 'counterparty',
  相手方: 'counterparty',
  業者: 'counterparty',
  受注者: 'counterparty',
}
/** A name of a field and a colon, then "…", “…”, 「…」, 『…』 or a run without blanks; blanks around 〜 do not divide. */
const PIECE = new RegExp(
  `(?:(${Object.keys(PLACES).join('|')})[:：]\\s*)?(?:["“「『]([^"”」』]*)["”」』]|((?:\\s*[〜～~]\\s*|[^\\s、。"“「『〜～~])+))`,
  'g',
)

function piecesOf(line: string): Piece[] {
  return [...line.matchAll(PIECE)].flatMap((match): Piece[] => {
    const [whole, name, phrase, run] = match
    // Blanks before a 〜 belong to no piece; a comma behind a word neither.
    const text = phrase === undefined ? whole.trim().replace(/[,，]+$/, '') : whole
    if (text === '') return []
    const start = match.index + (whole.length - whole.trimStart().length)
    return [
      {
        start,
        end: start + text.length,
        content: phrase ?? (run ?? '').trim().replace(/[,，]+$/, ''),
        isQuoted: phrase !== undefined,
        place: (name === undefined ? undefined : PLACES[name]) ?? 'word',
      },
    ]
  })
}

/** 令和 7 年 9 月 1 日 is one date, and 1000万円 以上 one amount. */
const MOST_JOINED = 7

function joinPieces(pieces: readonly Piece[], today: IsoDate | undefined): readonly Piece[] {
  const joined: Piece[] = []
  for (let at = 0; at < pieces.length; ) {
    const count = joinedCount(pieces.slice(at, at + MOST_JOINED), today)
    const [first, last] = [pieces[at], pieces[at + count - 1]]
    if (first === undefined || last === undefined) break
    const content = pieces.slice(at, at + count).map((piece) => piece.content)
    joined.push({ ...first, end: last.end, content: content.join('') })
    at += count
  }
  return joined
}

const DATE_PART = /^(?:令和|平成|昭和|大正|明治|[rhstm])?\.?(?:元|\d{0,4})(?:年度?|月|日)?$/i
const LIMIT =
  /^(?:億|千|百)?万?円?(?:以上|以下|以内|未満|超|以降|以後|以前|から|より|まで|台|前後)?$|^(?:が|は)?(?:空欄|なし|未定)$/

/** How many of these pieces, from the first on, are one. */
function joinedCount(pieces: readonly Piece[], today: IsoDate | undefined): number {
  const isFree = (piece: Piece) => !piece.isQuoted && piece.place === 'word'
  const free = pieces.slice(0, pieces.findIndex((piece) => !isFree(piece)) >>> 0)
  for (let count = free.length; count > 1; count -= 1) {
    const parts = free.slice(0, count)
    const content = parts.map((part) => part.content).join('')
    const isDate = parts.every((part) => DATE_PART.test(part.content.normalize('NFKC')))
    if (isDate && parseDateSpan(content, { today }) !== undefined) return count
  }
  const [first, second] = free
  if (first === undefined || second === undefined || !LIMIT.test(second.content.normalize('NFKC'))) return 1
  const content = first.content + second.content
  return isFilter(content, today) ? 2 : 1
}

function isFilter(content: string, today: IsoDate | undefined): boolean {
  return (
    parseDateSpan(content, { today }) !== undefined ||
    parseAmountSpan(content) !== undefined ||
    isBlankAmount(content)
  )
}

function meaningOf(
  piece: Piece,
  days: { readonly today: IsoDate | undefined; readonly latest: IsoDate | undefined },
): Meaning | undefined {
  if (!piece.isQuoted && piece.place === 'word') {
    const date = parseDateSpan(piece.content, days)
    if (date !== undefined) return { kind: 'date', ...date }
    const amount = parseAmountSpan(piece.content)
    if (amount !== undefined) return { kind: 'amount', ...amount }
    if (isBlankAmount(piece.content)) return { kind: 'amount-blank' }
  }
  return normaliseText(piece.content) === '' ? undefined : { kind: piece.place, word: piece.content }
}

/** 令和7年度 9月: September of that year. */
function lastDayOf(pieces: readonly Piece[], today: IsoDate | undefined): IsoDate | undefined {
  const ends = pieces
    .filter((piece) => !piece.isQuoted && piece.place === 'word' && !isYearless(piece.content))
    .flatMap((piece) => parseDateSpan(piece.content, { today })?.to ?? [])
  return ends.toSorted()[0]
}

function intersect<T extends string | number>(old: Span<T> | undefined, next: Span<T>): Span<T> {
  if (old === undefined) return next
  const from = old.from === null || (next.from !== null && next.from > old.from) ? next.from : old.from
  const to = old.to === null || (next.to !== null && next.to < old.to) ? next.to : old.to
  return { from, to }
}
