/** One PDF of an import: signatures, then text. Both from one copy of its bytes, in a thread of its own. */

import type { EpochMs } from '../../../shared/model/brand.ts'
import type { Verdict } from '../../../shared/model/verification.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { extractText } from '../../core/pages/extract-text.ts'
import { verifyPdf } from '../../core/signing/verify/verify-pdf.ts'
import type { ImportProblem } from '../archive/import-words.ts'
import type { WorkTask } from './messages.ts'

export type ExamineImportInput = {
  readonly bytes: Uint8Array
  readonly anchors: readonly Uint8Array[]
  readonly nowEpochMs: EpochMs
}
export type ExaminedImport =
  | {
      readonly problem: null
      /** Empty = 本文検索不可. */
      readonly pages: readonly string[]
      readonly pageCount: number
      readonly verdict: Verdict
      /** Document timestamps included. */
      readonly signatures: number
    }
  | { readonly problem: ImportProblem; readonly verdict: Verdict | null }

/** Why a file cannot be judged, by the verifier's code. */
const UNREADABLE: Readonly<Record<string, ImportProblem>> = {
  NOT_A_PDF: 'NOT_A_PDF',
  PDF_ENCRYPTED: 'ENCRYPTED_PDF',
  PDF_DAMAGED: 'DAMAGED_PDF',
  TIME_LIMIT: 'READING_TOO_SLOW',
}

/** Broken or changed signatures are not taken in: they must be looked at by a person. */
export const examineImportTask: WorkTask<ExamineImportInput, ExaminedImport> = async (input, { signal }) => {
  const { bytes, anchors, nowEpochMs } = input
  const report = await verifyPdf(memorySource(bytes), { anchors, at: new Date(nowEpochMs), signal })
  const { verdict } = report
  if (verdict === 'unreadable') {
    const [first] = report.problems.flatMap(({ code }) => UNREADABLE[code] ?? [])
    return { problem: first ?? 'SIGNATURE_UNREADABLE', verdict }
  }
  if (verdict === 'broken') return { problem: 'SIGNATURE_BROKEN', verdict }
  if (verdict === 'changed') return { problem: 'SIGNATURE_CHANGED', verdict }
  const text = await extractText(bytes)
  if (!text.ok) return { problem: text.error.code, verdict: null }
  const { pages, pageCount, searchable } = text.value
  const signatures = report.signatures.length
  return { problem: null, pages: searchable ? pages : [], pageCount, verdict, signatures }
}
