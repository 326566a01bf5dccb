/**
 * Looks into PDFs ahead of the one that is being stored: the worker thread reads the next file while the database takes this
 * one. A file no program can read, or not in time, is a refused line and never the end of the import.
 */
import { ArchiveError } from '../../core/archive/errors.ts'
import type { ImportFile } from '../../core/archive/tables/import-files.ts'
import { describeError } from '../dispatch.ts'
import { readWholeFile } from '../documents/read-whole-file.ts'
import type { Office } from '../office.ts'
import type { ExaminedImport } from '../work/examine-import.ts'
import { TaskError } from '../work/thread-pool.ts'
import { openWorkPool, type WorkPool } from '../work/work-pool.ts'
import type { Planned } from './import-plan.ts'

export type Examiner = {
  /** undefined: cancelled. Never rejects with what a file may cause. */
  readonly examine: (file: ImportFile) => Promise<ExaminedImport | undefined>
  readonly close: () => Promise<void>
}

/** Beyond it a file hangs; the thread is ended with it. */
const TIME_LIMIT_MS = 120_000

/** A thread of its own, so that signing and certificates do not wait behind ten thousand scans. */
export function createExaminer(office: Office, signal: AbortSignal): Examiner {
  const pool = openWorkPool(office.logger, 1)
  let before: Promise<unknown> = Promise.resolve()
  const examineNext: Examiner['examine'] = (file) => {
    const next = examine(office, pool, file, { signal, turn: before })
    before = next.then(
      () => undefined,
      () => undefined, // Told to whoever asked for it.
    )
    return next
  }
  return { examine: examineNext, close: () => pool.close() }
}

async function examine(
  office: Office,
  pool: WorkPool,
  { file }: ImportFile,
  { signal: cancelled, turn }: { readonly signal: AbortSignal; readonly turn: Promise<unknown> },
): Promise<ExaminedImport | undefined> {
  try {
    const bytes = await readWholeFile(office.archive.vault, file.fileId)
    const input = { bytes, anchors: office.services.anchors(), nowEpochMs: office.clock.now() }
    // Its time begins when the thread is free: a file before it that hangs is not its fault.
    await turn
    const signal = AbortSignal.any([cancelled, AbortSignal.timeout(TIME_LIMIT_MS)])
    const transfer = bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []
    const answer = await pool.runTask('examine-import', input, { signal, transfer })
    if (answer.ok) return answer.value
    if (cancelled.aborted) return undefined
    const isSlow = answer.error.code === 'TASK_CANCELLED'
    return { problem: isSlow ? 'READING_TOO_SLOW' : 'READING_FAILED', verdict: null }
  } catch (error) {
    if (error instanceof ArchiveError && ['FILE_DAMAGED', 'FILE_NOT_FOUND'].includes(error.code))
      return { problem: 'FILE_DAMAGED', verdict: null }
    if (!(error instanceof TaskError)) throw error
    office.logger.warn('import.file-unreadable', { detail: describeError(error) })
    return { problem: 'READING_FAILED', verdict: null }
  }
}

export type Ahead = { readonly planned: Planned; readonly examined: Promise<Settled> | undefined }
/** A promise that waits in a queue must not reject before somebody looks at it. */
type Settled = { readonly value: ExaminedImport | undefined } | { readonly error: unknown }

/** Files of this size are not read ahead: two of them in memory are enough. */
const LARGE_BYTES = 20 * 1024 * 1024

/** Lines in order, each with its examination under way; one line further than the one that is handed out. */
export async function* examineAhead(
  lines: Iterable<Planned>,
  wanted: (planned: Planned) => ImportFile | undefined,
  examiner: Examiner,
): AsyncGenerator<Ahead> {
  let before: Ahead | undefined
  for (const planned of lines) {
    const file = wanted(planned)
    if (before !== undefined && file !== undefined && file.file.sizeBytes > LARGE_BYTES) {
      yield before
      before = undefined
    }
    const examined = file === undefined ? undefined : settled(examiner.examine(file))
    if (before !== undefined) yield before
    before = { planned, examined }
  }
  if (before !== undefined) yield before
}

async function settled(work: Promise<ExaminedImport | undefined>): Promise<Settled> {
  try {
    return { value: await work }
  } catch (error) {
    return { error }
  }
}

export async function settledValue(examined: Promise<Settled>): Promise<ExaminedImport | undefined> {
  const outcome = await examined
  if ('error' in outcome) throw outcome.error
  return outcome.value
}
