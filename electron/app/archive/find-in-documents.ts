/**
 * Where sought words stand inside documents: a snippet for a row of the list, the pages of one document.
 * Texts are read page by page and normalised in slices of a few milliseconds; nothing waits for them but their own row.
 */
import { setImmediate } from 'node:timers/promises'
import type { Snippet } from '../../../shared/bridge/archive.ts'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId, DocumentId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { ok } from '../../../shared/result.ts'
import { findMarks, normaliseText } from '../../../shared/text/normalise.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import { listDocuments, readPageTexts } from '../../core/archive/tables/documents.ts'
import { NOT_FOUND, visibleCase } from '../cases/guard-case.ts'
import type { Context } from '../context.ts'
import { visibleDocument } from '../documents/change-document.ts'
import type { Office } from '../office.ts'

type Table = typeof bridge.archive

export async function findSnippets(office: Office, input: InputOf<Table['snippets']>, context: Context) {
  const rows: { caseId: CaseId; snippet: Snippet | null }[] = []
  for (const caseId of input.caseIds) {
    const record = visibleCase(office, context, caseId)
    const snippet = record === undefined ? undefined : await snippetOf(office.archive.db, record, input.words)
    rows.push({ caseId, snippet: snippet ?? null })
  }
  return ok({ rows })
}

export async function findHitPages(office: Office, input: InputOf<Table['hitPages']>, context: Context) {
  const seen = visibleDocument(office, context, input.documentId)
  if (seen === undefined) return NOT_FOUND
  const words = input.words.map(normaliseText).filter(Boolean)
  const pages: number[] = []
  for await (const { page, plain } of walkPages(office.archive.db, input.documentId))
    if (words.some((word) => plain.includes(word))) pages.push(page)
  return ok({ pages })
}

/**
 * The place that says why the case was found: words its own line does not show are looked for first, in its remaining
 * fields, then in its documents; when the line shows them all, their first place in a document.
 */
async function snippetOf(
  db: ReadableDb,
  record: CaseRecord,
  words: readonly string[],
): Promise<Snippet | undefined> {
  const line = lineOf(record).map(normaliseText)
  const unseen = words.filter((word) => !line.some((field) => field.includes(normaliseText(word))))
  for (const [source, text] of otherFields(record))
    if (findMarks(text, unseen).length > 0)
      return { documentId: null, page: null, source, ...around(text, unseen, words) }
  for (const document of listDocuments(db, record.id)) {
    const found = await bestPage(db, document, unseen.length > 0 ? unseen : words)
    if (found !== undefined)
      return {
        documentId: document.id,
        page: found.page,
        source: document.title,
        ...around(found.text, unseen.length > 0 ? unseen : words, words),
      }
  }
  return undefined
}

/** What a row of the list shows anyway. */
function lineOf({ fields }: CaseRecord): readonly string[] {
  return [
    fields.title,
    fields.contractNumber,
    fields.department,
    ...fields.counterparties.map((party) => party.name),
  ]
}

function otherFields({ fields }: CaseRecord): readonly (readonly [source: string, text: string])[] {
  return [
    ['備考', fields.remarks],
    ...fields.counterparties.flatMap((party): [string, string][] => [
      ['法人番号', party.corporateNumber],
      ['代表者', party.representative],
      ['所在地', party.address],
    ]),
  ]
}

/** The first page that has all the words, else the first with the most of them. */
async function bestPage(db: ReadableDb, document: CaseDocument, words: readonly string[]) {
  const needles = [...new Set(words.map(normaliseText).filter(Boolean))]
  let best: { readonly page: number; readonly text: string; readonly count: number } | undefined
  for await (const { page, text, plain } of walkPages(db, document.id)) {
    const count = needles.filter((needle) => plain.includes(needle)).length
    if (count > (best?.count ?? 0)) best = { page, text, count }
    if (count === needles.length) break
  }
  return best
}

const PAGES_A_READ = 16
const SLICE_MS = 8

/** Every page with its text as it stands and in normal form; lets other work run in between. */
async function* walkPages(db: ReadableDb, documentId: DocumentId) {
  let sliceEnd = performance.now() + SLICE_MS
  for (let fromPage = 1; ; ) {
    const pages = readPageTexts(db, documentId, { fromPage, most: PAGES_A_READ })
    for (const { page, text } of pages) {
      yield { page, text, plain: normaliseText(text) }
      if (performance.now() < sliceEnd) continue
      await setImmediate()
      sliceEnd = performance.now() + SLICE_MS
    }
    const last = pages.at(-1)
    if (last === undefined || pages.length < PAGES_A_READ) return
    fromPage = last.page + 1
  }
}

const BEFORE = 30
const LENGTH = 120
/** A word of one character may stand a thousand times on a page. */
const MOST_PLACES = 100

/** A little text around the place where the most of the words stand together; all words marked. */
function around(text: string, sought: readonly string[], all: readonly string[]) {
  const places = sought.map((word) => findMarks(text, [word]))
  const starts = places.flat().map(([start]) => start)
  const togetherAt = (start: number) =>
    places.filter((marks) => marks.some(([at]) => at >= start && at < start + LENGTH - BEFORE)).length
  const start = starts
    .slice(0, MOST_PLACES)
    .reduce((best, each) => (togetherAt(each) > togetherAt(best) ? each : best), starts[0] ?? 0)
  const wanted = Math.max(0, start - BEFORE)
  // Not in the middle of a character of two units.
  const from = /[\udc00-\udfff]/.test(text.charAt(wanted)) ? wanted + 1 : wanted
  const piece = text
    .slice(from, from + LENGTH)
    .replace(/\s+/g, ' ')
    .trim()
  return { text: piece, marks: findMarks(piece, all) }
}
