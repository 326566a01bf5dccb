/** Opening of PDFs with pdf.js. The library is loaded when the first file is opened, so a page without one starts light. */
import type { PDFDocumentProxy, PDFPageProxy, PDFWorker } from 'pdfjs-dist'
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { trustedScriptUrl } from './trusted-types.ts'

type PdfJs = typeof import('pdfjs-dist')

/** Bytes that are already here, or an address that answers range requests. */
export type PdfSource = { readonly bytes: Uint8Array } | { readonly url: string }

/** Size of a page as it is shown (rotation applied), in points (1/72 inch). */
export type PageSize = { readonly width: number; readonly height: number }

/** An open PDF. Pages count from 1. `close` it when its viewer goes. */
export type PdfFile = {
  readonly pageCount: number
  readonly firstPageSize: PageSize
  readonly page: (number: number) => Promise<PDFPageProxy>
  /** The text runs of a page in reading order of the file. */
  readonly pageTexts: (number: number) => Promise<readonly string[]>
  readonly close: () => void
}

export type PdfOpenErrorCode = 'PDF_PASSWORD' | 'PDF_DAMAGED'

export class PdfOpenError extends Error {
  readonly code: PdfOpenErrorCode
  constructor(code: PdfOpenErrorCode, cause: unknown) {
    super(code, { cause })
    this.name = 'PdfOpenError'
    this.code = code
  }
}

let library: Promise<{ readonly pdfjs: PdfJs; readonly worker: PDFWorker }> | undefined

/** pdf.js and its one worker, shared by all files of the page. */
export function loadPdfJs(): Promise<{ readonly pdfjs: PdfJs; readonly worker: PDFWorker }> {
  library ??= import('pdfjs-dist').then((pdfjs) => {
    const port = new Worker(trustedScriptUrl(workerUrl), { type: 'module' })
    // The library's types know only `null` for a port.
    return { pdfjs, worker: new pdfjs.PDFWorker({ port: port as unknown as null }) }
  })
  return library
}

/**
 * Opens a PDF. Scripts inside it are never run; forms and annotations are shown as they look.
 * The bytes are copied: pdf.js hands its copy to the worker.
 *
 * @throws PdfOpenError
 */
export async function openPdf(source: PdfSource): Promise<PdfFile> {
  const { pdfjs, worker } = await loadPdfJs()
  const data = `${import.meta.env.BASE_URL}pdfjs/`
  const task = pdfjs.getDocument({
    ...('bytes' in source
      ? { data: source.bytes.slice() }
      : // Without streaming, too: else the whole file comes beside the ranges that are asked for.
        { url: source.url, rangeChunkSize: 1 << 18, disableAutoFetch: true, disableStream: true }),
    worker,
    cMapUrl: `${data}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${data}standard_fonts/`,
    wasmUrl: `${data}wasm/`,
    iccUrl: `${data}iccs/`,
    enableXfa: false,
  })
  let document: PDFDocumentProxy
  try {
    document = await task.promise
  } catch (error) {
    const isLocked = error instanceof Error && error.name === 'PasswordException'
    throw new PdfOpenError(isLocked ? 'PDF_PASSWORD' : 'PDF_DAMAGED', error)
  }
  const texts = new Map<number, Promise<readonly string[]>>()
  const page = (number: number): Promise<PDFPageProxy> => document.getPage(number)
  const { width, height } = (await page(1)).getViewport({ scale: 1 })
  return {
    pageCount: document.numPages,
    firstPageSize: { width, height },
    page,
    pageTexts: (number) => {
      const known = texts.get(number) ?? page(number).then(textsOf)
      texts.set(number, known)
      return known
    },
    close: () => void task.destroy(),
  }
}

async function textsOf(page: PDFPageProxy): Promise<readonly string[]> {
  const content = await page.getTextContent()
  return content.items.flatMap((item) => ('str' in item ? [item.str] : []))
}
