/**
 * Reads DER and, where foreign files need it, BER with indefinite lengths and constructed strings (ITU-T X.690 §8).
 * Nodes are views on the original bytes: what is hashed or verified is what was in the file, never a re-encoding.
 */

/** Thrown for anything that is not well-formed; callers at an edge turn it into their own code. */
export class DerError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DerError'
  }
}

const MAX_DEPTH = 64

export type DerNode = {
  /** Identifier octet, e.g. 0x30 for SEQUENCE, 0xa0 for [0] constructed. */
  readonly tag: number
  /** The whole TLV as it stands in the input. */
  readonly raw: Uint8Array
  /** Content octets, without end-of-contents octets. */
  readonly content: Uint8Array
  /** False when an indefinite or non-minimal length was used here (BER, not DER). */
  readonly minimal: boolean
}

/** Reads one node at `offset`; bytes after it are ignored. @throws DerError */
export function readNode(bytes: Uint8Array, offset = 0, depth = 0): DerNode {
  const tag = bytes[offset]
  if (tag === undefined || offset + 1 >= bytes.length) throw new DerError('Truncated element')
  if ((tag & 0x1f) === 0x1f) throw new DerError('High tag numbers are not used here')
  const first = bytes[offset + 1] ?? 0
  if (first === 0x80) return readIndefinite(bytes, offset, depth)
  let headerSize = 2
  let size = first
  let minimal = true
  if (first > 0x80) {
    const count = first & 0x7f
    if (count > 4) throw new DerError('Length is too large')
    size = 0
    for (let index = 0; index < count; index++) {
      const digit = bytes[offset + 2 + index]
      if (digit === undefined) throw new DerError('Truncated length')
      size = size * 256 + digit
    }
    headerSize += count
    minimal = size >= 0x80 && (bytes[offset + 2] ?? 0) !== 0
  }
  const start = offset + headerSize
  const end = start + size
  if (end > bytes.length) throw new DerError('Element is longer than its container')
  return { tag, raw: bytes.subarray(offset, end), content: bytes.subarray(start, end), minimal }
}

function readIndefinite(bytes: Uint8Array, offset: number, depth: number): DerNode {
  const tag = bytes[offset] ?? 0
  if ((tag & 0x20) === 0) throw new DerError('Indefinite length on a primitive element')
  if (depth > MAX_DEPTH) throw new DerError('Nested too deeply')
  let position = offset + 2
  for (;;) {
    if (bytes[position] === 0 && bytes[position + 1] === 0) break
    position += readNode(bytes, position, depth + 1).raw.length
  }
  return {
    tag,
    raw: bytes.subarray(offset, position + 2),
    content: bytes.subarray(offset + 2, position),
    minimal: false,
  }
}

/** Reads one node that must fill `bytes` exactly. @throws DerError */
export function readWhole(bytes: Uint8Array): DerNode {
  const node = readNode(bytes)
  if (node.raw.length !== bytes.length) throw new DerError('Bytes follow the element')
  return node
}

/** The elements inside a constructed node, in order. @throws DerError */
export function childrenOf(node: DerNode): readonly DerNode[] {
  if ((node.tag & 0x20) === 0) throw new DerError('Element is not constructed')
  const children: DerNode[] = []
  for (let offset = 0; offset < node.content.length; ) {
    const child = readNode(node.content, offset)
    children.push(child)
    offset += child.raw.length
  }
  return children
}

/** Children of a node that must carry `tag`. @throws DerError */
export function fieldsOf(node: DerNode | undefined, tag = 0x30): readonly DerNode[] {
  return childrenOf(expect(node, tag))
}

/** The node itself when it is there and carries `tag`. @throws DerError */
export function expect(node: DerNode | undefined, tag: number): DerNode {
  if (node === undefined || node.tag !== tag)
    throw new DerError(`Expected tag ${tag.toString(16)}, found ${node?.tag.toString(16) ?? 'nothing'}`)
  return node
}

/** True when this node and everything in it uses definite, minimal lengths. */
export function isDer(node: DerNode, depth = 0): boolean {
  if (!node.minimal) return false
  if ((node.tag & 0x20) === 0) return true
  if (depth > MAX_DEPTH) throw new DerError('Nested too deeply')
  return childrenOf(node).every((child) => isDer(child, depth + 1))
}

export function readOid(node: DerNode | undefined): string {
  const { content } = expect(node, 0x06)
  if (content.length === 0) throw new DerError('Empty OBJECT IDENTIFIER')
  const arcs: number[] = []
  let value = 0
  for (const octet of content) {
    value = value * 128 + (octet & 0x7f)
    if (value > Number.MAX_SAFE_INTEGER) throw new DerError('OBJECT IDENTIFIER arc is too large')
    if ((octet & 0x80) !== 0) continue
    arcs.push(value)
    value = 0
  }
  const [head = 0, ...rest] = arcs
  const top = Math.min(2, Math.floor(head / 40))
  return [top, head - top * 40, ...rest].join('.')
}

