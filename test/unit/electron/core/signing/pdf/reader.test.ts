import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { SigningError } from '../../../../../../electron/core/signing/errors.ts'
import { asDictionary, asText, pdfReference } from '../../../../../../electron/core/signing/pdf/objects.ts'
import { openPdf, type PdfFile } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { duplicateNumbers } from '../../../../../../electron/core/signing/pdf/xref-entries.ts'
import {
  appendUpdate,
  CATALOG,
  FIRST_PAGE,
  INFO,
  makePdf,
  XREF_KINDS,
} from '../../../../../support/make-pdf.ts'

function open(bytes: Uint8Array): PdfFile {
  return openPdf(memorySource(bytes))
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof SigningError)
      return `${error.code} ${error.data.reason ?? error.data.limit ?? ''}`.trim()
    throw error
  }
  return 'no error'
}

/** Replaces one text by another of any length; offsets behind it become wrong on purpose. */
function edit(bytes: Buffer, from: string, to: string): Buffer {
  const text = bytes.toString('latin1')
  if (!text.includes(from)) throw new Error(`No ${from} in the file`)
  return Buffer.from(text.replace(from, to), 'latin1')
}

/** The same, offsets kept: `to` is padded with spaces. */
function patch(bytes: Buffer, from: string, to: string): Buffer {
  return edit(bytes, from, to.padEnd(from.length))
}

describe('every structure', () => {
  test.each(XREF_KINDS)('reads pages, info and streams of a file of kind %s', (kind) => {
    const file = open(makePdf({ kind, pages: 3, form: 'indirect', annotations: 'direct' }))
    const pages = [...file.pages()]
    const info = asDictionary(file.resolve(file.trailer.entries.get('Info')))
    const contents = file.resolve(pages[2]?.dictionary.entries.get('Contents'))
    expect({
      pages: pages.map((page) => [page.index, page.reference.objectNumber]),
      title: asText(info?.entries.get('Title')),
      scale: info?.entries.get('Scale'),
      content: contents.kind === 'stream' ? Buffer.from(file.decodeStream(contents)).toString() : undefined,
      notes: file.notes,
      revisions: file.revisions.length,
      isEncrypted: file.isEncrypted,
    }).toEqual({
      pages: [0, 1, 2].map((index) => [index, FIRST_PAGE + 2 * index]),
      title: 'Test (1)',
      scale: { kind: 'number', value: 1.5, text: '1.50' },
      content: 'BT /F1 24 Tf 72 720 Td (Page 3) Tj ET',
      notes: [],
      revisions: 1,
      isEncrypted: false,
    })
  })

  test.each(XREF_KINDS)('ends the only revision of kind %s at the end of the file', (kind) => {
    const bytes = makePdf({ kind })
    const [revision] = open(bytes).revisions
    expect([revision?.endOffset, revision?.markerEndOffset, revision?.isComplete]).toEqual([
      bytes.length,
      bytes.length - 1,
      true,
    ])
  })

  test('gives inherited page attributes with their origin left alone', () => {
    const [page] = [...open(makePdf({ isInherited: true, rotate: 90 })).pages()]
    expect([...(page?.inherited.keys() ?? [])].sort()).toEqual(['MediaBox', 'Resources', 'Rotate'])
    expect(page?.dictionary.entries.has('MediaBox')).toBe(false)
  })
})

describe('revisions', () => {
  const base = makePdf({ pages: 1 })
  const second = appendUpdate(base, new Map([[INFO, '<</Title (Second)>>']]), {
    trailer: `/Info ${INFO} 0 R`,
  })
  const third = appendUpdate(second, new Map([[INFO, '<</Title (Third)>>']]), {
    trailer: `/Info ${INFO} 0 R`,
  })
  const titleAt = (file: PdfFile, revision: number): string | undefined =>
    asText(asDictionary(file.objectAt(pdfReference(INFO), revision))?.entries.get('Title'))

  test('an object is given as it was in each revision', () => {
    const file = open(third)
    expect([0, 1, 2].map((revision) => titleAt(file, revision))).toEqual(['Test (1)', 'Second', 'Third'])
    expect(file.revisions.map((revision) => revision.endOffset)).toEqual([
      base.length,
      second.length,
      third.length,
    ])
  })

  test('a view of an old revision equals the file cut there', () => {
    const whole = open(third)
    const cut = open(third.subarray(0, second.length))
    const view = whole.viewAt(1)
    expect([...view.trailer.entries]).toEqual([...cut.trailer.entries])
    expect(view.entryOf(INFO)).toEqual(cut.entryOf(INFO))
    expect([...view.pages()].length).toBe(1)
  })

  test('an update that frees an object makes it null from then on', () => {
    const freed = appendUpdate(base, new Map([[60, '1']]))
    const text = freed.toString('latin1')
    const row = text.lastIndexOf('60 1\n')
    const bytes = Buffer.from(
      `${text.slice(0, row)}${INFO} 1\n0000000000 00001 f \n${text.slice(row)}`,
      'latin1',
    )
    const file = open(bytes)
    expect(file.resolve(pdfReference(INFO)).kind).toBe('null')
    expect(file.objectAt(pdfReference(INFO), 0).kind).toBe('dictionary')
  })

  test('a reference with another generation than the entry is null', () => {
    const file = open(base)
    expect(file.resolve(pdfReference(INFO, 1)).kind).toBe('null')
    expect(file.resolve(pdfReference(9999)).kind).toBe('null')
  })

  test('the length of a stream is taken from the revision that is read', () => {
    const more = new Map<number, string>([
      [50, '3'],
      [51, '<</Length 50 0 R>>\nstream\nABCDEF\nendstream'],
    ])
    const first = makePdf({ more })
    const next = appendUpdate(first, new Map([[50, '6']]))
    const file = open(next)
    const lengths = [0, 1].map((revision) => {
      const stream = file.objectAt(pdfReference(51), revision)
      return stream.kind === 'stream' && stream.body.at === 'file' ? stream.body.lengthBytes : undefined
    })
    expect(lengths).toEqual([3, 6])
  })
})

