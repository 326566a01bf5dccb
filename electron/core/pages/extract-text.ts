import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { fail, ok, type Result } from '../../../shared/result.ts'
import { openPdfjs } from './open-pdfjs.ts'
import type { PageReadCode } from './pages-error.ts'
import { joinRuns } from './text-spacing.ts'

export type ExtractTextOptions = {
  /** Pages read at most; the rest is reported in `pagesLeft`. */
  readonly maxPages?: number
  /** Wall time for the whole file in ms; what was read until then is kept. */
  readonly timeLimitMs?: number
  readonly maxCharacters?: number
}

export type ExtractedText = {
  readonly pageCount: number
  /** One string per page read, lines separated by `\n`; gaps of justified Japanese closed, else as written. */
  readonly pages: readonly string[]
  /** False when no page read has text (a scan): 本文検索不可. */
  readonly searchable: boolean
  readonly pagesLeft: number
  /** Numbers of pages whose content is damaged; their text is empty. */
  readonly damagedPages: readonly number[]
  /** Why reading ended early, or null. */
  readonly stoppedBy: 'PAGE_LIMIT' | 'TIME_LIMIT' | 'SIZE_LIMIT' | null
}

/** One character with its box in points, origin bottom left of the page as shown unrotated. */
export type PlacedCharacter = {
  readonly character: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const DEFAULTS = { maxPages: 5000, timeLimitMs: 60_000, maxCharacters: 20_000_000 } as const

/**
 * The text of every page, for the search index. Plain data in and out, no DOM: runs in a worker thread.
 * Text in pictures is not read (no OCR); text that is drawn but invisible is.
 *
 * Failures: NOT_A_PDF, ENCRYPTED_PDF. The time limit is looked at between pages; what hangs inside one page must be ended
 * by ending the thread.
 */
export async function extractText(
  bytes: Uint8Array,
  options: ExtractTextOptions = {},
): Promise<Result<ExtractedText, { readonly code: PageReadCode; readonly data: null }>> {
  const limits = { ...DEFAULTS, ...options }
  const opened = await openPdfjs(bytes)
  if (!opened.ok) return opened
  const document = opened.value
  const started = performance.now()
  const pages: string[] = []
  const damagedPages: number[] = []
  let characters = 0
  let stoppedBy: ExtractedText['stoppedBy'] = null
  try {
    for (let number = 1; number <= document.numPages && stoppedBy === null; number += 1) {
      if (number > limits.maxPages) stoppedBy = 'PAGE_LIMIT'
      else if (performance.now() - started > limits.timeLimitMs) stoppedBy = 'TIME_LIMIT'
      else if (characters > limits.maxCharacters) stoppedBy = 'SIZE_LIMIT'
      else {
        const text = await readPage(document, number)
        if (text === null) damagedPages.push(number)
        characters += text?.length ?? 0
        pages.push(text ?? '')
      }
    }
    return ok({
      pageCount: document.numPages,
      pages,
      searchable: pages.some((text) => /[\p{L}\p{N}]/u.test(text)),
      pagesLeft: document.numPages - pages.length,
      damagedPages,
      stoppedBy,
    })
  } finally {
    await document.loadingTask.destroy()
  }
}

/** Null when this page is damaged: the others are worth having. */
async function readPage(document: PDFDocumentProxy, number: number): Promise<string | null> {
  try {
    const page = await document.getPage(number)
    const text = await pageText(page)
    page.cleanup()
    return text
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

async function pageText(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent({ disableNormalization: true })
  return joinRuns(items.filter((item) => 'str' in item))
}

export type WordPosition = {
  /** The word as it was asked for. */
  readonly word: string
  /** From 1. */
  readonly page: number
  /** [x, y, width, height] in points, origin bottom left. */
  readonly rectangle: readonly [number, number, number, number]
}

/**
 * Where words stand (印, 署名, a signer's name), to propose signature fields there. Blanks inside and between
 * letters do not matter (山 田 太 郎), nor does the width of letters or ㊞ for 印 (NFKC).
 * Positions inside a run of text are estimated from the letters' usual widths: near enough for a proposal.
 *
 * Failures: NOT_A_PDF, ENCRYPTED_PDF, TOO_MANY_PAGES (over `maxPages`).
 */
export async function findWordPositions(
  bytes: Uint8Array,
  words: readonly string[],
  maxPages = 500,
): Promise<Result<readonly WordPosition[], { readonly code: PageReadCode; readonly data: null }>> {
  const opened = await openPdfjs(bytes)
  if (!opened.ok) return opened
  const document = opened.value
  try {
    if (document.numPages > maxPages) return fail('TOO_MANY_PAGES', null)
    const wanted = words.map((word) => ({ word, plain: compact(word) })).filter(({ plain }) => plain !== '')
    const found: WordPosition[] = []
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number)
      const characters = await placedCharacters(page)
      for (const { word, plain } of wanted)
        for (const rectangle of occurrences(characters, plain)) found.push({ word, page: number, rectangle })
      page.cleanup()
    }
    return ok(found)
  } finally {
    await document.loadingTask.destroy()
  }
}

function compact(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, '')
}

