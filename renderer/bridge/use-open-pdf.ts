import { useEffect, useState } from 'react'
import { openPdf, type PdfFile, PdfOpenError } from '../pdf/load-pdf.ts'

/** Tickets lapse when nobody asks for them; a page that is still shown asks now and then. */
const KEEP_ALIVE_MS = 4 * 60_000

export type OpenPdfState =
  | { readonly state: 'loading' }
  | { readonly state: 'open'; readonly file: PdfFile }
  | { readonly state: 'failed'; readonly code: PdfOpenError['code'] }

/** Opens the PDF behind an address for as long as the component lives; undefined = no address yet. */
export function useOpenPdf(url: string | undefined): OpenPdfState {
  const [state, setState] = useState<OpenPdfState>({ state: 'loading' })
  useEffect(() => {
    if (url === undefined) return undefined
    let isCurrent = true
    let opened: PdfFile | undefined
    setState({ state: 'loading' })
    openPdf({ url }).then(
      (file) => {
        opened = file
        if (isCurrent) setState({ state: 'open', file })
        else file.close()
      },
      (error: unknown) => {
        if (isCurrent)
          setState({ state: 'failed', code: error instanceof PdfOpenError ? error.code : 'PDF_DAMAGED' })
      },
    )
    const timer = setInterval(() => {
      fetch(url, { method: 'HEAD' }).catch((error: unknown) => console.warn('file.keep-alive-failed', error))
    }, KEEP_ALIVE_MS)
    return () => {
      isCurrent = false
      clearInterval(timer)
      opened?.close()
    }
  }, [url])
  return state
}
