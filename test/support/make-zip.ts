/** ZIP files of any make, byte by byte (PKWARE APPNOTE 6.3.10): also such as no honest program writes. */
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync } from 'node:zlib'
import { ZipFile } from 'yazl'

/** As an ordinary program writes it: UTF-8 names with their flag, Deflate. */
export async function zipOf(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [path, bytes] of Object.entries(files)) zip.addBuffer(Buffer.from(bytes), path)
  zip.end()
  return buffer(zip.outputStream)
}

export type RawEntry = {
  /** The name's bytes as they stand in the file. */
  readonly name: Uint8Array
  readonly bytes: Uint8Array
  /** 0x800 = UTF-8, 1 = encrypted. */
  readonly flags?: number
  /** 0 Store, 8 Deflate; others are only said. */
  readonly method?: number
  readonly crc?: number
  /** What the directory claims. */
  readonly sizeBytes?: number
  readonly extra?: Uint8Array
  readonly versionMadeBy?: number
  readonly externalAttributes?: number
  /** Takes the data of the entry with this number instead of its own. */
  readonly sharedWith?: number
}

export function rawZip(entries: readonly RawEntry[]): Buffer {
  const parts: Buffer[] = []
  const offsets: number[] = []
  let at = 0
  const directory = entries.map((entry) => {
    const { method = 8, sharedWith } = entry
    const data = Buffer.from(method === 0 ? entry.bytes : deflateRawSync(entry.bytes))
    const offset = sharedWith === undefined ? at : (offsets[sharedWith] ?? 0)
    offsets.push(offset)
    const fields = fieldsOf(entry, data.length)
    if (sharedWith === undefined) {
      const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), fields, lengths(entry, false)])
      const whole = Buffer.concat([local, entry.name, data])
      parts.push(whole)
      at += whole.length
    }
    return centralHeader(entry, fields, offset)
  })
  const central = Buffer.concat(directory)
  return Buffer.concat([...parts, central, endOf(entries.length, central.length, at)])
}

/** Version needed … uncompressed size: the same in both headers. */
function fieldsOf(entry: RawEntry, packedBytes: number): Buffer {
  const fields = Buffer.alloc(22)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(entry.flags ?? 0, 2)
  fields.writeUInt16LE(entry.method ?? 8, 4)
  fields.writeUInt32LE(entry.crc ?? crc32(entry.bytes), 10)
  fields.writeUInt32LE(packedBytes, 14)
  fields.writeUInt32LE(entry.sizeBytes ?? entry.bytes.length, 18)
  return fields
}

function lengths(entry: RawEntry, withExtra: boolean): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(entry.name.length, 0)
  bytes.writeUInt16LE(withExtra ? (entry.extra?.length ?? 0) : 0, 2)
  return bytes
}

function centralHeader(entry: RawEntry, fields: Buffer, offset: number): Buffer {
  const head = Buffer.alloc(6)
  head.write('PK\u0001\u0002', 'latin1')
  head.writeUInt16LE(entry.versionMadeBy ?? 20, 4)
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE(entry.externalAttributes ?? 0, 6)
  tail.writeUInt32LE(offset, 10)
  const extra = entry.extra ?? Buffer.alloc(0)
  return Buffer.concat([head, fields, lengths(entry, true), tail, entry.name, extra])
}

function endOf(count: number, sizeBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(sizeBytes, 12)
  end.writeUInt32LE(offset, 16)
  return end
}
