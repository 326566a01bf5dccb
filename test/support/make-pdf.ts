/** Builds small PDFs of every structure for tests, byte by byte and without the engine under test. */
import { deflateSync } from 'node:zlib'

/** How cross-reference data is written. */
export type XrefKind = 'table' | 'stream' | 'object-streams' | 'hybrid' | 'word-hybrid' | 'linearized'

export const XREF_KINDS: readonly XrefKind[] = [
  'table',
  'stream',
  'object-streams',
  'hybrid',
  'word-hybrid',
  'linearized',
]

/** Object number → text of the object (without `obj`/`endobj`), or a stream. */
export type ObjectTexts = ReadonlyMap<number, string | StreamText>
export type StreamText = { readonly dictionary: string; readonly data: Uint8Array }

export type MakePdfOptions = {
  readonly kind?: XrefKind
  readonly version?: string
  readonly pages?: number
  /** /Rotate of every page. */
  readonly rotate?: 0 | 90 | 180 | 270
  /** Inherited attributes stand in the page tree's root instead of the page. */
  readonly isInherited?: boolean
  readonly annotations?: 'none' | 'direct' | 'indirect'
  readonly form?: 'none' | 'direct' | 'indirect' | 'indirect-fields'
  /** More entries for the catalog, as text. */
  readonly catalog?: string
  /** More objects, numbers from 50 on. */
  readonly more?: ReadonlyMap<number, string | StreamText>
  /** Line ending of the file's structure. */
  readonly eol?: '\n' | '\r\n'
}

export const CATALOG = 1
export const PAGES = 2
export const FONT = 3
export const INFO = 4
export const FORM = 5
export const FORM_FIELDS = 6
export const TEXT_FIELD = 7
export const ANNOTATIONS = 8
export const LINK = 9
/** Page n (0 for the first) is object FIRST_PAGE + 2n, its content the next. */
export const FIRST_PAGE = 10

/** A PDF with the text `Page n` on each page; Helvetica, so that pdftotext has something to read. */
export function makePdf(options: MakePdfOptions = {}): Buffer {
  return writePdf(makeObjects(options), {
    kind: options.kind ?? 'table',
    version: options.version ?? '1.7',
    eol: options.eol ?? '\n',
  })
}

export function makeObjects(options: MakePdfOptions): ObjectTexts {
  const count = options.pages ?? 1
  const objects = new Map<number, string | StreamText>()
  const attributes = `/MediaBox [0 0 595 842] /Resources <</Font <</F1 ${FONT} 0 R>>>> /Rotate ${options.rotate ?? 0}`
  const form = formEntry(options.form ?? 'none')
  objects.set(CATALOG, `<</Type /Catalog /Pages ${PAGES} 0 R ${form} ${options.catalog ?? ''}>>`)
  const kids = Array.from({ length: count }, (_, index) => `${FIRST_PAGE + 2 * index} 0 R`).join(' ')
  objects.set(
    PAGES,
    `<</Type /Pages /Count ${count} /Kids [${kids}] ${options.isInherited ? attributes : ''}>>`,
  )
  objects.set(FONT, '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>')
  objects.set(INFO, '<</Producer (make-pdf) /Title (Test \\(1\\)) /Scale 1.50>>')
  if (options.form !== undefined && options.form !== 'none') addForm(objects, options.form)
  if (options.annotations === 'indirect') objects.set(ANNOTATIONS, `[${LINK} 0 R]`)
  if (options.annotations !== undefined && options.annotations !== 'none')
    objects.set(
      LINK,
      `<</Type /Annot /Subtype /Link /Rect [10 10 50 20] /Border [0 0 0] /Dest [${FIRST_PAGE} 0 R /Fit]>>`,
    )
  const annotations =
    options.annotations === 'direct'
      ? `/Annots [${LINK} 0 R]`
      : options.annotations === 'indirect'
        ? `/Annots ${ANNOTATIONS} 0 R`
        : ''
  for (let index = 0; index < count; index += 1) {
    const number = FIRST_PAGE + 2 * index
    objects.set(
      number,
      `<</Type /Page /Parent ${PAGES} 0 R /Contents ${number + 1} 0 R ${options.isInherited ? '' : attributes} ${index === 0 ? annotations : ''}>>`,
    )
    objects.set(number + 1, {
      dictionary: '',
      data: Buffer.from(`BT /F1 24 Tf 72 720 Td (Page ${index + 1}) Tj ET`),
    })
  }
  for (const [number, text] of options.more ?? []) objects.set(number, text)
  return objects
}

