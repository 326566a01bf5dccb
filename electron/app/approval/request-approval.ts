/** 決裁を依頼する: the fields enter the files now, so that what is approved is, byte for byte, what will be signed. */
import type { CaseId } from '../../../shared/model/brand.ts'
import type { CaseDocument, SignatureField } from '../../../shared/model/document.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { fail, ok } from '../../../shared/result.ts'
import { requestApproval as writeRequest } from '../../core/archive/tables/approvals.ts'
import {
  addVersion,
  fileOfVersion,
  listDocuments,
  requireDocument,
} from '../../core/archive/tables/documents.ts'
import { listSignatureFields, listSigners } from '../../core/archive/tables/signers.ts'
import type { StoredFile } from '../../core/archive/vault.ts'
import { appendedSource } from '../../core/kit/byte-source.ts'
import { layOutSignatureFields } from '../../core/signing/pdf/field-layout.ts'
import { readFacts, settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import { missingBeforeApproval } from '../cases/workflow.ts'
import type { Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { pdfFieldName } from '../seal/field-names.ts'

type Input = { readonly caseId: CaseId; readonly comment: string }
type LaidOut = { readonly document: CaseDocument; readonly file: StoredFile | undefined }

export async function requestApproval(office: Office, input: Input, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (found.state !== 'draft') return STATE_FORBIDS
  const missing = missingBeforeApproval(readFacts(office.archive.db, input.caseId))
  if (missing.length > 0) return fail('NOT_READY', { missing: [...missing] })
  const laidOut = await office.caseLocks.withCase(input.caseId, () => layOut(office, input.caseId))
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    for (const { document, file } of laidOut)
      if (file !== undefined) addVersion(db, document.id, { file, reason: 'fields' }, change)
    const documents = laidOut.map(({ document }) => {
      const { current } = requireDocument(db, document.id)
      return { documentId: document.id, versionId: current.id, sha256: current.sha256 }
    })
    writeRequest(db, input.caseId, { comment: input.comment, documents }, change)
    settleCase(db, input.caseId, change, { state: 'approval' })
    record(db, change, 'approval.requested', { caseId: input.caseId, data: { comment: input.comment } })
  })
  announceCase(office, input.caseId)
  return ok({})
}

/** Makes the files with all signature fields of all signers, each from its last version without fields. */
async function layOut(office: Office, caseId: CaseId): Promise<readonly LaidOut[]> {
  const { db, vault } = office.archive
  const fields = listSignatureFields(db, caseId)
  const signers = listSigners(db, caseId)
  const laidOut: LaidOut[] = []
  for (const document of listDocuments(db, caseId)) {
    if (document.role === 'view') laidOut.push({ document, file: undefined })
    if (document.role !== 'sign') continue
    // A returned or re-opened case starts again from the file as it was imported (or repaired).
    const base = document.versions.findLast(
      (version) => version.reason === 'import' || version.reason === 'repair',
    )
    if (base === undefined) throw new Error('A document without an imported version')
    const source = vault.open(fileOfVersion(db, base.id).fileId)
    try {
      const appended = layOutSignatureFields(source, fieldSpecs(document, fields, signers))
      const file = await vault.put(appendedSource(source, source.sizeBytes, appended))
      laidOut.push({ document, file })
    } finally {
      source.close()
    }
  }
  return laidOut
}

/** One field for every signer in every document: visible where the clerk placed one, else invisible. */
function fieldSpecs(
  document: CaseDocument,
  fields: readonly SignatureField[],
  signers: readonly CaseSigner[],
) {
  return signers.map((signer, position) => {
    const name = pdfFieldName(position)
    const placed = fields.find((field) => field.documentId === document.id && field.signerId === signer.id)
    if (placed === undefined || placed.appearance === 'invisible')
      return { name, pageIndex: (placed?.page ?? 1) - 1 }
    const { x, y, width, height } = placed
    return {
      name,
      pageIndex: placed.page - 1,
      rect: { left: x, bottom: y, right: x + width, top: y + height },
    }
  })
}
