/**
 * Builds small PDFs and changes them the way attackers and other programs do: raw incremental updates, moved signatures,
 * bytes where none belong. Independent of the engine's writer on purpose: what it would never write must be tested too.
 */

/** Object number → body between `obj` and `endobj`, Latin-1 text (streams included). */
export type RawObjects = Readonly<Record<number, string>>

export type RawTrailer = Readonly<Record<string, string>>

/** A PDF 1.7 with a classic table, objects in the order of their numbers. */
export function buildPdf(objects: RawObjects, trailer: RawTrailer = { Root: '1 0 R' }): Uint8Array {
  const numbers = Object.keys(objects)
    .map(Number)
    .sort((left, right) => left - right)
  let text = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'
  const offsets = new Map<number, number>()
  for (const number of numbers) {
    offsets.set(number, text.length)
    text += `${number} 0 obj\n${objects[number]}\nendobj\n`
  }
  const size = (numbers.at(-1) ?? 0) + 1
  const xrefAt = text.length
  text += `xref\n0 ${size}\n0000000000 65535 f \n`
  for (let number = 1; number < size; number += 1) text += tableRow(offsets.get(number))
  const id = '[<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]'
  return latin1(
    `${text}trailer\n${dictionary({ Size: String(size), ID: id, ...trailer })}\nstartxref\n${xrefAt}\n%%EOF\n`,
  )
}

function tableRow(offset: number | undefined): string {
  return offset === undefined ? '0000000000 65535 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`
}

function dictionary(entries: RawTrailer): string {
  return `<< ${Object.entries(entries)
    .map(([key, value]) => `/${key} ${value}`)
    .join(' ')} >>`
}

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
}

export function textOf(pdf: Uint8Array): string {
  return Buffer.from(pdf).toString('latin1')
}

export function stream(data: string, entries = ''): string {
  return `<< /Length ${data.length} ${entries} >>\nstream\n${data}\nendstream`
}

export type UpdateOptions = {
  readonly trailer?: RawTrailer
  /** Object numbers to free. */
  readonly free?: readonly number[]
  /** Bytes after the objects that no cross-reference entry names. */
  readonly stray?: string
  /** Offsets to list instead of the objects' own. */
  readonly entries?: Readonly<Record<number, number>>
  /** Leaves out cross-reference table and trailer. */
  readonly withoutXref?: boolean
  /** Leaves out `%%EOF`. */
  readonly withoutEnd?: boolean
  readonly size?: number
  readonly previous?: number
}

/** Appends one incremental update with a classic table. */
export function updatePdf(pdf: Uint8Array, objects: RawObjects, options: UpdateOptions = {}): Uint8Array {
  const base = textOf(pdf)
  let text = base.endsWith('\n') ? base : `${base}\n`
  const offsets = new Map<number, number>()
  for (const [number, body] of Object.entries(objects)) {
    offsets.set(Number(number), text.length)
    text += `${number} 0 obj\n${body}\nendobj\n`
  }
  text += options.stray ?? ''
  for (const [number, offset] of Object.entries(options.entries ?? {})) offsets.set(Number(number), offset)
  if (options.withoutXref === true) return latin1(text)
  const xrefAt = text.length
  text += 'xref\n'
  for (const [number, offset] of [...offsets].sort(([left], [right]) => left - right))
    text += `${number} 1\n${tableRow(offset)}`
  for (const number of options.free ?? []) text += `${number} 1\n0000000000 00001 f \n`
  const size = options.size ?? Math.max(sizeOf(base), ...[...offsets.keys()].map((number) => number + 1))
  const trailer: RawTrailer = {
    Size: String(size),
    Root: lastMatch(base, /\/Root (\d+ \d+ R)/g),
    Prev: String(options.previous ?? lastStartxref(base)),
    ...(/\/Info (\d+ \d+ R)/.test(base) ? { Info: lastMatch(base, /\/Info (\d+ \d+ R)/g) } : {}),
    ID: '[<00112233445566778899aabbccddeeff> <ffeeddccbbaa99887766554433221100>]',
    ...options.trailer,
  }
  const end = options.withoutEnd === true ? '' : '%%EOF\n'
  return latin1(`${text}trailer\n${dictionary(trailer)}\nstartxref\n${xrefAt}\n${end}`)
}

function sizeOf(pdf: string): number {
  return [...pdf.matchAll(/\/Size (\d+)/g)].reduce((size, match) => Math.max(size, Number(match[1])), 0)
}

export function lastStartxref(pdf: string): number {
  return Number(lastMatch(pdf, /startxref\s+(\d+)/g))
}