describe('what is wrong in the file', () => {
  const base = makePdf()
  const start = /startxref\n(\d+)/.exec(base.toString('latin1'))?.[1] ?? ''

  test.each([
    ['no bytes', Buffer.alloc(0), 'NOT_A_PDF'],
    ['a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 'NOT_A_PDF'],
    ['a header behind 1024 bytes', Buffer.concat([Buffer.alloc(1100, 0x20), base]), 'NOT_A_PDF'],
    ['no startxref', base.subarray(0, base.length - 60), 'PDF_DAMAGED startxref'],
    [
      'startxref to nowhere',
      patch(base, `startxref\n${start}`, 'startxref\n9999999'),
      'PDF_DAMAGED offset outside file',
    ],
    [
      'startxref to another place',
      patch(base, `startxref\n${start}`, 'startxref\n15'),
      'PDF_DAMAGED cross-reference stream expected',
    ],
    ['no root', patch(base, '/Root 1 0 R', ''), 'PDF_DAMAGED /Root'],
    ['a root that is no dictionary', patch(base, '/Root 1 0 R', '/Root 9 0 R'), 'PDF_DAMAGED catalog'],
    ['a catalog without pages', patch(base, '/Pages 2 0 R', ''), 'PDF_DAMAGED /Pages'],
    ['an object at a wrong offset', edit(base, '1 0 obj', '  1 0 obj  '), 'PDF_DAMAGED'],
  ])('%s: a coded error', (_name, bytes, expected) => {
    expect(codeOf(() => open(bytes))).toMatch(new RegExp(`^${expected}`))
  })

  test('a /Prev that leads back is refused, not followed for ever', () => {
    const looped = edit(base, '/Size 12', `/Prev ${start} /Size 12`)
    expect(codeOf(() => open(looped))).toBe('PDF_DAMAGED /Prev loop')
  })

  test('more than 4096 sections are refused', () => {
    let bytes: Buffer = base
    const parts: Buffer[] = [base]
    let previous = Number(start)
    let length = base.length
    for (let count = 0; count < 4096; count += 1) {
      const section = `xref\n0 0\ntrailer\n<</Size 12 /Root 1 0 R /Prev ${previous}>>\nstartxref\n${length}\n%%EOF\n`
      parts.push(Buffer.from(section))
      previous = length
      length += section.length
    }
    bytes = Buffer.concat(parts)
    expect(codeOf(() => open(bytes))).toBe('PDF_TOO_LARGE xref sections')
  })

  test('arrays nested deeper than 64 are refused', () => {
    const deep = makePdf({ more: new Map([[50, `${'['.repeat(65)}${']'.repeat(65)}`]]) })
    const fine = makePdf({ more: new Map([[50, `${'['.repeat(64)}${']'.repeat(64)}`]]) })
    expect(codeOf(() => open(deep).resolve(pdfReference(50)))).toBe('PDF_TOO_LARGE')
    expect(codeOf(() => open(fine).resolve(pdfReference(50)))).toBe('no error')
  })

  test('object numbers beyond the limit are refused', () => {
    expect(codeOf(() => open(edit(base, 'xref\n0 12', 'xref\n8388600 12')))).toBe('PDF_TOO_LARGE objects')
  })

  test('references that run in a circle are refused', () => {
    const circle = makePdf({
      more: new Map([
        [50, '51 0 R'],
        [51, '50 0 R'],
      ]),
    })
    expect(codeOf(() => open(circle).resolve(pdfReference(50)))).toBe('PDF_DAMAGED reference loop')
  })

  test('a stream whose length is itself is refused', () => {
    const circle = makePdf({ more: new Map([[50, '<</Length 50 0 R>>\nstream\nABC\nendstream']]) })
    expect(codeOf(() => open(circle).resolve(pdfReference(50)))).toBe('PDF_DAMAGED reference loop')
  })

  test('a page tree that contains itself is refused', () => {
    const circle = patch(base, `/Kids [${FIRST_PAGE} 0 R]`, '/Kids [2 0 R]')
    expect(codeOf(() => [...open(circle).pages()])).toBe('PDF_DAMAGED page tree loop')
  })

  test('a decoded stream over the limit is refused', () => {
    const file = open(makePdf({ kind: 'object-streams' }))
    const container = file.resolve(pdfReference(12))
    if (container.kind !== 'stream') throw new Error('No object stream where it was expected')
    expect(codeOf(() => file.decodeStream(container, 10))).toBe('PDF_TOO_LARGE decoded stream')
  })

  test('a stream whose length is wrong is refused when it is decoded', () => {
    const wrong = patch(base, '/Length 37', '/Length 21')
    const file = open(wrong)
    const content = file.resolve(pdfReference(FIRST_PAGE + 1))
    expect(content.kind === 'stream' ? codeOf(() => file.decodeStream(content)) : content.kind).toBe(
      'PDF_DAMAGED stream length',
    )
  })
})

describe('what is odd and tolerated', () => {
  const base = makePdf()
  const notesOf = (bytes: Uint8Array): readonly string[] => open(bytes).notes.map((note) => note.code)

  test('table entries of 19 bytes are read and noted', () => {
    const text = base.toString('latin1').replace(/(\d{10} \d{5} [nf]) \n/g, '$1\n')
    const file = open(Buffer.from(text, 'latin1'))
    expect(file.notes.map((note) => note.code)).toEqual(['XREF_ODD_ENTRIES'])
    expect([...file.pages()].length).toBe(1)
  })

  test('CR LF line ends everywhere are read without a note', () => {
    const file = open(makePdf({ eol: '\r\n', pages: 2 }))
    expect([file.notes, [...file.pages()].length]).toEqual([[], 2])
  })

  test('white space where startxref points is noted', () => {
    expect(notesOf(edit(base, '\nxref\n', '\n\n\nxref\n'))).toEqual(['XREF_OFFSET_OFF'])
  })

  test('bytes after the end are noted, white space is not', () => {
    expect(notesOf(Buffer.concat([base, Buffer.from('\r\n  \n')]))).toEqual([])
    expect(notesOf(Buffer.concat([base, Buffer.from('<html>')]))).toEqual(['BYTES_AFTER_EOF'])
  })

  test('a missing end marker is noted', () => {
    expect(notesOf(base.subarray(0, base.length - 6))).toEqual(['EOF_MARKER_MISSING'])
  })

  test('bytes before the header are noted when offsets count from the start of the file', () => {
    const shifted = base.toString('latin1').replace(/^%PDF-1\.7\n%..../, 'X%PDF-1.7\n%...')
    expect(notesOf(Buffer.from(shifted, 'latin1'))).toEqual(['HEADER_NOT_AT_START'])
  })

  test('a page that is listed twice is two pages', () => {
    const file = open(makePdf({ more: new Map([[2, '<</Type /Pages /Count 2 /Kids [10 0 R 10 0 R]>>']]) }))
    expect([...file.pages()].map((page) => page.index)).toEqual([0, 1])
  })

  test('a key written twice keeps the last value and is told', () => {
    const file = open(makePdf({ more: new Map([[50, '<</A 1 /B 2 /A 3>>']]) }))
    const object = asDictionary(file.resolve(pdfReference(50)))
    expect([object?.entries.get('A'), object?.duplicateKeys]).toEqual([
      { kind: 'number', value: 3, text: '3' },
      ['A'],
    ])
  })

  test('an object number listed twice in one section is found', () => {
    const section = open(edit(base, 'trailer', '3 1\n0000000015 00000 n \ntrailer')).sections[0]
    expect(section && duplicateNumbers(section.entries)).toEqual([3])
  })

  test('an encrypted file opens for its structure and says so', () => {
    const file = open(edit(base, '/Size 12', '/Encrypt 3 0 R /Size 12'))
    expect([file.isEncrypted, file.catalogReference.objectNumber]).toEqual([true, CATALOG])
  })

  test('the version is the later of header and catalog', () => {
    expect(open(makePdf({ version: '1.4', catalog: '/Version /1.7' })).version).toBe('1.7')
    expect(open(makePdf({ version: '2.0', catalog: '/Version /1.7' })).version).toBe('2.0')
  })
})

describe('laziness', () => {
  test('opening a large file and finding its first page reads a small part of it', () => {
    const more = new Map(
      Array.from(
        { length: 200 },
        (_, index) => [100 + index, { dictionary: '', data: Buffer.alloc(50_000, 65) }] as const,
      ),
    )
    const bytes = makePdf({ more })
    let readBytes = 0
    const inner = memorySource(bytes)
    const source = {
      ...inner,
      read: (offset: number, length: number) => {
        readBytes += length
        return inner.read(offset, length)
      },
    }
    const file = openPdf(source)
    for (const page of file.pages()) expect(page.index).toBe(0)
    expect(bytes.length).toBeGreaterThan(10_000_000)
    expect(readBytes).toBeLessThan(120_000)
  })
})
