import type { PageViewport } from 'pdfjs-dist'

/** A rectangle on a page in points, origin bottom left of the unrotated page (as signature fields are stored). */
export type PdfRect = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
/** The same in CSS pixels, origin top left of the page as shown. */
export type CssRect = {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Conversion between the page's own points and what is on the screen; knows rotation and crop box. */
export type PageGeometry = {
  readonly widthPx: number
  readonly heightPx: number
  /** CSS pixels per point. */
  readonly scale: number
  readonly toCss: (rect: PdfRect) => CssRect
  readonly toPdf: (rect: CssRect) => PdfRect
}

export function pageGeometry(viewport: PageViewport): PageGeometry {
  const spanned = (corners: readonly number[]) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners
    return { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) }
  }
  return {
    widthPx: viewport.width,
    heightPx: viewport.height,
    scale: viewport.scale,
    toCss: ({ x, y, width, height }) => {
      const css = spanned([
        ...viewport.convertToViewportPoint(x, y),
        ...viewport.convertToViewportPoint(x + width, y + height),
      ])
      return { left: css.x, top: css.y, width: css.width, height: css.height }
    },
    toPdf: ({ left, top, width, height }) =>
      spanned([
        ...viewport.convertToPdfPoint(left, top),
        ...viewport.convertToPdfPoint(left + width, top + height),
      ]),
  }
}
