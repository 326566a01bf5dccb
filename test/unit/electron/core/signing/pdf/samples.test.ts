/** Real municipal PDFs, where the folder with them lies beside the repository. They are not ours to copy. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { makeAppearance } from '../../../../../../electron/core/signing/pdf/appearance.ts'
import { appendDss } from '../../../../../../electron/core/signing/pdf/dss.ts'
import { layOutSignatureFields } from '../../../../../../electron/core/signing/pdf/field-layout.ts'
import { preflight } from '../../../../../../electron/core/signing/pdf/preflight.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { repair } from '../../../../../../electron/core/signing/pdf/repair.ts'
import { listSignatureFields } from '../../../../../../electron/core/signing/pdf/signature-fields.ts'
import { bundledStampFont } from '../../../../../../electron/core/signing/pdf/stamp-font.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { append, qpdfComplaint, textOf, withSignature } from './judged.ts'

const FOLDER = fileURLToPath(new URL('../../../../../../../shared/samples/', import.meta.url))
const NAMES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.pdf')) : []
const hasJudges = hasJudge('qpdf') && hasJudge('pdftotext')

describe.skipIf(NAMES.length === 0 || !hasJudges)('a real PDF', () => {
  test.each(NAMES)(
    '%s takes fields, three signatures and validation data, and keeps its text',
    async (name) => {
      const base = readFileSync(join(FOLDER, name))
      const rect = { left: 60, bottom: 60, right: 240, top: 110 }
      const laid = append(
        base,
        layOutSignatureFields(memorySource(base), [
          { name: '相手方', rect },
          { name: '町', rect: { ...rect, left: 260, right: 440 } },
          { name: '予備' },
        ]),
      )
      const appearance = makeAppearance(
        { lines: ['電子署名', '髙橋 﨑 𠮷 ㈱'], hasFrame: true },
        bundledStampFont(),
      )
      const first = await withSignature(laid, { fieldName: '町', certify: 2, appearance })
      const second = await withSignature(first, { fieldName: '相手方', appearance })
      const appended = appendDss(memorySource(second), {
        certificates: [Buffer.from('c')],
        ocsps: [],
        crls: [],
      })
      const bytes = await withSignature(append(second, appended))
      const file = openPdf(memorySource(bytes))
      expect(qpdfComplaint(bytes)).toBe('')
      expect(file.notes).toEqual([])
      expect(listSignatureFields(file).map((field) => [field.name, field.isSigned])).toEqual([
        ['相手方', true],
        ['町', true],
        ['予備', false],
        ['署名1', true],
      ])
      // What the stamps say is on page 1; every other page reads as before.
      const pagesOf = (text: string): readonly string[] => text.split('\f').slice(1)
      expect(pagesOf(textOf(bytes))).toEqual(pagesOf(textOf(base)))
      expect(bytes.subarray(0, base.length).equals(base)).toBe(true)
    },
    60_000,
  )

  test.each(NAMES)(
    '%s passes preflight, and repair rewrites it with the same text',
    async (name) => {
      const base = readFileSync(join(FOLDER, name))
      expect((await preflight(memorySource(base))).canSend).toBe(true)
      const clean = await repair(base)
      expect(qpdfComplaint(clean)).toBe('')
      expect(textOf(clean)).toBe(textOf(base))
    },
    60_000,
  )
})
