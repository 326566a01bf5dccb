/** B-LTA: validation data newer than the signatures, then the archive timestamp, on every signed file of a case. */
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { requireCase } from '../../core/archive/tables/cases.ts'
import {
  addVersion,
  fileOfVersion,
  listDocuments,
  requireDocument,
} from '../../core/archive/tables/documents.ts'
import { readEvidence, writeEvidence } from '../../core/archive/tables/evidence.ts'
import { appendedSource, type ByteSource } from '../../core/kit/byte-source.ts'
import { type CollectorWithClock, collectorFor } from '../../core/signing/add-validation-data.ts'
import { renew } from '../../core/signing/renew.ts'
import { verifyPdf } from '../../core/signing/verify/verify-pdf.ts'
import { settleCase } from '../cases/case-facts.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { CodedFailure } from './failure-codes.ts'
import { preserveJob } from './job-kinds.ts'
import { type JobOutcome, jobHandler } from './runner.ts'

/** Files that carry signatures: the contract itself and its certificate. */
const SIGNED_ROLES: readonly CaseDocument['role'][] = ['sign', 'certificate']

export const preserveHandler = jobHandler(preserveJob, (office, { caseId }) =>
  office.caseLocks.withCase(caseId, async () => {
    if (requireCase(office.archive.db, caseId).state !== 'concluded') return 'done'
    const collector = collectorFor(office.services.validation())
    let later: JobOutcome = 'done'
    for (const document of listDocuments(office.archive.db, caseId)) {
      if (!SIGNED_ROLES.includes(document.role)) continue
      if (readEvidence(office.archive.db, document.current.id)?.level === 'B-LTA') continue
      const outcome = await preserveDocument(office, document, collector)
      if (outcome !== 'done') later = outcome
    }
    return later
  }),
)

/** Adds data and timestamp to one document, as one new version. Also used for renewal. */
export async function preserveDocument(
  office: Office,
  document: CaseDocument,
  collector: CollectorWithClock,
): Promise<JobOutcome> {
  const { archive, clock } = office
  const source = archive.vault.open(fileOfVersion(archive.db, document.current.id).fileId)
  try {
    const renewal = await renew(source, {
      validation: collector,
      authority: office.services.timestampAuthority(),
      requireComplete: !lapsesSoon(office, document),
    })
    if (renewal.waitUntilMs !== undefined)
      return { later: renewal.waitUntilMs as EpochMs, code: 'WAITING_FOR_REVOCATION_DATA' }
    if (renewal.appended.length === 0)
      throw new CodedFailure('VALIDATION_DATA_MISSING', { count: renewal.missing.length })
    const preserved = appendedSource(source, source.sizeBytes, renewal.appended)
    await requireStillValid(office, preserved)
    const file = await archive.vault.put(preserved)
    archive.transaction((db) => {
      if (requireDocument(db, document.id).current.id !== document.current.id)
        throw new Error('The document got another version meanwhile')
      const change = changeBySystem(clock.now())
      const version = addVersion(db, document.id, { file, reason: 'archive-timestamp' }, change)
      const until = renewal.evidenceUntilMs
      writeEvidence(db, version.id, {
        level: 'B-LTA',
        until: until === undefined ? null : (until as EpochMs),
      })
      record(db, change, 'document.preserved', {
        caseId: document.caseId,
        data: {
          document: document.title,
          sha256: file.sha256,
          until: until ?? null,
          missing: renewal.missing.length,
        },
      })
      settleCase(db, document.caseId, change)
    })
    announceCase(office, document.caseId)
    return 'done'
  } finally {
    source.close()
  }
}

const SOON_MS = 60 * 24 * 3600_000

/** Near the end of its evidence a file gets its timestamp even when some data cannot be had: late is worse than incomplete. */
function lapsesSoon(office: Office, document: CaseDocument): boolean {
  const until = readEvidence(office.archive.db, document.current.id)?.until ?? null
  return until !== null && until - office.clock.now() < SOON_MS
}

/** What long-term data and a timestamp would make of the file is judged before it takes the place of a good version (L4). */
async function requireStillValid(office: Office, preserved: ByteSource): Promise<void> {
  const { verdict } = await verifyPdf(preserved, {
    anchors: office.services.anchors(),
    at: new Date(office.clock.now()),
  })
  if (!['valid', 'valid-with-permitted-changes', 'unknown-signer'].includes(verdict))
    throw new CodedFailure('SIGNATURE_NOT_VALID', { verdict })
}
