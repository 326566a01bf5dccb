import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { PDFDocument, PDFName, PDFNull, PDFString, StandardFonts } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import {
  fillApplicationForm,
  makeApplicationForm,
} from '../../../../../electron/core/pages/application-form.ts'
import { extractText, findWordPositions } from '../../../../../electron/core/pages/extract-text.ts'
import { joinRuns } from '../../../../../electron/core/pages/text-spacing.ts'
import { askJudge, hasJudge } from '../../../../support/outside-judges.ts'

const SAMPLES = resolve('..', 'shared', 'samples')
const sample = (name: string) => readFileSync(join(SAMPLES, name))

async function englishPages(texts: readonly string[]): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.Helvetica)
  for (const text of texts) document.addPage([595, 842]).drawText(text, { x: 100, y: 700, size: 20, font })
  return document.save()
}

describe('extractText', () => {
  it('gives one text per page', async () => {
    const result = await extractText(await englishPages(['first page', 'second page']))
    expect(result).toEqual({
      ok: true,
      value: {
        pageCount: 2,
        pages: ['first page', 'second page'],
        searchable: true,
        pagesLeft: 0,
        damagedPages: [],
        stoppedBy: null,
      },
    })
  })

  it('stops at the page limit and says what is left', async () => {
    const result = await extractText(await englishPages(['a1', 'b2', 'c3']), { maxPages: 2 })
    expect(result).toMatchObject({
      ok: true,
      value: { pages: ['a1', 'b2'], pagesLeft: 1, stoppedBy: 'PAGE_LIMIT' },
    })
  })

  it('stops at the time limit', async () => {
    const result = await extractText(await englishPages(['a1', 'b2']), { timeLimitMs: -1 })
    expect(result).toMatchObject({
      ok: true,
      value: { pages: [], pagesLeft: 2, stoppedBy: 'TIME_LIMIT', searchable: false },
    })
  })

  it('calls a file without text not searchable', async () => {
    const document = await PDFDocument.create()
    document.addPage().drawRectangle({ x: 10, y: 10, width: 50, height: 50 })
    expect(await extractText(await document.save())).toMatchObject({ ok: true, value: { searchable: false } })
  })

  it('refuses what is no PDF', async () => {
    expect(await extractText(Buffer.from('<html>'))).toEqual({
      ok: false,
      error: { code: 'NOT_A_PDF', data: null },
    })
  })

  it('keeps what it could read when a page is damaged, and names the page', async () => {
    const document = await PDFDocument.load(await englishPages(['a1', 'b2', 'c3']))
    document.context.assign(document.getPage(1).ref, PDFNull)
    const result = await extractText(await document.save())
    expect(result).toMatchObject({ ok: true, value: { pages: ['a1', ''], damagedPages: [2] } })
  })

  it.skipIf(!hasJudge('qpdf'))(
    'asks for no password when none is needed to open, and says so when one is',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'locked-'))
      const plain = join(folder, 'plain.pdf')
      writeFileSync(plain, await englishPages(['secret text']))
      const lock = (password: string) => {
        const out = join(folder, `locked-${password.length}.pdf`)
        askJudge('qpdf', ['--encrypt', password, 'owner', '256', '--', plain, out])
        return readFileSync(out)
      }
      expect(await extractText(lock('user'))).toEqual({
        ok: false,
        error: { code: 'ENCRYPTED_PDF', data: null },
      })
      expect(await extractText(lock(''))).toMatchObject({ ok: true, value: { pages: ['secret text'] } })
    },
  )

  it('reads Japanese whose font is not embedded, through the predefined CMaps', async () => {
    const document = await PDFDocument.create()
    const page = document.addPage([595, 842])
    const { context } = document
    const descendant = {
      Type: 'Font',
      Subtype: 'CIDFontType0',
      BaseFont: 'Ryumin-Light',
      CIDSystemInfo: { Registry: PDFString.of('Adobe'), Ordering: PDFString.of('Japan1'), Supplement: 2 },
    }
    const font = context.obj({
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: 'Ryumin-Light-90ms-RKSJ-H',
      Encoding: '90ms-RKSJ-H',
      DescendantFonts: [context.register(context.obj(descendant))],
    })
    page.node.setFontDictionary(PDFName.of('F1'), context.register(font))
    const content = context.stream('BT /F1 12 Tf 100 700 Td <8c5f96f18f91> Tj ET') // 契約書 in Shift_JIS
    page.node.set(PDFName.of('Contents'), context.register(content))
    const bytes = await document.save()
    expect(await extractText(bytes)).toMatchObject({ ok: true, value: { pages: ['契約書'] } })
  })

  it('leaves the caller his bytes', async () => {
    const bytes = await englishPages(['kept'])
    const before = Buffer.from(bytes)
    await extractText(bytes)
    expect(before.equals(Buffer.from(bytes))).toBe(true)
  })

  it('runs in a worker thread', async () => {
    const source = new URL('../../../../../electron/core/pages/extract-text.ts', import.meta.url).href
    const code = `const { parentPort, workerData } = require('node:worker_threads');
      import(${JSON.stringify(source)}).then((m) => m.extractText(workerData)).then((r) => parentPort.postMessage(r))`
    const worker = new Worker(code, { eval: true, workerData: await englishPages(['from a worker']) })
    const answer = await new Promise((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    )
    await worker.terminate()
    expect(answer).toMatchObject({ ok: true, value: { pages: ['from a worker'] } })
  })

  it.skipIf(!existsSync(SAMPLES))(
    'reads a justified Word file without the gaps between its letters',
    async () => {
      const result = await extractText(sample('word2016-hybrid-xref-51p.pdf'), { maxPages: 1 })
      expect(result.ok && result.value.pages[0]).toContain('令和７年度南国市一般会計補正予算')
      expect(result.ok && result.value.pages[0]).toContain('1,192,893千円を追加し、')
      expect(result.ok && result.value.pages[0]).toContain('南国市長 平山 耕三')
    },
  )
})

