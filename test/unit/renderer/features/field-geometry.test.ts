import type { PageViewport } from 'pdfjs-dist'
import { describe, expect, it } from 'vitest'
import { fieldAround, movedField, resizedField } from '../../../../renderer/features/viewer/field-geometry.ts'
import { rectAfterKey } from '../../../../renderer/features/viewer/field-overlay.tsx'
import { pageGeometry } from '../../../../renderer/pdf/page-geometry.ts'

const A4 = { width: 595, height: 842 }
const SCALE = 2

/** The conversions of pdf.js for a page rotated by 0 or 90 degrees, written out. */
function geometry(rotation: 0 | 90) {
  const turned = rotation === 90
  const viewport = {
    width: (turned ? A4.height : A4.width) * SCALE,
    height: (turned ? A4.width : A4.height) * SCALE,
    scale: SCALE,
    convertToViewportPoint: (x: number, y: number) =>
      turned ? [y * SCALE, x * SCALE] : [x * SCALE, (A4.height - y) * SCALE],
    convertToPdfPoint: (left: number, top: number) =>
      turned ? [top / SCALE, left / SCALE] : [left / SCALE, A4.height - top / SCALE],
  }
  return pageGeometry(viewport as unknown as PageViewport)
}
const field = { x: 100, y: 200, width: 90, height: 50 }
const key = (name: string, held: { shiftKey?: boolean; altKey?: boolean } = {}) => ({
  key: name,
  shiftKey: false,
  altKey: false,
  ...held,
})

describe('placing of signature fields', () => {
  it('moves by what the person sees: up on the page is up in points', () => {
    expect(movedField(field, { dx: 10, dy: -20 }, geometry(0))).toEqual({ ...field, x: 105, y: 210 })
  })

  it('moves on a rotated page in the direction of the screen', () => {
    // Turned by 90°, right on the screen is up in the page's own points.
    expect(movedField(field, { dx: 10, dy: 0 }, geometry(90))).toEqual({ ...field, y: 205 })
  })

  it('never leaves the page', () => {
    expect(movedField(field, { dx: -10_000, dy: 10_000 }, geometry(0))).toEqual({ ...field, x: 0, y: 0 })
    expect(fieldAround({ left: 0, top: 0 }, { width: 64, height: 64 }, geometry(0))).toEqual({
      x: 0,
      y: A4.height - 64,
      width: 64,
      height: 64,
    })
  })

  it('resizes at the lower right corner and keeps a size that can be read', () => {
    expect(resizedField(field, { dx: 20, dy: 20 }, geometry(0))).toEqual({
      x: 100,
      y: 190,
      width: 100,
      height: 60,
    })
    expect(resizedField(field, { dx: -1000, dy: -1000 }, geometry(0))).toMatchObject({
      width: 12,
      height: 12,
    })
  })

  it('arrow keys move 5 points, Alt 1 point, Shift resizes, other keys do nothing', () => {
    const page = geometry(0)
    expect(rectAfterKey(field, key('ArrowRight'), page)).toEqual({ ...field, x: 105 })
    expect(rectAfterKey(field, key('ArrowDown', { altKey: true }), page)).toEqual({ ...field, y: 199 })
    expect(rectAfterKey(field, key('ArrowRight', { shiftKey: true }), page)).toEqual({ ...field, width: 95 })
    expect(rectAfterKey(field, key('a'), page)).toBeUndefined()
  })
})
