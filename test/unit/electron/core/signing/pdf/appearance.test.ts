import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import {
  type AppearanceSpec,
  makeAppearance,
} from '../../../../../../electron/core/signing/pdf/appearance.ts'
import { asDictionary, asName, asNumber } from '../../../../../../electron/core/signing/pdf/objects.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { listSignatureFields } from '../../../../../../electron/core/signing/pdf/signature-fields.ts'
import { bundledStampFont } from '../../../../../../electron/core/signing/pdf/stamp-font.ts'
import { makePdf } from '../../../../../support/make-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { judge, qpdfComplaint, withSignature } from './judged.ts'

const NAMES = '山田太郎 髙橋 﨑 𠮷 ㈱ 邉'
const RECT = { left: 100, bottom: 300, right: 300, top: 360 }
const HIGH = { left: 100, bottom: 300, right: 140, top: 480 }

function stamped(
  spec: AppearanceSpec,
  options: { rotate?: 0 | 90 | 180 | 270; rect?: typeof RECT } = {},
): Promise<Buffer> {
  const appearance = makeAppearance(spec, bundledStampFont())
  return withSignature(makePdf({ rotate: options.rotate ?? 0 }), { rect: options.rect ?? RECT, appearance })
}

/** A PNG of one row per entry; `raw` without filter bytes. */
function png(
  head: { width: number; height: number; depth: number; type: number; interlace?: number },
  rows: readonly number[][],
  more: readonly [string, Buffer][] = [],
): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const bytes = Buffer.alloc(12 + data.length)
    bytes.writeUInt32BE(data.length, 0)
    bytes.write(type, 4, 'latin1')
    data.copy(bytes, 8)
    return bytes
  }
  const ihdr = Buffer.alloc(13)
  ihdr.writeUInt32BE(head.width, 0)
  ihdr.writeUInt32BE(head.height, 4)
  ihdr.set([head.depth, head.type, 0, 0, head.interlace ?? 0], 8)
  const data = Buffer.concat(rows.map((row) => Buffer.from([0, ...row])))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', ihdr),
    ...more.map(([type, bytes]) => chunk(type, bytes)),
    chunk('IDAT', deflateSync(data)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The seal's pixels as they were embedded: colours and alpha. */
function embedded(bytes: Uint8Array): { color: number[]; alpha: number[] | undefined } {
  const file = openPdf(memorySource(bytes))
  const [field] = listSignatureFields(file)
  const appearance = asDictionary(file.resolve(field?.dictionary.entries.get('AP')))
  const form = asDictionary(file.resolve(appearance?.entries.get('N')))
  const resources = asDictionary(form?.entries.get('Resources'))
  const images = asDictionary(resources?.entries.get('XObject'))
  const image = file.resolve(images?.entries.get('Seal'))
  if (image.kind !== 'stream') throw new Error('No seal')
  const mask = file.resolve(image.dictionary.entries.get('SMask'))
  return {
    color: [...file.decodeStream(image)],
    alpha: mask.kind === 'stream' ? [...file.decodeStream(mask)] : undefined,
  }
}

describe.skipIf(!hasJudge('pdftotext') || !hasJudge('qpdf'))('text of a stamp', () => {
  test('every kind of Japanese name can be extracted as it was written', async () => {
    const bytes = await stamped({ lines: ['電子署名', NAMES, '⼭と山'], hasFrame: true })
    const { output } = judge('pdftotext', bytes, '-raw', 'FILE', '-')
    expect(output).toContain(NAMES)
    expect(output).toContain('⼭と山')
    expect(qpdfComplaint(bytes)).toBe('')
  })

  test('vertical text can be extracted too', async () => {
    const bytes = await stamped({ lines: ['扶桑町長', '鯖瀬武ー「契約」'], isVertical: true }, { rect: HIGH })
    const { output } = judge('pdftotext', bytes, '-raw', 'FILE', '-')
    for (const word of ['扶桑町長', '鯖瀬武']) expect(output.replace(/\s/g, '')).toContain(word)
    expect(qpdfComplaint(bytes)).toBe('')
  })

  test.each([0, 90, 180, 270] as const)(
    'stands upright on a page that is turned by %i degrees',
    async (rotate) => {
      const rect = rotate === 90 || rotate === 270 ? { left: 100, bottom: 300, right: 160, top: 500 } : RECT
      const bytes = await stamped({ lines: ['ABCDEFGHIJKLMNOP'] }, { rotate, rect })
      const { output } = judge('pdftotext', bytes, '-bbox', 'FILE', '-')
      const [, left, top, right, bottom] =
        /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">ABCDEFGHIJKLMNOP</.exec(output) ?? []
      expect(Number(right) - Number(left)).toBeGreaterThan(3 * (Number(bottom) - Number(top)))
    },
  )

  test('lies inside its rectangle however much text there is', async () => {
    const lines = Array.from({ length: 6 }, (_, index) => `${index}行目の長い長い長い長い長い文`)
    const bytes = await stamped({ lines })
    const { output } = judge('pdftotext', bytes, '-bbox', 'FILE', '-')
    const boxes = [
      ...output.matchAll(/xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">\d行/g),
    ]
    expect(boxes.length).toBe(6)
    for (const [, left, , right] of boxes) {
      expect(Number(left)).toBeGreaterThanOrEqual(RECT.left)
      expect(Number(right)).toBeLessThanOrEqual(RECT.right)
    }
  })
})

test('characters without a glyph are refused and listed', () => {
  const make = () => makeAppearance({ lines: ['山田😀', '𛀁と😀'] }, bundledStampFont())
  expect(make).toThrow(expect.objectContaining({ code: 'GLYPHS_MISSING', data: { characters: '😀𛀁' } }))
})

test('the embedded font is a small subset', async () => {
  const bytes = await stamped({ lines: [NAMES] })
  expect(bytes.length).toBeLessThan(20_000)
})

describe('seal images', () => {
  test('an RGBA picture keeps colours and transparency', async () => {
    const image = png({ width: 2, height: 1, depth: 8, type: 6 }, [[255, 0, 0, 255, 1, 2, 3, 0]])
    expect(embedded(await stamped({ image }))).toEqual({ color: [255, 0, 0, 1, 2, 3], alpha: [255, 0] })
  })

  test('grey, palette and 1-bit pictures are read', async () => {
    const grey = png({ width: 2, height: 1, depth: 8, type: 4 }, [[10, 255, 20, 128]])
    expect(embedded(await stamped({ image: grey }))).toEqual({
      color: [10, 10, 10, 20, 20, 20],
      alpha: [255, 128],
    })
    const palette = png(
      { width: 4, height: 1, depth: 2, type: 3 },
      [[0b00_01_10_00]],
      [
        ['PLTE', Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9])],
        ['tRNS', Buffer.from([0])],
      ],
    )
    expect(embedded(await stamped({ image: palette }))).toEqual({
      color: [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3],
      alpha: [0, 255, 255, 0],
    })
    const bits = png({ width: 8, height: 1, depth: 1, type: 0 }, [[0b10000001]])
    expect(embedded(await stamped({ image: bits })).color.slice(0, 6)).toEqual([255, 255, 255, 0, 0, 0])
  })

  test('a JPEG is embedded as it is', async () => {
    const jpeg = Buffer.concat([
      Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
      Buffer.from('ffc0001108000a001403012200021101031101', 'hex'),
      Buffer.from('ffda0008010100003f00ffd9', 'hex'),
    ])
    const bytes = await stamped({ image: jpeg, lines: ['扶桑町'] })
    expect(bytes.includes(jpeg)).toBe(true)
    const text = bytes.toString('latin1')
    expect(text).toContain('/Width 20')
    expect(text).toContain('/Height 10')
    expect(text).toContain('/DeviceRGB')
  })

  test.each([
    ['an interlaced PNG', png({ width: 1, height: 1, depth: 8, type: 0, interlace: 1 }, [[1]])],
    ['a PNG that is cut', png({ width: 9, height: 9, depth: 8, type: 6 }, [[1]])],
    ['a PNG of a billion pixels', png({ width: 40_000, height: 40_000, depth: 8, type: 0 }, [[1]])],
    ['a JPEG without picture', Buffer.from('ffd8ffd9', 'hex')],
    ['a GIF', Buffer.from('GIF89a')],
    ['nothing', Buffer.alloc(0)],
  ])('%s is refused', (_name, image) => {
    expect(() => makeAppearance({ image }, bundledStampFont())).toThrow(
      expect.objectContaining({ code: 'IMAGE_UNREADABLE' }),
    )
  })
})

test('the form is as large as the rectangle and a form XObject', async () => {
  const file = openPdf(memorySource(await stamped({ lines: ['印'] })))
  const [field] = listSignatureFields(file)
  const appearance = asDictionary(file.resolve(field?.dictionary.entries.get('AP')))
  const form = asDictionary(file.resolve(appearance?.entries.get('N')))
  const box = form?.entries.get('BBox')
  expect(asName(form?.entries.get('Subtype'))).toBe('Form')
  expect(box?.kind === 'array' ? box.items.map(asNumber) : undefined).toEqual([0, 0, 200, 60])
})
