import { useCallback, useEffect, useMemo, useState } from 'react'
import type { PageSize, PdfFile } from './load-pdf.ts'

/** Pages measured when a file is opened. In longer files a page is measured when it comes near: each one costs a range of the file. */
const MEASURED_AT_ONCE = 50

export type PageSizes = {
  /** Of all pages; the first page's size stands in until the real one is known. */
  readonly sizes: readonly PageSize[]
  readonly reportSize: (page: number, size: PageSize) => void
}

export function usePageSizes(file: PdfFile): PageSizes {
  const guess = useMemo(() => Array.from({ length: file.pageCount }, () => file.firstPageSize), [file])
  const [sizes, setSizes] = useState(guess)
  const reportSize = useCallback((page: number, size: PageSize) => {
    setSizes((old) => (isSame(old[page - 1], size) ? old : old.with(page - 1, size)))
  }, [])
  useEffect(() => {
    let isCurrent = true
    setSizes(guess)
    const measure = async (): Promise<void> => {
      const measured: PageSize[] = []
      for (let number = 1; number <= Math.min(file.pageCount, MEASURED_AT_ONCE); number++) {
        const { width, height } = (await file.page(number)).getViewport({ scale: 1 })
        if (!isCurrent) return
        measured.push({ width, height })
      }
      setSizes((old) => {
        const next = [...measured, ...old.slice(measured.length)]
        return next.every((size, index) => isSame(old[index], size)) ? old : next
      })
    }
    measure().catch((error: unknown) => {
      if (isCurrent) console.warn('pdf.measure-failed', error)
    })
    return () => {
      isCurrent = false
    }
  }, [file, guess])
  return { sizes, reportSize }
}

function isSame(left: PageSize | undefined, right: PageSize): boolean {
  return left?.width === right.width && left.height === right.height
}
