// pdf.js in Node (legacy build): reads the content of PDFs of any make. Never used to judge signatures.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  GlobalWorkerOptions,
  getDocument,
  type PDFDocumentProxy,
  VerbosityLevel,
} from 'pdfjs-dist/legacy/build/pdf.mjs'
import { fail, ok, type Result } from '../../../shared/result.ts'
import type { PageReadCode } from './pages-error.ts'

const ASSETS = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))

/**
 * [Note: pdf.js under Electron] pdf.js guesses its surroundings from `process.type`, which differs between Node,
 * Electron's main process, its threads and its utility processes. Where files come from is therefore said here.
 */
class FilesOfThePackage {
  async fetch({ kind, filename }: { readonly kind: string; readonly filename: string }): Promise<Uint8Array> {
    const folder = { cMapUrl: 'cmaps', standardFontDataUrl: 'standard_fonts', wasmUrl: 'wasm' }[kind]
    if (folder === undefined) throw new Error(`pdf.js asked for a file of an unknown kind: ${kind}`)
    return new Uint8Array(await readFile(join(ASSETS, folder, filename)))
  }
}

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
  GlobalWorkerOptions.workerSrc = pathToFileURL(join(ASSETS, 'legacy/build/pdf.worker.mjs')).href
  const task = getDocument({
    data: new Uint8Array(bytes),
    cMapUrl: `${join(ASSETS, 'cmaps')}/`,
    cMapPacked: true,
    standardFontDataUrl: `${join(ASSETS, 'standard_fonts')}/`,
    BinaryDataFactory: FilesOfThePackage,
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
