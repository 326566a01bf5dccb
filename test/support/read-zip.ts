import { inflateRawSync } from 'node:zlib'

/** Entries of a ZIP by name, by its central directory (PKWARE APPNOTE 4.3.12, 4.3.14). For archives of tests: whole in memory. */
export function readZip(zip: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>()
  const directory = directoryOf(zip)
  let at = directory.start
  for (let left = directory.count; left > 0; left -= 1) {
    const packed = zip.readUInt32LE(at + 20)
    const nameLength = zip.readUInt16LE(at + 28)
    const local = zip.readUInt32LE(at + 42)
    if (Math.max(packed, local) === 0xffff_ffff) throw new Error('Too long for a test')
    const name = zip.subarray(at + 46, at + 46 + nameLength).toString('utf8')
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(start, start + packed)
    entries.set(name, zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : Buffer.from(bytes))
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return entries
}

function directoryOf(zip: Buffer): { readonly start: number; readonly count: number } {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  const wide = zip.lastIndexOf(Buffer.from('PK\x06\x06', 'latin1'))
  if (zip.readUInt16LE(end + 10) === 0xffff && wide >= 0)
    return { start: Number(zip.readBigUInt64LE(wide + 48)), count: Number(zip.readBigUInt64LE(wide + 32)) }
  return { start: zip.readUInt32LE(end + 16), count: zip.readUInt16LE(end + 10) }
}
