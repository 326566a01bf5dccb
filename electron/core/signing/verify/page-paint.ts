/**
 * What a page paints, roughly: where text stands and which areas are filled (ISO 32000-2 §8, §9.4). Positions are right,
 * widths are estimates (half an em a byte); for warnings, never for a verdict. Bounded: one pass, no fonts, forms three deep.
 */
import { SigningError } from '../errors.ts'
import {
  asArray,
  asDictionary,
  asName,
  asNumber,
  type PdfDictionary,
  type PdfObject,
  type PdfStream,
} from '../pdf/objects.ts'
import type { PdfPage } from '../pdf/page-tree.ts'
import type { PdfFile, PdfView } from '../pdf/reader.ts'
import { type Matrix, multiply, overlap, type PaintBox, placed } from './paint-box.ts'

export type Painted = { readonly kind: 'text' | 'area' | 'other'; readonly box: PaintBox }

const START: Matrix = [1, 0, 0, 1, 0, 0]
const MAXIMUM_BYTES = 2 << 20
const MAXIMUM_DEPTH = 3
const MAXIMUM_OPERATORS = 100_000
const TOKEN =
  /%[^\r\n]*|\((?:[^()\\]|\\[\s\S]|\((?:[^()\\]|\\[\s\S])*\))*\)|<<|>>|<[^>]*>|[[\]]|\/[^\s/[\](){}<>%]*|[^\s/[\](){}<>%]+/y

/** The content of a page, its streams joined; undefined when it is longer than 2 MB or cannot be decoded. */
export function pageContent(file: PdfFile, view: PdfView, page: PdfPage): string | undefined {
  const value = view.resolve(page.dictionary.entries.get('Contents'))
  const parts = value.kind === 'stream' ? [value] : (asArray(value) ?? []).map((item) => view.resolve(item))
  const texts: string[] = []
  let size = 0
  for (const part of parts) {
    const text = part.kind === 'stream' ? streamText(file, view, part) : ''
    size += text?.length ?? 0
    if (text === undefined || size > MAXIMUM_BYTES) return undefined
    texts.push(text)
  }
  return texts.join('\n')
}

/** Undefined when it is too long, as written or decoded, or cannot be decoded. */
function streamText(file: PdfFile, view: PdfView, stream: PdfStream): string | undefined {
  if ((asNumber(view.resolve(stream.dictionary.entries.get('Length'))) ?? 0) > MAXIMUM_BYTES) return undefined
  try {
    const bytes = file.decodeStream(stream, MAXIMUM_BYTES)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  } catch (error) {
    if (error instanceof SigningError) return undefined
    throw error
  }
}

type Graphics = { matrix: Matrix; isOpaque: boolean; clip: PaintBox | undefined }
type Work = { operators: number; readonly painted: Painted[] }

/** Everything painted, in order. `resources` tells images, forms and graphics states apart. */
export function paintedOn(
  file: PdfFile,
  view: PdfView,
  resources: PdfDictionary | undefined,
  content: string,
): readonly Painted[] {
  const work: Work = { operators: 0, painted: [] }
  runContent(new PaintWalk({ file, view, resources, depth: 0, work }, START), content, work)
  return work.painted
}

function runContent(walk: PaintWalk, content: string, work: Work): void {
  let operands: string[] = []
  for (let at = 0; at < content.length && work.operators < MAXIMUM_OPERATORS; ) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(content)?.[0]
    if (token === undefined) {
      at += 1
      continue
    }
    at += token.length
    if (token.startsWith('%')) continue
    if (!/^[A-Za-z'"]/.test(token)) {
      if (operands.length < 2000) operands.push(token)
      continue
    }
    if (token === 'ID') at = endOfImage(content, at)
    work.operators += 1
    walk.operator(token, operands)
    operands = []
  }
}

function endOfImage(content: string, from: number): number {
  const end = content.slice(from).search(/\sEI(?=\s|$)/)
  return end < 0 ? content.length : from + end + 1
}

type Surroundings = {
  readonly file: PdfFile
  readonly view: PdfView
  readonly resources: PdfDictionary | undefined
  readonly depth: number
  readonly work: Work
}

class PaintWalk {
  readonly #around: Surroundings
  readonly #saved: Graphics[] = []
  #state: Graphics
  #isInvisible = false
  #clips = false
  #line: Matrix = START
  #text: Matrix = START
  #size = 1
  #leading = 0
  #rectangles: PaintBox[] = []
  #isPlainPath = true

  constructor(around: Surroundings, matrix: Matrix) {
    this.#around = around
    this.#state = { matrix, isOpaque: true, clip: undefined }
  }

  operator(name: string, operands: readonly string[]): void {
    const numbers = operands.map(Number)
    if (name === 'q') this.#saved.push({ ...this.#state })
    else if (name === 'Q') this.#state = this.#saved.pop() ?? this.#state
    else if (name === 'cm') this.#state.matrix = multiply(matrixOf(numbers), this.#state.matrix)
    else if (name === 'gs') this.#setState(operands[0])
    else if (name === 'Do') this.#draw(operands[0])
    else if (name.startsWith('T') || name === 'BT' || name === "'" || name === '"')
      this.#textOperator(name, operands, numbers)
    else this.#path(name, numbers)
  }