describe('joinRuns', () => {
  const run = (str: string, width = 10) => ({ str, width, height: 10, hasEOL: false })

  it('keeps the blanks of western text and of numbers side by side', () => {
    expect(joinRuns([run('Section 10 20'), run(' ', 3), run('pages')])).toBe('Section 10 20 pages')
  })

  it('closes narrow gaps beside Japanese letters and keeps wide ones', () => {
    expect(joinRuns([run('町 長'), run(' ', 4), run('山'), run(' ', 24), run('太郎')])).toBe('町長山 太郎')
  })
})

describe('findWordPositions', () => {
  it('finds words written with blanks, in other widths and as ㊞', async () => {
    const form = await makeApplicationForm({
      townName: '扶桑町',
      headOfTown: '扶桑町長',
      extraNotes: ['山 田 太 郎 ㊞'],
    })
    const result = await findWordPositions(form, ['山田太郎', '印', '電子契約利用申出書', 'なし'])
    const found = result.ok ? result.value : []
    expect(found.map(({ word, page }) => `${word} ${page}`)).toEqual([
      '山田太郎 1',
      '印 1',
      '電子契約利用申出書 1',
    ])
    const title = found[2]?.rectangle ?? [0, 0, 0, 0]
    expect(title[0]).toBeCloseTo(297.6 - 81, 0)
    expect(title[2]).toBeCloseTo(162, 0)
    expect(title[1]).toBeGreaterThan(700)
    expect(title[1] + title[3]).toBeLessThan(735)
    const seal = found[1]?.rectangle ?? [0, 0, 0, 0]
    const name = found[0]?.rectangle ?? [0, 0, 0, 0]
    expect(seal[0]).toBeGreaterThan(name[0] + name[2])
  })

  it('does not join letters of distant columns into a word', async () => {
    const blank = await makeApplicationForm({ townName: '扶桑町', headOfTown: '扶桑町長' })
    const form = await fillApplicationForm(blank, {})
    const result = await findWordPositions(form, ['役職氏名'])
    expect(result).toEqual({ ok: true, value: [] })
  })
})