/**
 * Content octets of an INTEGER as upper-case hex, in the shortest form that keeps the sign (X.690 §8.3.2): 255 is `00FF`,
 * −1 is `FF`. Serial numbers compare as text.
 */
export function readIntegerHex(node: DerNode | undefined): string {
  const { content } = expect(node, 0x02)
  if (content.length === 0) throw new DerError('Empty INTEGER')
  let start = 0
  while (start < content.length - 1 && isRedundant(content[start] ?? 0, content[start + 1] ?? 0)) start += 1
  return Buffer.from(content.subarray(start)).toString('hex').toUpperCase()
}

/** A first octet that only repeats the sign the next one shows. */
function isRedundant(first: number, second: number): boolean {
  return (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)
}

/** An INTEGER or ENUMERATED that fits a safe integer and is not negative. */
export function readSmallInteger(node: DerNode | undefined): number {
  if (node === undefined || (node.tag !== 0x02 && node.tag !== 0x0a))
    throw new DerError('Expected an INTEGER')
  if (node.content.length === 0 || node.content.length > 6 || ((node.content[0] ?? 0) & 0x80) !== 0)
    throw new DerError('INTEGER out of range')
  return node.content.reduce((value, octet) => value * 256 + octet, 0)
}

/** OCTET STRING, primitive or BER-constructed (pieces joined). */
export function readOctets(node: DerNode | undefined, depth = 0): Uint8Array {
  if (node?.tag === 0x04) return node.content
  if (node?.tag !== 0x24 && node?.tag !== 0xa0) throw new DerError('Expected an OCTET STRING')
  if (depth > MAX_DEPTH) throw new DerError('Nested too deeply')
  return Buffer.concat(childrenOf(node).map((piece) => readOctets(piece, depth + 1)))
}

/** BIT STRING whose bits fill whole octets (keys, signatures). */
export function readBits(node: DerNode | undefined): Uint8Array {
  const { content } = expect(node, 0x03)
  if (content.length === 0 || (content[0] ?? 0) > 7) throw new DerError('Bad BIT STRING')
  return content.subarray(1)
}

/** Numbers of the bits that are set, bit 0 first (KeyUsage, ReasonFlags). */
export function readNamedBits(content: Uint8Array): readonly number[] {
  const bits: number[] = []
  content.subarray(1).forEach((octet, index) => {
    for (let bit = 0; bit < 8; bit++) if ((octet & (0x80 >> bit)) !== 0) bits.push(index * 8 + bit)
  })
  return bits
}

export function readBoolean(node: DerNode | undefined): boolean {
  const { content } = expect(node, 0x01)
  if (content.length !== 1) throw new DerError('Bad BOOLEAN')
  return content[0] !== 0
}

/** UTCTime or GeneralizedTime → milliseconds since 1970. Only UTC (`Z`) is accepted, as RFC 5280 §4.1.2.5 demands. */
export function readTime(node: DerNode | undefined): number {
  if (node === undefined || (node.tag !== 0x17 && node.tag !== 0x18)) throw new DerError('Expected a time')
  const text = Buffer.from(node.content).toString('latin1')
  const pattern =
    node.tag === 0x17
      ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?()Z$/
      : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,9}))?Z$/
  const match = pattern.exec(text)
  if (match === null) throw new DerError('Bad time')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0))
  const fullYear = node.tag === 0x18 ? year : year < 50 ? 2000 + year : 1900 + year
  const fractionMs = Math.floor(Number(`0.${match[7] ?? ''}0`) * 1000)
  const epochMs = Date.UTC(fullYear, month - 1, day, hour, minute, second) + fractionMs
  if (
    Number.isNaN(epochMs) ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > 31 ||
    hour > 23 ||
    minute > 59 ||
    second > 60
  )
    throw new DerError('Bad time')
  return epochMs
}

/** Any of the character string types, decoded; an unknown type gives its hex. */
export function readText(node: DerNode): string {
  const bytes = Buffer.from(node.content.buffer, node.content.byteOffset, node.content.length)
  switch (node.tag) {
    case 0x0c: // UTF8String
    case 0x12: // NumericString
    case 0x13: // PrintableString
    case 0x16: // IA5String
    case 0x1a: // VisibleString
      return bytes.toString('utf8')
    case 0x14: // TeletexString: in practice Latin-1
      return bytes.toString('latin1')
    case 0x1e: // BMPString
      return Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le')
    default:
      return bytes.toString('hex')
  }
}