  #textOperator(name: string, operands: readonly string[], numbers: readonly number[]): void {
    if (name === 'BT') this.#place(START)
    else if (name === 'Tm') this.#place(matrixOf(numbers))
    else if (name === 'Tf') this.#size = numbers[1] ?? 1
    else if (name === 'Tr') this.#isInvisible = numbers[0] === 3
    else if (name === 'TL') this.#leading = numbers[0] ?? 0
    else if (name === 'Td' || name === 'TD') {
      if (name === 'TD') this.#leading = -(numbers[1] ?? 0)
      this.#move(numbers[0] ?? 0, numbers[1] ?? 0)
    } else if (name === 'T*') this.#move(0, -this.#leading)
    else if (name === 'Tj' || name === 'TJ') this.#show(operands)
    else if (name === "'" || name === '"') {
      this.#move(0, -this.#leading)
      this.#show(operands)
    }
  }

  #place(matrix: Matrix): void {
    this.#line = matrix
    this.#text = matrix
  }

  #move(x: number, y: number): void {
    this.#place(multiply([1, 0, 0, 1, x, y], this.#line))
  }

  #show(operands: readonly string[]): void {
    let bytes = 0
    for (const operand of operands) {
      if (operand.startsWith('(')) bytes += operand.length - 2
      else if (operand.startsWith('<')) bytes += (operand.length - 2) / 2
    }
    const width = bytes * 0.5 * this.#size
    const matrix = multiply(this.#text, this.#state.matrix)
    if (bytes > 0)
      this.#add(
        this.#isInvisible ? 'other' : 'text',
        placed(matrix, [0, -0.2 * this.#size, width, 0.8 * this.#size]),
      )
    this.#text = multiply([1, 0, 0, 1, width, 0], this.#text)
  }

  /** What a clip cuts off is not painted. */
  #add(kind: Painted['kind'], box: PaintBox): void {
    const { clip } = this.#state
    const seen = clip === undefined ? box : overlap(clip, box)
    if (seen[2] > seen[0] && seen[3] > seen[1]) this.#around.work.painted.push({ kind, box: seen })
  }

  #path(name: string, numbers: readonly number[]): void {
    if (name === 're') {
      const [x = 0, y = 0, width = 0, height = 0] = numbers
      this.#rectangles.push(placed(this.#state.matrix, [x, y, x + width, y + height]))
    } else if (/^[mlcvy]$/.test(name)) this.#isPlainPath = false
    else if (name === 'W' || name === 'W*') this.#clips = true
    else if (/^(?:[fFBb]\*?|[Ssn])$/.test(name)) {
      const isArea = /^[fFBb]/.test(name) && this.#state.isOpaque && this.#isPlainPath
      if (name !== 'n') for (const box of this.#rectangles) this.#add(isArea ? 'area' : 'other', box)
      if (this.#clips) this.#clip()
      this.#rectangles = []
      this.#isPlainPath = true
    }
  }

  /** A clip that is no single rectangle lets nothing count as covering. */
  #clip(): void {
    this.#clips = false
    const [box, ...more] = this.#rectangles
    if (!this.#isPlainPath || more.length > 0 || box === undefined) this.#state.isOpaque = false
    else this.#state.clip = this.#state.clip === undefined ? box : overlap(this.#state.clip, box)
  }

  /** An image without a mask covers its unit square; a form is painted with its own content. */
  #draw(name: string | undefined): void {
    const object = this.#resource('XObject', name)
    if (object?.kind !== 'stream') return
    const { entries } = object.dictionary
    const isImage = asName(this.#around.view.resolve(entries.get('Subtype'))) === 'Image'
    if (!isImage) {
      this.#form(object)
      return
    }
    const hasMask = ['SMask', 'Mask', 'ImageMask'].some((key) => entries.has(key))
    const isArea = isImage && !hasMask && this.#state.isOpaque
    this.#add(isArea ? 'area' : 'other', placed(this.#state.matrix, [0, 0, 1, 1]))
  }

  #form(form: PdfStream): void {
    const { file, view, depth, work } = this.#around
    if (depth >= MAXIMUM_DEPTH) return
    const numbers = (asArray(view.resolve(form.dictionary.entries.get('Matrix'))) ?? []).map(
      (item) => asNumber(view.resolve(item)) ?? 0,
    )
    const matrix = multiply(numbers.length === 6 ? matrixOf(numbers) : START, this.#state.matrix)
    const resources = asDictionary(view.resolve(form.dictionary.entries.get('Resources')))
    const inner = new PaintWalk({ file, view, resources, depth: depth + 1, work }, matrix)
    inner.#state = { ...this.#state, matrix }
    runContent(inner, streamText(file, view, form) ?? '', work)
  }

  #setState(name: string | undefined): void {
    const state = asDictionary(this.#resource('ExtGState', name))
    const mode = asName(this.#around.view.resolve(state?.entries.get('BM')))
    const opacity = asNumber(this.#around.view.resolve(state?.entries.get('ca')))
    if (mode !== undefined) this.#state.isOpaque = mode === 'Normal' || mode === 'Compatible'
    if (opacity !== undefined) this.#state.isOpaque = opacity >= 1
    if (state?.entries.has('SMask') === true) this.#state.isOpaque = false
  }

  #resource(kind: string, name: string | undefined): PdfObject | undefined {
    const group = asDictionary(this.#around.view.resolve(this.#around.resources?.entries.get(kind)))
    const entry = group?.entries.get(name?.slice(1) ?? '')
    return entry === undefined ? undefined : this.#around.view.resolve(entry)
  }
}

function matrixOf(numbers: readonly number[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbers.slice(-6)
  return [a, b, c, d, e, f]
}
