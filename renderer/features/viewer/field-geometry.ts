import type { CssRect, PageGeometry, PdfRect } from '../../pdf/page-geometry.ts'

/** The smallest field that can still be read and pressed, points. */
export const FIELD_MIN_POINTS = 12

export type Step = { readonly dx: number; readonly dy: number }

/** Keeps a rectangle (CSS pixels of the page as shown) on its page, shrinking it only when it is larger than the page. */
export function insidePage(
  rect: CssRect,
  page: { readonly widthPx: number; readonly heightPx: number },
): CssRect {
  const width = Math.min(rect.width, page.widthPx)
  const height = Math.min(rect.height, page.heightPx)
  return {
    left: Math.min(Math.max(0, rect.left), page.widthPx - width),
    top: Math.min(Math.max(0, rect.top), page.heightPx - height),
    width,
    height,
  }
}

/** Moves a field by CSS pixels as the person sees it, also on a rotated page. */
export function movedField(field: PdfRect, step: Step, geometry: PageGeometry): PdfRect {
  const css = geometry.toCss(field)
  const moved = { ...css, left: css.left + step.dx, top: css.top + step.dy }
  return rounded(geometry.toPdf(insidePage(moved, geometry)))
}

/** Resizes at the lower right corner as the person sees it. */
export function resizedField(field: PdfRect, step: Step, geometry: PageGeometry): PdfRect {
  const css = geometry.toCss(field)
  const least = FIELD_MIN_POINTS * geometry.scale
  const resized = {
    ...css,
    width: Math.min(Math.max(least, css.width + step.dx), geometry.widthPx - css.left),
    height: Math.min(Math.max(least, css.height + step.dy), geometry.heightPx - css.top),
  }
  return rounded(geometry.toPdf(resized))
}

/** A new field of this size (points) around a place on the page as shown (CSS pixels). */
export function fieldAround(
  place: { readonly left: number; readonly top: number },
  size: { readonly width: number; readonly height: number },
  geometry: PageGeometry,
): PdfRect {
  const width = size.width * geometry.scale
  const height = size.height * geometry.scale
  const css = { left: place.left - width / 2, top: place.top - height / 2, width, height }
  return rounded(geometry.toPdf(insidePage(css, geometry)))
}

/** Tenths of a point are finer than any printer. */
export function rounded(rect: PdfRect): PdfRect {
  const tenth = (value: number) => Math.round(value * 10) / 10
  return { x: tenth(rect.x), y: tenth(rect.y), width: tenth(rect.width), height: tenth(rect.height) }
}
