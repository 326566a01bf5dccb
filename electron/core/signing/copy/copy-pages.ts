/**
 * 写し: pages of several PDF files as one new file, streamed. Nothing is rendered: pages keep their geometry, text and
 * images; signatures and form fields become part of the page; what could be clicked, filled in or verified is gone.
 *
 * Objects are read as the newest revision has them, so the copy shows what a viewer of the original shows. It proves
 * nothing: it carries no signature, and says so by its mark.
 */
import type { ByteSource } from '../../kit/byte-source.ts'
import { memorySource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import {
  type PdfObject,
  type PdfReference,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfText,
} from '../pdf/objects.ts'
import { writeForm, writePage } from './copy-page.ts'
import { type CopySource, openCopySource } from './copy-source.ts'
import { type NewFile, startFile } from './new-file.ts'
import { copierOf, type ObjectCopier } from './object-copier.ts'
import { addLayers, type Layers } from './optional-content.ts'

export type CopyPart = {
  /** The file the pages come from; null: sheets of the frame, unmarked. Opened when its turn comes, closed after it. */
  readonly open: (() => ByteSource & { readonly close?: () => void }) | null
  /** Index of the page in its file, and of the frame's page that is painted over it. */
  readonly pages: readonly { readonly index: number; readonly mark: number | null }[]
  /** Title in the reader's list of contents; null: none. */
  readonly bookmark: string | null
}

export type CopyInfo = { readonly title: string; readonly author: string; readonly createdAtEpochMs: number }

/** What made a part uncopyable; the output so far is worthless. */
export class CopyFailure extends Error {
  readonly part: number
  constructor(part: number, cause: unknown) {
    super(`Part ${part} cannot be copied`, { cause })
    this.name = 'CopyFailure'
    this.part = part
  }
}

/**
 * The bytes of the new file: PDF 1.7, classic cross-reference table.
 *
 * @param frame a PDF of our own with covers and marks
 * @throws CopyFailure (cause: SigningError PDF_DAMAGED | PDF_ENCRYPTED | NOT_A_PDF | PDF_TOO_LARGE, or what the source throws)
 */
export async function* copyPages(
  frame: Uint8Array,
  parts: readonly CopyPart[],
  options: { readonly info: CopyInfo; readonly onPage?: (done: number) => void },
): AsyncGenerator<Uint8Array> {
  const target = startFile()
  const framed = await openCopySource(memorySource(frame))
  const state: State = {
    target,
    frame: { source: framed, copier: copierOf(framed.file, target) },
    tree: target.reserve(),
    pages: [],
    bookmarks: [],
    layers: { all: [], off: [] },
    onPage: options.onPage ?? (() => undefined),
  }
  yield target.head()
  for (const [index, part] of parts.entries()) {
    try {
      yield* writePart(state, part)
    } catch (error) {
      throw new CopyFailure(index, error)
    }
  }
  yield* state.frame.copier.drain()
  yield* writeEnd(state, options.info)
}

type Opened = { readonly source: CopySource; readonly copier: ObjectCopier }
type State = {
  readonly target: NewFile
  readonly frame: Opened
  readonly tree: PdfReference
  readonly pages: PdfReference[]
  readonly bookmarks: { readonly title: string; readonly page: PdfReference }[]
  readonly layers: Layers
  readonly onPage: (done: number) => void
}

async function* writePart(state: State, part: CopyPart): AsyncGenerator<Uint8Array> {
  if (part.open === null) {
    yield* writePages(state, state.frame, part)
    return
  }
  const bytes = part.open()
  try {
    const source = await openCopySource(bytes)
    const copier = copierOf(source.file, state.target)
    yield* writePages(state, { source, copier }, part)
    addLayers(copier, state.layers)
    yield* copier.drain()
  } finally {
    bytes.close?.()
  }
}

async function* writePages(
  state: State,
  { source, copier }: Opened,
  part: CopyPart,
): AsyncGenerator<Uint8Array> {
  const { target, tree, frame } = state
  for (const [position, { index, mark }] of part.pages.entries()) {
    const copy = source.pages[index]
    if (copy === undefined)
      throw new SigningError('PAGE_NOT_FOUND', 'The file has fewer pages', { data: { page: index } })
    const own = target.reserve()
    const stamp = mark === null ? undefined : frame.source.pages[mark]
    const form = stamp === undefined ? undefined : yield* writeForm({ target, copier: frame.copier }, stamp)
    yield* writePage({ target, copier, tree, mark: form }, own, copy)
    if (position === 0 && part.bookmark !== null) state.bookmarks.push({ title: part.bookmark, page: own })
    state.pages.push(own)
    state.onPage(state.pages.length)
    yield* copier.drain()
  }
}

function* writeEnd(state: State, info: CopyInfo): Generator<Uint8Array> {
  const { target, tree, pages, layers } = state
  yield* target.write(
    tree,
    pdfDictionary({ Type: pdfName('Pages'), Kids: pdfArray(pages), Count: pdfNumber(pages.length) }),
  )
  const outlines = target.reserve()
  yield* writeBookmarks(state, outlines)
  const catalog = target.reserve()
  yield* target.write(
    catalog,
    pdfDictionary({
      Type: pdfName('Catalog'),
      Pages: tree,
      Lang: pdfText('ja'),
      Outlines: state.bookmarks.length === 0 ? undefined : outlines,
      PageMode: pdfName(state.bookmarks.length > 1 ? 'UseOutlines' : 'UseNone'),
      ViewerPreferences: pdfDictionary({ DisplayDocTitle: { kind: 'boolean', value: true } }),
      OCProperties: layers.all.length === 0 ? undefined : optionalContent(layers),
    }),
  )
  const about = target.reserve()
  yield* target.write(
    about,
    pdfDictionary({
      Title: pdfText(info.title),
      Author: pdfText(info.author),
      Creator: pdfText('Keiyaku Desk'),
      Producer: pdfText('Keiyaku Desk'),
      CreationDate: pdfText(pdfTime(info.createdAtEpochMs)),
    }),
  )
  yield* target.end(catalog, about)
}

function optionalContent({ all, off }: Layers): PdfObject {
  return pdfDictionary({ OCGs: pdfArray(all), D: pdfDictionary({ OFF: pdfArray(off) }) })
}

/** A flat list (§12.3.3). */
function* writeBookmarks({ target, bookmarks }: State, root: PdfReference): Generator<Uint8Array> {
  const items = bookmarks.map(() => target.reserve())
  for (const [index, { title, page }] of bookmarks.entries()) {
    const own = items[index]
    if (own === undefined) continue
    yield* target.write(
      own,
      pdfDictionary({
        Title: pdfText(title),
        Parent: root,
        Prev: items[index - 1],
        Next: items[index + 1],
        Dest: pdfArray([page, pdfName('Fit')]),
      }),
    )
  }
  if (items.length === 0) return
  yield* target.write(
    root,
    pdfDictionary({
      Type: pdfName('Outlines'),
      First: items[0],
      Last: items.at(-1),
      Count: pdfNumber(items.length),
    }),
  )
}

/** D:20260401150000+09'00' in Japan. */
function pdfTime(at: number): string {
  const local = new Date(at + 9 * 3_600_000).toISOString().slice(0, 19).replace(/[-:T]/g, '')
  return `D:${local}+09'00'`
}
