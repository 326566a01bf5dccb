import { crc32 } from 'node:zlib'
import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { openZip, type ZipEntry } from '../../../../../electron/app/archive/import-zip.ts'
import { memorySource } from '../../../../../electron/core/kit/byte-source.ts'
import { type RawEntry, rawZip, zipOf } from '../../../../support/make-zip.ts'

const PDF = Buffer.from('%PDF-1.7 …')
const utf8 = (name: string) => Buffer.from(name)
const sjis = (name: string) => iconv.encode(name, 'cp932')
const entry = (name: Uint8Array, more: Partial<RawEntry> = {}): RawEntry => ({ name, bytes: PDF, ...more })

async function open(zip: Uint8Array) {
  const opened = await openZip(memorySource(zip))
  if (!opened.ok) throw new Error(`${opened.error.code} ${opened.error.data.entry}`)
  return opened.value
}

async function refusal(zip: Uint8Array) {
  const opened = await openZip(memorySource(zip))
  return opened.ok ? 'opened' : opened.error.code
}

async function bytesOf({ content }: ZipEntry): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of content()) pieces.push(piece)
  return Buffer.concat(pieces)
}

const pathsOf = async (zip: Uint8Array) => (await open(zip)).entries.map(({ path }) => path)

test('PDFs and tables in nested folders come out as they went in; the rest is named', async () => {
  const large = Buffer.alloc(3_000_000, 'x')
  const zip = await zipOf({
    '令和5年度/工事/契約.pdf': large,
    '一覧.csv': utf8('a,b'),
    '読んで.txt': utf8('x'),
    '署名.zip': utf8('x'),
    '__MACOSX/令和5年度/._契約.pdf': PDF,
    '令和5年度/.DS_Store': PDF,
    'Thumbs.db': PDF,
  })
  const { entries, unused, sizeBytes } = await open(zip)
  expect(entries.map(({ path, kind }) => [path, kind])).toEqual([
    ['令和5年度/工事/契約.pdf', 'pdf'],
    ['一覧.csv', 'table'],
  ])
  expect(unused).toEqual(['読んで.txt', '署名.zip'])
  expect(sizeBytes).toBe(large.length + 3)
  expect((await bytesOf(entries[0] as ZipEntry)).equals(large)).toBe(true)
})

describe('names', () => {
  test.each<[string, RawEntry, string]>([
    ['UTF-8 with its flag', entry(utf8('契約書.pdf'), { flags: 0x800 }), '契約書.pdf'],
    ['UTF-8 without it, as macOS writes', entry(utf8('契約書.pdf')), '契約書.pdf'],
    ['NFD, as macOS writes', entry(utf8('ガス.pdf'.normalize('NFD'))), 'ガス.pdf'],
    ['code page 932', entry(sjis('契約書㈱髙橋.pdf')), '契約書㈱髙橋.pdf'],
    ['code page 932 with a backslash as second byte', entry(sjis('予算表ソ能.pdf')), '予算表ソ能.pdf'],
    ['code page 932, two katakana of half width', entry(sjis('ﾃｨ.pdf')), 'ﾃｨ.pdf'],
    ['backslashes between folders', entry(sjis('令和5年度\\工事\\a.pdf')), '令和5年度/工事/a.pdf'],
    ['plain letters', entry(utf8('a b-1.pdf')), 'a b-1.pdf'],
    [
      "Info-ZIP's own field",
      entry(sjis('?.pdf'), { extra: unicodePath(sjis('?.pdf'), '𠮷田.pdf') }),
      '𠮷田.pdf',
    ],
    [
      'that field of another name is not believed',
      entry(utf8('a.pdf'), { extra: unicodePath(utf8('b.pdf'), 'c.pdf') }),
      'a.pdf',
    ],
  ])('%s', async (_name, raw, path) => {
    expect(await pathsOf(rawZip([raw]))).toEqual([path])
  })

  test.each(['../a.pdf', 'x/../../a.pdf', '/etc/a.pdf', 'C:\\a.pdf', '..\\a.pdf', 'a\u0000.pdf', 'a\n.pdf'])(
    'a name that leads elsewhere is refused: %j',
    async (name) => {
      expect(await refusal(rawZip([entry(utf8('ok.pdf')), entry(utf8(name))]))).toBe('ZIP_PATH_UNSAFE')
    },
  )

  test('a link is no file', async () => {
    const link = entry(utf8('link.pdf'), {
      versionMadeBy: (3 << 8) | 20,
      externalAttributes: 0o120777 * 0x10000,
    })
    const { entries, unused } = await open(rawZip([entry(utf8('a.pdf')), link]))
    expect([entries.length, unused]).toEqual([1, ['link.pdf']])
  })
})

