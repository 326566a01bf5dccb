/**
 * L24: files whose evidence would lapse before their retention ends. A file is covered when its newest timestamp reaches to
 * the end of its retention, or when the unattended renewal can still carry it on.
 */
import type { LapsingEvidence } from '../../../shared/bridge/archive.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { readCase } from '../../core/archive/tables/cases.ts'
import { readDocument } from '../../core/archive/tables/documents.ts'
import { countDueRenewals, listDueRenewals } from '../../core/archive/tables/evidence.ts'
import { countUnstampedFiles, listUnstampedFiles } from '../../core/archive/tables/received-files.ts'
import { mayRead, type Viewer } from '../../core/archive/tables/viewer.ts'
import type { Office } from '../office.ts'
import { readSettings } from '../settings/read-settings.ts'

/** Counted up to this many of each kind. */
const MOST_COUNTED = 1_000
/** Renewal runs from a year before the end; what still hangs this close to it will not mend itself. */
const LATE_MS = 60 * 24 * 60 * 60_000

export function countLapsing(office: Office): number {
  const lapsing = countDueRenewals(office.archive.db, horizonOf(office), MOST_COUNTED)
  const bare = countUnstampedFiles(office.archive.db)
    .filter(({ role }) => role === 'sign')
    .reduce((sum, { count }) => sum + count, 0)
  return lapsing + Math.min(bare, MOST_COUNTED)
}

/** The first of them, those that lapse soonest in front, with what hinders each; only what the viewer may see. */
export function listLapsing(office: Office, viewer: Viewer, limit: number): LapsingEvidence[] {
  const { db } = office.archive
  const reason = isRenewalOff(office) ? 'RENEWAL_OFF' : 'RENEWAL_LATE'
  const late = listDueRenewals(db, horizonOf(office), limit).map((row) => ({ ...row, reason }) as const)
  const bare = bareFiles(office).map(
    ({ caseId, documentId }) => ({ caseId, documentId, until: null, reason: 'NO_TIMESTAMP' }) as const,
  )
  return [...late, ...bare]
    .filter(({ caseId }) => mayRead(db, viewer, caseId))
    .slice(0, limit)
    .flatMap(({ caseId, documentId, until, reason: why }) => {
      const found = readCase(db, caseId)
      const title = readDocument(db, documentId)?.title
      if (found === undefined || title === undefined) return []
      const { retentionEndsOn } = found
      return [{ caseId, documentId, caseTitle: found.title, title, until, retentionEndsOn, reason: why }]
    })
}

/** A signed contract taken in without a timestamp hangs on its signers' certificates, and no renewal knows it. */
function bareFiles(office: Office) {
  return listUnstampedFiles(office.archive.db, MOST_COUNTED, ['sign'])
}

function horizonOf(office: Office): EpochMs {
  return (isRenewalOff(office) ? Number.MAX_SAFE_INTEGER : office.clock.now() + LATE_MS) as EpochMs
}

/** Without the way to a TSA nothing is renewed. */
function isRenewalOff(office: Office): boolean {
  const { tsa, network } = readSettings(office.archive.db)
  return tsa.mode === 'server' && !network.timestamp
}
