/** 復旧の練習 in a thread of its own: restoring, integrity check and verification would hold the window for minutes. */
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DrillReport } from '../../../shared/bridge/outcomes.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { checkArchive } from '../../core/archive/check-archive.ts'
import { keyslotsPath, type OpeningKey, openKeyslots } from '../../core/archive/keyslots.ts'
import { openArchive } from '../../core/archive/open.ts'
import { restoreGeneration } from '../../core/archive/restore.ts'
import { checkLog } from '../../core/audit/log.ts'
import type { Clock } from '../../core/kit/clock.ts'
import { verifyPdf } from '../../core/signing/verify/verify-pdf.ts'
import { problemPlace, problemText } from '../archive/check-words.ts'
import { isTokenOver } from '../audit/log-token.ts'
import type { WorkTask } from './messages.ts'

export type RestoreDrillInput = {
  readonly target: string
  readonly generation: string
  /** Two empty or missing folders; the caller removes both afterwards. */
  readonly scratch: { readonly keys: string; readonly archive: string }
  readonly key: OpeningKey
  readonly anchors: readonly Uint8Array[]
  readonly nowEpochMs: EpochMs
}

/** @throws ArchiveError (code) WRONG_SECRET | BACKUP_DAMAGED | DATABASE_DAMAGED | DISK_FULL … */
export const restoreDrillTask: WorkTask<RestoreDrillInput, DrillReport> = async (input, control) => {
  const { target, generation, anchors, scratch } = input
  const clock: Clock = { now: () => input.nowEpochMs }
  const at = new Date(input.nowEpochMs)
  // A wrong password is said before hours of copying; on a copy, because a wrong attempt is counted in the file.
  await mkdir(scratch.keys, { recursive: true, mode: 0o700 })
  await copyFile(keyslotsPath(join(target, 'generations', generation)), keyslotsPath(scratch.keys))
  const { key } = input
  const master = await openKeyslots(scratch.keys, key, clock)
  master.wipe()
  await restoreGeneration({ target, generation }, scratch.archive, { signal: control.signal })
  const archive = await openArchive({ folder: scratch.archive, clock }, key)
  const verdicts: Record<string, number> = {}
  try {
    const check = await checkArchive(archive, {
      checkLog: (db) => checkLog(db, isTokenOver),
      checkFile: async ({ source }) => {
        const { verdict } = await verifyPdf(source, { anchors, at })
        verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
        return verdict === 'broken' || verdict === 'changed' ? [`SIGNATURE_${verdict.toUpperCase()}`] : []
      },
      onProgress: control.onProgress,
      signal: control.signal,
    })
    const { cases, files, bytes, logEntries, ms } = check
    const problems = check.problems.map((problem) => ({
      text: problemText(problem),
      place: problemPlace(problem),
    }))
    return { generation, verdicts, cases, files, bytes, logEntries, problems, ms }
  } finally {
    archive.close()
  }
}