async function placedCharacters(page: PDFPageProxy): Promise<PlacedCharacter[]> {
  const { items } = await page.getTextContent({ disableNormalization: true })
  return items.flatMap((item) => ('str' in item ? placeItem(item) : []))
}

type TextItem = {
  readonly str: string
  readonly transform: unknown[]
  readonly width: number
  readonly height: number
}

/** Cuts one run of text into characters; vertical runs (縦書き, turned text) go down instead of right. */
function placeItem({ str, transform, width, height }: TextItem): PlacedCharacter[] {
  const [a, b, c, d, x, y] = transform.map(Number) as [number, number, number, number, number, number]
  const size = Math.hypot(c, d) || Math.hypot(a, b)
  const turned = Math.abs(b) > Math.abs(a)
  const characters = Array.from(str)
  const weights = characters.map((character) => (/[\u0020-\u007e\uff61-\uff9f]/.test(character) ? 0.5 : 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1
  const length = turned ? Math.max(width, height) : width || height
  let along = 0
  return characters.flatMap((character, index) => {
    const step = ((weights[index] ?? 1) / total) * length
    const start = along
    along += step
    const box = turned
      ? { x: b > 0 ? x - size : x, y: b > 0 ? y + start : y - start - step, width: size, height: step }
      : { x: x + start, y: y - size * 0.12, width: step, height: size }
    return Array.from(compact(character), (plain) => ({ character: plain, ...box }))
  })
}

function occurrences(
  characters: readonly PlacedCharacter[],
  word: string,
): (readonly [number, number, number, number])[] {
  const letters = Array.from(word)
  const found: (readonly [number, number, number, number])[] = []
  for (let start = 0; start + letters.length <= characters.length; start += 1) {
    const part = characters.slice(start, start + letters.length)
    if (!letters.every((letter, index) => part[index]?.character === letter)) continue
    if (!isTogether(part)) continue
    const left = Math.min(...part.map((place) => place.x))
    const bottom = Math.min(...part.map((place) => place.y))
    const right = Math.max(...part.map((place) => place.x + place.width))
    const top = Math.max(...part.map((place) => place.y + place.height))
    found.push([left, bottom, right - left, top - bottom])
  }
  return found
}

/** On one line (or in one column), with gaps of at most six letters: 「氏 名    印」 is not a word with its neighbours. */
function isTogether(part: readonly PlacedCharacter[]): boolean {
  return part.every((place, index) => {
    const before = part[index - 1]
    if (!before) return true
    const sameLine = Math.abs(place.y - before.y) < before.height * 0.6
    const sameColumn = Math.abs(place.x - before.x) < before.width * 0.6
    const gap = sameLine ? place.x - (before.x + before.width) : before.y - (place.y + place.height)
    return (sameLine || sameColumn) && gap < Math.max(before.height, before.width) * 6
  })
}
