/** Matrices and boxes of page space (ISO 32000-2 §8.3.4). */

export type Matrix = readonly [number, number, number, number, number, number]
/** [x1, y1, x2, y2], corners in order. */
export type PaintBox = readonly [number, number, number, number]

/** `first`, then `second`. */
export function multiply(first: Matrix, second: Matrix): Matrix {
  const [a, b, c, d, e, f] = first
  const [p, q, r, s, t, u] = second
  return [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u]
}

/** The upright box around a box that was moved, turned or scaled. */
export function placed([a, b, c, d, e, f]: Matrix, [x1, y1, x2, y2]: PaintBox): PaintBox {
  const xs: number[] = []
  const ys: number[] = []
  for (const x of [x1, x2])
    for (const y of [y1, y2]) {
      xs.push(a * x + c * y + e)
      ys.push(b * x + d * y + f)
    }
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** What two boxes share; a box of no size or less when nothing. */
export function overlap(left: PaintBox, right: PaintBox): PaintBox {
  return [
    Math.max(left[0], right[0]),
    Math.max(left[1], right[1]),
    Math.min(left[2], right[2]),
    Math.min(left[3], right[3]),
  ]
}

/** Area two boxes share, in square points. */
export function sharedArea(left: PaintBox, right: PaintBox): number {
  const [x1, y1, x2, y2] = overlap(left, right)
  const width = x2 - x1
  const height = y2 - y1
  return width > 0 && height > 0 ? width * height : 0
}