function formEntry(form: NonNullable<MakePdfOptions['form']>): string {
  const fields = form === 'indirect-fields' ? `${FORM_FIELDS} 0 R` : `[${TEXT_FIELD} 0 R]`
  if (form === 'none') return ''
  return form === 'direct' ? `/AcroForm <</Fields ${fields} /NeedAppearances true>>` : `/AcroForm ${FORM} 0 R`
}

function addForm(objects: Map<number, string | StreamText>, form: NonNullable<MakePdfOptions['form']>): void {
  const fields = form === 'indirect-fields' ? `${FORM_FIELDS} 0 R` : `[${TEXT_FIELD} 0 R]`
  if (form !== 'direct') objects.set(FORM, `<</Fields ${fields} /NeedAppearances true>>`)
  if (form === 'indirect-fields') objects.set(FORM_FIELDS, `[${TEXT_FIELD} 0 R]`)
  objects.set(TEXT_FIELD, '<</FT /Tx /T (name) /V (Taro)>>')
}

export type WriteOptions = { readonly kind: XrefKind; readonly version: string; readonly eol: string }

/** Writes objects as a whole file. Root is object 1, Info object 4 when it exists. */
export function writePdf(objects: ObjectTexts, options: WriteOptions): Buffer {
  const writer = new PdfBytes(options.eol)
  writer.text(`%PDF-${options.version}${options.eol}%\xe2\xe3\xcf\xd3${options.eol}`)
  const size = Math.max(...objects.keys()) + 1
  const trailer = `/Root ${CATALOG} 0 R ${objects.has(INFO) ? `/Info ${INFO} 0 R` : ''} /ID [<${'0a'.repeat(16)}> <${'0b'.repeat(16)}>]`
  switch (options.kind) {
    case 'table':
      return writeTable(writer, objects, { size, trailer })
    case 'stream':
      return writeStream(writer, objects, { size, trailer })
    case 'object-streams':
      return writeObjectStreams(writer, objects, { size, trailer })
    case 'hybrid':
    case 'word-hybrid':
      return writeHybrid(writer, objects, { size, trailer, isSplit: options.kind === 'word-hybrid' })
    case 'linearized':
      return writeLinearized(options, objects, { size, trailer })
  }
}

type Whole = { readonly size: number; readonly trailer: string }

class PdfBytes {
  readonly offsets = new Map<number, number>()
  readonly eol: string
  private readonly parts: Buffer[] = []
  length = 0

  constructor(eol: string) {
    this.eol = eol
  }

  text(text: string): void {
    this.bytes(Buffer.from(text, 'latin1'))
  }

  bytes(bytes: Uint8Array): void {
    this.parts.push(Buffer.from(bytes))
    this.length += bytes.length
  }

  object(number: number, content: string | StreamText): void {
    this.offsets.set(number, this.length)
    const { eol } = this
    if (typeof content === 'string') {
      this.text(`${number} 0 obj${eol}${content}${eol}endobj${eol}`)
      return
    }
    this.text(
      `${number} 0 obj${eol}<<${content.dictionary} /Length ${content.data.length}>>${eol}stream${eol}`,
    )
    this.bytes(content.data)
    this.text(`${eol}endstream${eol}endobj${eol}`)
  }

  finish(): Buffer {
    return Buffer.concat(this.parts)
  }
}

/** 20-byte entries for numbers first…last; numbers without offset are free. */
function tableRows(offsets: ReadonlyMap<number, number>, first: number, count: number): string {
  let rows = `${first} ${count}\n`
  for (let number = first; number < first + count; number += 1) {
    const offset = offsets.get(number)
    rows +=
      offset === undefined
        ? `0000000000 ${number === 0 ? '65535' : '00000'} f \n`
        : `${String(offset).padStart(10, '0')} 00000 n \n`
  }
  return rows
}

function writeTable(writer: PdfBytes, objects: ObjectTexts, whole: Whole): Buffer {
  for (const [number, content] of objects) writer.object(number, content)
  const start = writer.length
  writer.text(
    `xref\n${tableRows(writer.offsets, 0, whole.size)}trailer\n<</Size ${whole.size} ${whole.trailer}>>\n`,
  )
  writer.text(`startxref\n${start}\n%%EOF\n`)
  return writer.finish()
}

type Row = readonly [type: number, second: number, third: number]

