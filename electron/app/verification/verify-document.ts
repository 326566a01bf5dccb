import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { DocumentId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import { appendedSource, memorySource } from '../../core/kit/byte-source.ts'
import { verifyPdf } from '../../core/signing/verify/verify-pdf.ts'
import { NOT_FOUND } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { visibleDocument } from '../documents/change-document.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { workDone } from '../work/work-done.ts'
import { type Verified, verifyVersion } from './verify-version.ts'

/** 署名パネル of a stored document. */
export async function verifyDocument(
  office: Office,
  input: InputOf<typeof bridge.verification.document>,
  context: Context,
) {
  const seen = visibleDocument(office, context, input.documentId)
  if (seen === undefined) return NOT_FOUND
  const versionId = input.versionId ?? seen.document.current.id
  if (!seen.document.versions.some((version) => version.id === versionId)) return NOT_FOUND
  return orDamaged(() => verifyVersion(office, { documentId: input.documentId, versionId }))
}

/** Any PDF a person drops in; it is shown from the upload and not kept. */
export async function verifyFile(office: Office, input: { readonly uploadId: string }, context: Context) {
  const upload = office.uploads.find(context.connection, input.uploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  const source = office.archive.vault.open(upload.file.fileId)
  try {
    const report = await verifyPdf(source, {
      anchors: office.services.anchors(),
      at: new Date(office.clock.now()),
    })
    office.archive.transaction((db) =>
      record(db, changeBy(context, office.clock), 'file.verified', {
        data: { sha256: upload.file.sha256, verdict: report.verdict },
      }),
    )
    const ticket = office.tickets.issue(context.connection, {
      fileName: upload.fileName,
      contentType: 'application/pdf',
      disposition: 'inline',
      open: () => office.archive.vault.open(upload.file.fileId),
    })
    return ok({ report, verifiedAt: office.clock.now(), ticket })
  } finally {
    source.close()
  }
}

/** 署名時点の版: bytes [0, end of the signed revision), not one more. */
export async function openSignedRevision(
  office: Office,
  input: { readonly documentId: DocumentId; readonly signatureIndex: number },
  context: Context,
) {
  const seen = visibleDocument(office, context, input.documentId)
  if (seen === undefined) return NOT_FOUND
  const { document } = seen
  const verified = await orDamaged(() =>
    verifyVersion(office, { documentId: document.id, versionId: document.current.id }),
  )
  if (!verified.ok) return verified
  const signature = verified.value.report.signatures[input.signatureIndex]
  if (signature === undefined) return NOT_FOUND
  const { fileId } = fileOfVersion(office.archive.db, document.current.id)
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'document.revision-viewed', {
      caseId: document.caseId,
      data: { document: document.title, revision: signature.revision },
    }),
  )
  const ticket = office.tickets.issue(context.connection, {
    fileName: document.fileName,
    contentType: 'application/pdf',
    disposition: 'inline',
    open: () => {
      const whole = office.archive.vault.open(fileId)
      return { ...appendedSource(whole, signature.signedSizeBytes, new Uint8Array()), close: whole.close }
    },
  })
  return ok({ ticket })
}

/** 検証結果報告書 as PDF. */
export async function printVerification(
  office: Office,
  input: { readonly documentId: DocumentId },
  context: Context,
) {
  const seen = visibleDocument(office, context, input.documentId)
  if (seen === undefined) return NOT_FOUND
  const { document } = seen
  const verified = await orDamaged(() =>
    verifyVersion(office, { documentId: document.id, versionId: document.current.id }),
  )
  if (!verified.ok) return verified
  const { report, verifiedAt } = verified.value
  const bytes = workDone(
    await office.work.runTask('make-verification-report', {
      townName: readSettings(office.archive.db).town.townName,
      verifiedAt,
      verifiedBy: actorOf(context).displayName,
      files: [{ fileName: document.fileName, sha256: document.current.sha256, report }],
    }),
  )
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'verification.printed', {
      caseId: document.caseId,
      data: { document: document.title },
    }),
  )
  const ticket = office.tickets.issue(context.connection, {
    fileName: '検証結果報告書.pdf',
    contentType: 'application/pdf',
    disposition: 'inline',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}

async function orDamaged(work: () => Promise<Verified>) {
  try {
    return ok(await work())
  } catch (error) {
    if (error instanceof ArchiveError && ['FILE_DAMAGED', 'FILE_NOT_FOUND'].includes(error.code))
      return fail('FILE_DAMAGED', {})
    throw error
  }
}
