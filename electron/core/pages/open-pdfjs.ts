// pdf.js in Node (legacy build): reads the content of PDFs of any make. Never used to judge signatures.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { getDocument, type PDFDocumentProxy, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { fail, ok, type Result } from '../../../shared/result.ts'
import type { PageReadCode } from './pages-error.ts'

/**
 * Opens a PDF for reading its text and its form. Works in the main thread and in a worker thread; pdf.js runs in the
 * calling thread here, so call it from a worker for large files. The bytes are copied (pdf.js takes its buffer away).
 * Close with `await document.loadingTask.destroy()`.
 *
 * Failures: NOT_A_PDF, ENCRYPTED_PDF (a password is needed to open it).
 */
export async function openPdfjs(
  bytes: Uint8Array,
): Promise<Result<PDFDocumentProxy, { readonly code: PageReadCode; readonly data: null }>> {
  const assets = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))
  const task = getDocument({
    data: new Uint8Array(bytes),
    cMapUrl: `${join(assets, 'cmaps')}/`,
    cMapPacked: true,
    standardFontDataUrl: `${join(assets, 'standard_fonts')}/`,
    useSystemFonts: false,
    disableFontFace: true,
    verbosity: VerbosityLevel.ERRORS,
  })
  try {
    return ok(await task.promise)
  } catch (error) {
    await task.destroy()
    const name = error instanceof Error ? error.name : ''
    if (name === 'PasswordException') return fail('ENCRYPTED_PDF', null)
    if (name === 'InvalidPDFException' || name === 'FormatError' || name === 'UnknownErrorException')
      return fail('NOT_A_PDF', null)
    throw error
  }
}