function xrefStreamText(rows: readonly Row[], index: string, dictionary: string): StreamText {
  const packed = Buffer.alloc(rows.length * 7)
  rows.forEach(([type, second, third], at) => {
    packed.writeUInt8(type, 7 * at)
    packed.writeUInt32BE(second, 7 * at + 1)
    packed.writeUInt16BE(third, 7 * at + 5)
  })
  // PNG predictor "up", as most writers use for these streams.
  const filtered = Buffer.alloc(rows.length * 8)
  for (let row = 0; row < rows.length; row += 1) {
    filtered[8 * row] = 2
    for (let column = 0; column < 7; column += 1) {
      const up = row === 0 ? 0 : (packed[7 * (row - 1) + column] ?? 0)
      filtered[8 * row + 1 + column] = ((packed[7 * row + column] ?? 0) - up) & 255
    }
  }
  return {
    dictionary: `/Type /XRef /W [1 4 2] /Index [${index}] /Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns 7>> ${dictionary}`,
    data: deflateSync(filtered),
  }
}

function rowsOf(offsets: ReadonlyMap<number, number>, size: number, packed: ReadonlyMap<number, Row>): Row[] {
  return Array.from({ length: size }, (_, number): Row => {
    const offset = offsets.get(number)
    return offset === undefined ? (packed.get(number) ?? [0, 0, number === 0 ? 65535 : 0]) : [1, offset, 0]
  })
}

function writeStream(writer: PdfBytes, objects: ObjectTexts, whole: Whole): Buffer {
  for (const [number, content] of objects) writer.object(number, content)
  return endWithStream(writer, whole, new Map())
}

function endWithStream(writer: PdfBytes, whole: Whole, packed: ReadonlyMap<number, Row>): Buffer {
  const start = writer.length
  const size = whole.size + 1
  const rows = rowsOf(new Map([...writer.offsets, [whole.size, start]]), size, packed)
  writer.object(whole.size, xrefStreamText(rows, `0 ${size}`, `/Size ${size} ${whole.trailer}`))
  writer.text(`startxref\n${start}\n%%EOF\n`)
  return writer.finish()
}

/** All objects that may (no streams) in one object stream; gives where they are. */
function packObjects(
  objects: ObjectTexts,
  container: number,
): { stream: StreamText; places: Map<number, Row> } {
  const texts = [...objects].filter((entry): entry is [number, string] => typeof entry[1] === 'string')
  const places = new Map<number, Row>()
  let head = ''
  let body = ''
  texts.forEach(([number, text], index) => {
    head += `${number} ${body.length} `
    body += `${text}\n`
    places.set(number, [2, container, index])
  })
  const data = deflateSync(Buffer.from(head + body, 'latin1'))
  return {
    stream: {
      dictionary: `/Type /ObjStm /N ${texts.length} /First ${head.length} /Filter /FlateDecode`,
      data,
    },
    places,
  }
}

function writeObjectStreams(writer: PdfBytes, objects: ObjectTexts, whole: Whole): Buffer {
  const container = whole.size
  const { stream, places } = packObjects(objects, container)
  for (const [number, content] of objects) if (typeof content !== 'string') writer.object(number, content)
  writer.object(container, stream)
  return endWithStream(writer, { ...whole, size: whole.size + 1 }, places)
}

/**
 * Info and form hidden in an object stream that only /XRefStm knows. Split: they are free in the table, and a second,
 * empty table with /XRefStm brings them back, as word processors write it.
 */
function writeHybrid(
  writer: PdfBytes,
  objects: ObjectTexts,
  whole: Whole & { readonly isSplit: boolean },
): Buffer {
  const hidden = new Map([...objects].filter(([number]) => [INFO, FORM, TEXT_FIELD].includes(number)))
  for (const [number, content] of objects) if (!hidden.has(number)) writer.object(number, content)
  const container = whole.size
  const streamNumber = whole.size + 1
  const size = whole.size + 2
  const { stream, places } = packObjects(hidden, container)
  writer.object(container, stream)
  const streamStart = writer.length
  const rows = [...places].sort(([left], [right]) => left - right)
  const index = rows.map(([number]) => `${number} 1`).join(' ')
  writer.object(
    streamNumber,
    xrefStreamText(
      rows.map(([, row]) => row),
      index,
      `/Size ${size} ${whole.trailer}`,
    ),
  )
  const start = writer.length
  const pointer = `/XRefStm ${streamStart}`
  writer.text(
    `xref\n${whole.isSplit ? tableRows(writer.offsets, 0, size) : sparseTable(writer.offsets)}trailer\n<</Size ${size} ${whole.trailer} ${whole.isSplit ? '' : pointer}>>\n`,
  )
  writer.text(`startxref\n${start}\n%%EOF\n`)
  if (!whole.isSplit) return writer.finish()
  const second = writer.length
  writer.text(`xref\n0 0\ntrailer\n<</Size ${size} ${whole.trailer} /Prev ${start} ${pointer}>>\n`)
  writer.text(`startxref\n${second}\n%%EOF\n`)
  return writer.finish()
}

