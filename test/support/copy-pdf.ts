/** A 写し of whole files as the program makes it, and how it looks to an outside judge. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memorySource } from '../../electron/core/kit/byte-source.ts'
import { makeCopyFrame } from '../../electron/core/pages/copy-frame.ts'
import { copyPages } from '../../electron/core/signing/copy/copy-pages.ts'
import {
  measurePages,
  openCopySource,
  type PageMeasure,
} from '../../electron/core/signing/copy/copy-source.ts'
import type { EpochMs } from '../../shared/model/brand.ts'
import { askJudge } from './outside-judges.ts'

const at = Date.parse('2026-04-01T15:00:00+09:00') as EpochMs

/** All pages of the files, without a cover. */
export async function copyOf(...files: readonly Uint8Array[]): Promise<Buffer> {
  const measures: PageMeasure[][] = []
  for (const file of files) measures.push(await measurePages(await openCopySource(memorySource(file))))
  const frame = await makeCopyFrame({
    title: '写し',
    author: '扶桑町',
    createdAt: at,
    parts: measures.map((pages, index) => ({ kind: 'pages', label: `文書${index + 1}`, pages })),
  })
  const parts = files.map((file, index) => ({
    open: () => memorySource(file),
    pages: (measures[index] ?? []).map((_page, page) => ({
      index: page,
      mark: (frame.places[index]?.first ?? 0) + page,
    })),
    bookmark: `文書${index + 1}`,
  }))
  const pieces: Uint8Array[] = []
  const info = { title: '写し', author: '扶桑町', createdAtEpochMs: at }
  for await (const piece of copyPages(frame.bytes, parts, { info })) pieces.push(piece)
  return Buffer.concat(pieces)
}

export function savedPdf(bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'desk-copy-')), 'copy.pdf')
  writeFileSync(path, bytes)
  return path
}

export type Picture = { readonly width: number; readonly height: number; readonly gray: Uint8Array }

/** What is seen of the first pages, drawn by poppler with 40 dots an inch. */
export function pictures(bytes: Uint8Array, pages = 12): Picture[] {
  const path = savedPdf(bytes)
  const folder = join(path, '..')
  askJudge('pdftoppm', ['-r', '40', '-gray', '-cropbox', '-l', String(pages), path, join(folder, 'page')])
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pgm'))
    .sort()
    .map((name) => {
      const file = readFileSync(join(folder, name))
      const [, width = 0, height = 0] = (
        /^P5\s(\d+) (\d+)\s255\s/.exec(file.toString('latin1', 0, 40)) ?? []
      ).map(Number)
      return { width, height, gray: file.subarray(file.length - width * height) }
    })
}

/** How many dots differ inside the margins, where no mark is. */
export function differingDots(left: Picture, right: Picture): number {
  if (left.width !== right.width || left.height !== right.height) return Number.POSITIVE_INFINITY
  const margin = Math.ceil(left.height * 0.05)
  let count = 0
  for (let at = margin * left.width; at < left.gray.length - margin * left.width; at += 1)
    if (Math.abs((left.gray[at] ?? 0) - (right.gray[at] ?? 0)) > 40) count += 1
  return count
}
