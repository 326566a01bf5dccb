/** Verifies one stored version and keeps the report: a version never changes, so it holds while its basis is the same. */
import type { DocumentId, EpochMs, VersionId } from '../../../shared/model/brand.ts'
import type { VerificationReport } from '../../../shared/model/verification.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import { readVerification, writeVerification } from '../../core/archive/tables/evidence.ts'
import { sha256Hex } from '../../core/kit/bytes.ts'
import { verifyPdf } from '../../core/signing/verify/verify-pdf.ts'
import type { Office } from '../office.ts'

export type Verified = { readonly report: VerificationReport; readonly verifiedAt: EpochMs }

/** A day: certificates and algorithms age, so an old report is made anew. */
const FRESH_MS = 24 * 60 * 60_000

/** @throws ArchiveError FILE_NOT_FOUND | FILE_DAMAGED | ROW_NOT_FOUND */
export async function verifyVersion(
  office: Office,
  version: { readonly documentId: DocumentId; readonly versionId: VersionId },
  signal?: AbortSignal,
): Promise<Verified> {
  const { archive, clock, services } = office
  const anchors = services.anchors()
  const basis = sha256Hex(Buffer.concat(anchors.map((anchor) => Buffer.from(sha256Hex(anchor)))))
  const known = readVerification(archive.db, version.versionId, basis)
  if (known !== undefined && clock.now() - known.verifiedAt < FRESH_MS) return known
  const source = archive.vault.open(fileOfVersion(archive.db, version.versionId).fileId)
  try {
    const report = await verifyPdf(source, {
      anchors,
      at: new Date(clock.now()),
      isAccreditedTsa: services.isAccreditedTsa,
      ...(signal === undefined ? {} : { signal }),
    })
    const result = { report, verifiedAt: clock.now() }
    archive.transaction((db) => writeVerification(db, version.versionId, basis, result))
    return result
  } finally {
    source.close()
  }
}