/**
 * The layout of Annex F in the parts that concern a reader of objects: the first-page section stands in front and
 * its /Prev points forward to the main section, `startxref` at the end points back to the front.
 */
function writeLinearized(options: WriteOptions, objects: ObjectTexts, whole: Whole): Buffer {
  const frontNumbers = [CATALOG, FIRST_PAGE, FIRST_PAGE + 1]
  const linear = whole.size
  const pageCount = /\/Count (\d+)/.exec(String(objects.get(PAGES)))?.[1] ?? '1'
  const size = whole.size + 1
  let mainStart = 0
  let firstEntry = 0
  let fileLength = 0
  for (let pass = 0; ; pass += 1) {
    const writer = new PdfBytes(options.eol)
    writer.text(`%PDF-${options.version}\n%\xe2\xe3\xcf\xd3\n`)
    const pad = (value: number): string => String(value).padEnd(10)
    writer.object(
      linear,
      `<</Linearized 1 /L ${pad(fileLength)} /O ${FIRST_PAGE} /E ${pad(fileLength)} /N ${pageCount} /T ${pad(firstEntry)}>>`,
    )
    const front = writer.length
    const sections = (offsets: ReadonlyMap<number, number>): string =>
      [linear, ...frontNumbers].map((number) => tableRows(offsets, number, 1)).join('')
    const trailer = `trailer\n<</Size ${size} ${whole.trailer} /Prev ${pad(mainStart)}>>\nstartxref\n0\n%%EOF\n`
    const tableLength = Buffer.byteLength(`xref\n${sections(new Map())}${trailer}`)
    const body = new PdfBytes(options.eol)
    body.length = front + tableLength
    for (const number of frontNumbers) body.object(number, objects.get(number) ?? 'null')
    for (const [number, content] of objects) if (!frontNumbers.includes(number)) body.object(number, content)
    const offsets = new Map([...body.offsets, ...writer.offsets])
    writer.text(`xref\n${sections(offsets)}${trailer}`)
    writer.bytes(body.finish())
    const newMain = writer.length
    const mainOffsets = new Map(
      [...offsets].filter(([number]) => ![linear, ...frontNumbers].includes(number)),
    )
    const head = `xref\n0 ${Math.max(...mainOffsets.keys()) + 1}`
    // /T points at the white space in front of the first entry.
    firstEntry = newMain + head.length
    writer.text(`xref\n${tableRows(mainOffsets, 0, Math.max(...mainOffsets.keys()) + 1)}`)
    writer.text(`trailer\n<</Size ${size} ${whole.trailer}>>\nstartxref\n${front}\n%%EOF\n`)
    if (pass > 0 && newMain === mainStart && writer.length === fileLength) return writer.finish()
    mainStart = newMain
    fileLength = writer.length
  }
}

/** A table of one-entry subsections that does not list the numbers in between. */
function sparseTable(offsets: ReadonlyMap<number, number>): string {
  const numbers = [...offsets.keys()].sort((left, right) => left - right)
  return tableRows(new Map(), 0, 1) + numbers.map((number) => tableRows(offsets, number, 1)).join('')
}

/** Appends an update in table form, written without the engine under test. Objects of number → text. */
export function appendUpdate(
  base: Buffer,
  objects: ObjectTexts,
  options: { readonly trailer?: string } = {},
): Buffer {
  const previous = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(base.subarray(-64).toString('latin1'))?.[1])
  const writer = new PdfBytes('\n')
  writer.bytes(base)
  for (const [number, content] of objects) writer.object(number, content)
  const start = writer.length
  const numbers = [...objects.keys()].sort((left, right) => left - right)
  const size = Math.max(200, ...numbers.map((number) => number + 1))
  writer.text(`xref\n${numbers.map((number) => tableRows(writer.offsets, number, 1)).join('')}`)
  writer.text(`trailer\n<</Size ${size} /Root ${CATALOG} 0 R /Prev ${previous} ${options.trailer ?? ''}>>\n`)
  writer.text(`startxref\n${start}\n%%EOF\n`)
  return writer.finish()
}
