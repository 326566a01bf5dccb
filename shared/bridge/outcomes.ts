/** What came of long work over many cases or files. */
import { z } from 'zod'
import { CaseId, DocumentId, EpochMs } from '../model/brand.ts'
import { Verdict } from '../model/verification.ts'

/** What was found of a file: the verdict on its signatures, or why there is none. */
export const FileVerdict = z.enum([
  ...Verdict.options,
  'damaged', // a byte in the vault is not what was stored
  'missing', // the vault has no such file
  'disposed', // gone by a disposal, as it should be
  'not-copied', // whole, but its pages cannot be copied: print the document itself
  'kept', // was to be disposed of, but a rule forbade it at the last moment
])
export type FileVerdict = z.output<typeof FileVerdict>

export const FileFinding = z.object({
  caseId: CaseId,
  documentId: DocumentId.nullable(),
  title: z.string(),
  verdict: FileVerdict,
})
export type FileFinding = z.output<typeof FileFinding>

/** Long work over many cases: what it was, how it stands. */
export const ArchiveOutcome = z.object({
  taskId: z.string(),
  kind: z.enum(['export', 'verify-span', 'print-copies', 'dispose', 'list', 'restore-drill']),
  /** In words: a span, conditions, a title. */
  about: z.string(),
  startedAt: EpochMs,
  finishedAt: EpochMs.nullable(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  code: z.string().nullable(),
  files: z.number().int(),
  doubtful: z.number().int(),
  hasFile: z.boolean(),
})
export type ArchiveOutcome = z.output<typeof ArchiveOutcome>

/** What a restore drill found in a generation of the backup. */
export const DrillReport = z.object({
  generation: z.string(),
  cases: z.number().int(),
  files: z.number().int(),
  bytes: z.number().int(),
  logEntries: z.number().int(),
  /** Verdicts of the files' signatures, by code of the verdict. */
  verdicts: z.record(z.string(), z.number().int()),
  /** In words: what is wrong, and with which contract's document or where in the archive. */
  problems: z.array(z.object({ text: z.string(), place: z.string() })),
  ms: z.number(),
})
export type DrillReport = z.output<typeof DrillReport>
