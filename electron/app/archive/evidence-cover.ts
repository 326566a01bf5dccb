/**
 * L24: how many files' evidence would lapse before their retention ends. A file is covered when its newest timestamp
 * reaches to the end of its retention, or when the unattended renewal can still carry it on.
 */
import type { EpochMs } from '../../../shared/model/brand.ts'
import { listDueRenewals } from '../../core/archive/tables/evidence.ts'
import { listUnstampedFiles } from '../../core/archive/tables/received-files.ts'
import type { Office } from '../office.ts'
import { readSettings } from '../settings/read-settings.ts'

const LIMIT = 1_000_000
/** Renewal runs from a year before the end; what still hangs this close to it will not mend itself. */
const LATE_MS = 60 * 24 * 60 * 60_000

export function countLapsing(office: Office): number {
  const { db } = office.archive
  const now = office.clock.now()
  const horizon = isRenewalOff(office) ? Number.MAX_SAFE_INTEGER : now + LATE_MS
  const lapsing = listDueRenewals(db, horizon as EpochMs, LIMIT).length
  // A signed contract taken in without a timestamp hangs on its signers' certificates, and no renewal knows it.
  const bare = listUnstampedFiles(db).filter((file) => file.role === 'sign').length
  return lapsing + bare
}

/** Without the way to a TSA nothing is renewed. */
function isRenewalOff(office: Office): boolean {
  const { tsa, network } = readSettings(office.archive.db)
  return tsa.mode === 'server' && !network.timestamp
}
