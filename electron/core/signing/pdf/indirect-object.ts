/** Reads `n g obj … endobj` at a file offset (ISO 32000-2 §7.3.10). */
import type { Lexer } from './lexer.ts'
import { asInteger, type PdfObject, type PdfReference } from './objects.ts'
import { parseObject } from './parser.ts'
import type { Windows } from './window.ts'

export type IndirectObject = {
  readonly reference: PdfReference
  readonly value: PdfObject
  /** File offset of the object number. */
  readonly offset: number
  /** File offset behind `endobj`; for streams where the object goes on behind the data. */
  readonly endOffset: number
  readonly hasEndobj: boolean
  /** How many objects it is made of, nested ones included. */
  readonly parts: number
}

/**
 * @param lengthOf gives a stream's /Length when it is a reference
 * @throws SigningError PDF_DAMAGED | PDF_TOO_LARGE
 */
export function readIndirectObject(
  windows: Windows,
  offset: number,
  lengthOf: (reference: PdfReference) => PdfObject,
): IndirectObject {
  const head = windows.read(offset, readHead)
  const { value } = head
  if (head.dataOffset === undefined || value.kind !== 'dictionary')
    return { ...head, hasEndobj: head.hasEndobj }
  const lengthEntry = value.entries.get('Length')
  const length = asInteger(lengthEntry?.kind === 'reference' ? lengthOf(lengthEntry) : lengthEntry)
  const { dataOffset } = head
  if (length === undefined || length < 0 || dataOffset + length > windows.source.sizeBytes)
    throw windows.read(offset, (lexer) => lexer.damaged('stream length'))
  return {
    reference: head.reference,
    value: {
      kind: 'stream',
      dictionary: value,
      body: { at: 'file', offset: dataOffset, lengthBytes: length },
    },
    offset: head.offset,
    endOffset: dataOffset + length,
    hasEndobj: true,
    parts: head.parts,
  }
}

type Head = IndirectObject & { readonly dataOffset: number | undefined }

function readHead(lexer: Lexer): Head {
  lexer.skipWhite()
  const offset = lexer.offset
  const objectNumber = lexer.takeUnsigned()
  lexer.skipWhite()
  const generation = lexer.takeUnsigned()
  lexer.skipWhite()
  if (objectNumber === undefined || generation === undefined || !takeObj(lexer))
    throw lexer.damaged('object expected')
  const value = parseObject(lexer)
  const reference: PdfReference = { kind: 'reference', objectNumber, generation }
  const parts = lexer.objects
  lexer.skipSpace()
  const next = lexer.peek()
  if (next === 0x73 && value.kind === 'dictionary' && lexer.takeKeyword('stream')) {
    // CR LF or LF; a lone CR is against the standard but written by some, and data then follows it.
    if (lexer.peek() === 13) lexer.position += 1
    if (lexer.peek() === 10) lexer.position += 1
    return {
      reference,
      value,
      offset,
      endOffset: lexer.offset,
      hasEndobj: false,
      parts,
      dataOffset: lexer.offset,
    }
  }
  const hasEndobj = next === 0x65 && lexer.takeKeyword('endobj')
  return { reference, value, offset, endOffset: lexer.offset, hasEndobj, parts, dataOffset: undefined }
}

/** `obj` may be followed at once by a token that begins with a regular character (`1 0 obj123`), as some write it. */
function takeObj(lexer: Lexer): boolean {
  if (lexer.peek() !== 0x6f || lexer.peek(1) !== 0x62 || lexer.peek(2) !== 0x6a) return false
  lexer.position += 3
  return true
}

/** True when `endstream` stands behind the data of a stream, at most one end of line apart. */
export function hasEndstream(windows: Windows, endOffset: number): boolean {
  return windows.read(endOffset, (lexer) => {
    lexer.skipWhite()
    for (let index = 0; index < 9; index += 1)
      if (lexer.peek(index) !== 'endstream'.charCodeAt(index)) return false
    return true
  })
}