function lastMatch(text: string, pattern: RegExp): string {
  return [...text.matchAll(pattern)].at(-1)?.[1] ?? ''
}

/** The newest body of an object written as `n 0 obj … endobj`. */
export function objectText(pdf: Uint8Array, number: number): string {
  const matches = [
    ...textOf(pdf).matchAll(new RegExp(`(?<![0-9])${number} 0 obj\\s*([\\s\\S]*?)\\s*endobj`, 'g')),
  ]
  const body = matches.at(-1)?.[1]
  if (body === undefined) throw new Error(`No object ${number}`)
  return body
}

/** Number of the newest object whose body matches. */
export function numberOf(pdf: Uint8Array, pattern: RegExp): number {
  const found = [...textOf(pdf).matchAll(/(?<![0-9])(\d+) 0 obj\s*([\s\S]*?)\s*endobj/g)].findLast((match) =>
    pattern.test(match[2] ?? ''),
  )
  if (found?.[1] === undefined) throw new Error(`No object like ${pattern}`)
  return Number(found[1])
}

/** First free object number. */
export function nextNumber(pdf: Uint8Array): number {
  return sizeOf(textOf(pdf))
}

export function replaceText(pdf: Uint8Array, from: string | RegExp, to: string): Uint8Array {
  const text = textOf(pdf)
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`Nothing to replace: ${String(from)}`)
  return latin1(changed)
}

export function flipByte(pdf: Uint8Array, offset: number, mask = 0x01): Uint8Array {
  const copy = Uint8Array.from(pdf)
  copy[offset] = (copy[offset] ?? 0) ^ mask
  return copy
}

export function insertAt(pdf: Uint8Array, offset: number, bytes: string): Uint8Array {
  const text = textOf(pdf)
  return latin1(text.slice(0, offset) + bytes + text.slice(offset))
}

/** The last /ByteRange as numbers, and where its gap lies. */
export function lastByteRange(pdf: Uint8Array): readonly [number, number, number, number] {
  const match = [...textOf(pdf).matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)].at(-1)
  if (match === undefined) throw new Error('No ByteRange')
  return [Number(match[1]), Number(match[2]), Number(match[3]), Number(match[4])]
}

/** Small deterministic random numbers (mulberry32): a failing case can be repeated from its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Appends an update with a cross-reference stream; `compressed` objects go into one object stream.
 * Numbers: the object stream and the cross-reference stream take the two behind all others.
 */
export function updatePdfWithStreams(
  pdf: Uint8Array,
  objects: RawObjects,
  compressed: RawObjects = {},
  options: { readonly containerNumber?: number; readonly trailer?: RawTrailer } = {},
): Uint8Array {
  const base = textOf(pdf)
  let text = base.endsWith('\n') ? base : `${base}\n`
  const rows: [number: number, type: number, second: number, third: number][] = []
  const append = (number: number, body: string): void => {
    rows.push([number, 1, text.length, 0])
    text += `${number} 0 obj\n${body}\nendobj\n`
  }
  const next = Math.max(
    sizeOf(base),
    ...[...Object.keys(objects), ...Object.keys(compressed)].map((key) => Number(key) + 1),
  )
  for (const [number, body] of Object.entries(objects)) append(Number(number), body)
  const container = options.containerNumber ?? next
  const inside = Object.entries(compressed)
  if (inside.length > 0) {
    const bodies = inside.map(([, body]) => body).join(' ')
    let position = 0
    const head = inside
      .map(([number, body], index) => {
        rows.push([Number(number), 2, container, index])
        const entry = `${number} ${position}`
        position += body.length + 1
        return entry
      })
      .join(' ')
    append(
      container,
      stream(`${head} ${bodies}`, `/Type /ObjStm /N ${inside.length} /First ${head.length + 1}`),
    )
  }
  const own = next + 1
  const at = text.length
  rows.push([own, 1, at, 0])
  rows.sort((left, right) => left[0] - right[0])
  const data = rows
    .map(([, type, second, third]) =>
      String.fromCharCode(
        type,
        (second >> 24) & 255,
        (second >> 16) & 255,
        (second >> 8) & 255,
        second & 255,
        third,
      ),
    )
    .join('')
  const entries = dictionary({
    Type: '/XRef',
    Size: String(own + 1),
    W: '[1 4 1]',
    Index: `[${rows.map(([number]) => `${number} 1`).join(' ')}]`,
    Root: lastMatch(base, /\/Root (\d+ \d+ R)/g),
    Prev: String(lastStartxref(base)),
    ...options.trailer,
  }).slice(2, -2)
  text += `${own} 0 obj\n${stream(data, entries)}\nendobj\nstartxref\n${at}\n%%EOF\n`
  return latin1(text)
}