describe('refused in words', () => {
  test.each<[string, Uint8Array, string]>([
    ['a password', rawZip([entry(utf8('a.pdf'), { flags: 1 })]), 'ZIP_ENCRYPTED'],
    ['strong encryption', rawZip([entry(utf8('a.pdf'), { flags: 0x41 })]), 'ZIP_ENCRYPTED'],
    ['no ZIP at all', Buffer.from('%PDF-1.7'), 'ZIP_DAMAGED'],
    ['nothing', Buffer.alloc(0), 'ZIP_DAMAGED'],
    ['a method nobody unpacks', rawZip([entry(utf8('a.pdf'), { method: 14 })]), 'ZIP_METHOD_UNKNOWN'],
    [
      'a file over the limit',
      rawZip([entry(utf8('a.pdf'), { sizeBytes: 300_000_000 })]),
      'ZIP_FILE_TOO_LARGE',
    ],
    ['only other files', rawZip([entry(utf8('a.docx'))]), 'ZIP_NOTHING_USABLE'],
    ['no entries', rawZip([]), 'ZIP_NOTHING_USABLE'],
    [
      'entries that share their bytes',
      rawZip([entry(utf8('a.pdf')), entry(utf8('b.pdf'), { sharedWith: 0 })]),
      'ZIP_BOMB',
    ],
    [
      'a whole that grows a hundredfold to gigabytes',
      rawZip(Array.from({ length: 12 }, (_, n) => entry(utf8(`${n}.pdf`), { sizeBytes: 150_000_000 }))),
      'ZIP_BOMB',
    ],
  ])('%s', async (_name, zip, code) => {
    expect(await refusal(zip)).toBe(code)
  })

  test('a ZIP cut off anywhere', async () => {
    const zip = await zipOf({ 'a.pdf': Buffer.alloc(5_000, 'a'), 'b.pdf': Buffer.alloc(5_000, 'b') })
    for (let end = 0; end < zip.length; end += 7)
      expect(await refusal(zip.subarray(0, end)), `${end} bytes`).toMatch(/^ZIP_(DAMAGED|NOTHING_USABLE)$/)
  })

  test('an entry that is not what the directory says, when it is unpacked', async () => {
    const wrongSum = await open(rawZip([entry(utf8('a.pdf'), { crc: 1 })]))
    await expect(bytesOf(wrongSum.entries[0] as ZipEntry)).rejects.toMatchObject({
      code: 'ZIP_DAMAGED',
      entry: 'a.pdf',
    })
    for (const sizeBytes of [PDF.length - 1, PDF.length + 1]) {
      const wrongSize = await open(rawZip([entry(utf8('a.pdf'), { sizeBytes })]))
      await expect(bytesOf(wrongSize.entries[0] as ZipEntry)).rejects.toMatchObject({ code: 'ZIP_DAMAGED' })
    }
  })

  test('any byte turned over is refused or unpacks to the same bytes; never to others', async () => {
    const files = {
      'a.pdf': Buffer.from('first file '.repeat(20)),
      'b.pdf': Buffer.from('second file '.repeat(20)),
    }
    const zip = await zipOf(files)
    const wanted = Object.values(files).map((bytes) => bytes.toString())
    for (let at = 0; at < zip.length; at += 1) {
      const bad = Buffer.from(zip)
      bad[at] = (bad[at] ?? 0) ^ 0x55
      const opened = await openZip(memorySource(bad))
      if (!opened.ok) continue
      for (const found of opened.value.entries) {
        const bytes = await bytesOf(found).catch((error: unknown) => String((error as { code: string }).code))
        expect([...wanted, 'ZIP_DAMAGED'], `byte ${at}`).toContain(bytes.toString())
      }
    }
  })
})

/** 0x7075: version, CRC-32 of the name it speaks of, the name in UTF-8. */
function unicodePath(ofName: Uint8Array, path: string): Buffer {
  const name = Buffer.from(path)
  const field = Buffer.alloc(9)
  field.writeUInt16LE(0x7075, 0)
  field.writeUInt16LE(5 + name.length, 2)
  field.writeUInt8(1, 4)
  field.writeUInt32LE(crc32(ofName), 5)
  return Buffer.concat([field, name])
}
