import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import type { FieldId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import { checkMailAddress } from '../../../shared/rules/mail-address.ts'
import { findCase, note, settle } from './fake-cases.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { type FakeCase, fakeId, makeDocument, makeField, makeSigner } from './fake-records.ts'

type Parts = Pick<BridgeHandlers<FakeContext>, 'documents'>

export function findDocument(
  office: FakeOffice,
  documentId: string,
): { readonly record: FakeCase; readonly document: CaseDocument } | undefined {
  for (const record of office.state.cases) {
    const document = record.documents.find((candidate) => candidate.id === documentId)
    if (document) return { record, document }
  }
  return undefined
}

function preflightOf(bytes: Uint8Array) {
  const isPdf = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-'
  const isEncrypted = Buffer.from(bytes).includes('/Encrypt')
  const problems = [
    ...(isPdf ? [] : [{ code: 'NOT_A_PDF', severity: 'stop' as const, data: {} }]),
    ...(isEncrypted ? [{ code: 'PDF_ENCRYPTED', severity: 'stop' as const, data: {} }] : []),
    ...(isPdf
      ? [{ code: 'FONT_NOT_EMBEDDED', severity: 'warn' as const, data: { fonts: ['MS-Mincho'] } }]
      : []),
  ]
  return {
    pages: isPdf ? 3 : 0,
    pdfVersion: isPdf ? '1.7' : '',
    producer: isPdf ? 'pdf-lib' : '',
    problems,
    canSend: isPdf && !isEncrypted,
    canRepair: false,
  }
}

export function documentHandlers(office: FakeOffice): Parts {
  const { state } = office
  const actorName = (context: FakeContext) => context.actor?.displayName ?? ''
  return {
    documents: {
      preflight: async ({ uploadId }) => {
        const file = state.files.get(uploadId)
        return file ? ok(preflightOf(file.bytes)) : fail('UPLOAD_UNKNOWN', {})
      },
      import: async ({ caseId, uploadId, title, role }, context) => {
        const record = findCase(state, caseId)
        const file = state.files.get(uploadId)
        if (!record) return fail('NOT_FOUND', {})
        if (!file) return fail('UPLOAD_UNKNOWN', {})
        const report = preflightOf(file.bytes)
        if (!report.canSend)
          return fail('PREFLIGHT_STOPPED', { codes: report.problems.map((problem) => problem.code) })
        const document = makeDocument(caseId, record.documents.length, {
          title,
          role,
          bytes: file.bytes,
          pages: 3,
        })
        state.files.set(document.current.id, file)
        record.documents.push(document)
        settle(record)
        note(office, record, { actor: actorName(context), action: 'document.imported' })
        return ok({ document })
      },
      change: async ({ documentId, title, role, order }) => {
        const found = findDocument(office, documentId)
        if (!found) return fail('NOT_FOUND', {})
        const rest = found.record.documents.filter((document) => document.id !== documentId)
        rest.splice(order, 0, { ...found.document, title, role })
        found.record.documents = rest.map((document, index) => ({ ...document, order: index }))
        settle(found.record)
        office.announce({ topic: 'case-changed', caseId: found.record.id })
        return ok({})
      },
      remove: async ({ documentId }, context) => {
        const found = findDocument(office, documentId)
        if (!found) return fail('NOT_FOUND', {})
        found.record.documents = found.record.documents.filter((document) => document.id !== documentId)
        settle(found.record)
        note(office, found.record, { actor: actorName(context), action: 'document.removed' })
        return ok({})
      },
      open: async ({ documentId, versionId }) => {
        const found = findDocument(office, documentId)
        const file = state.files.get(versionId ?? found?.document.current.id ?? '')
        if (!found || !file) return fail('NOT_FOUND', {})
        return ok({
          ticket: office.ticketFor(file.bytes, found.document.fileName),
          fileName: found.document.fileName,
          sizeBytes: file.bytes.length,
        })
      },
      saveFields: async ({ caseId, fields }) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        if (
          fields.some(
            (field) =>
              field.x < 0 || field.y < 0 || field.x + field.width > 596 || field.y + field.height > 842,
          )
        )
          return fail('FIELD_OUTSIDE_PAGE', {})
        record.signatureFields = fields.map((field) => ({
          ...field,
          id: field.id ?? (fakeId('field') as FieldId),
        }))
        settle(record)
        office.announce({ topic: 'case-changed', caseId })
        return ok({ fields: record.signatureFields })
      },
      proposeFields: async ({ caseId, documentId }) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        return ok({
          fields: record.signers.map((signer, index) => makeField(documentId, signer.id, 95 + 60 * index)),
        })
      },
      saveSigners: async ({ caseId, signers }) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        record.signers = signers.map((signer) => {
          const { id, accessCode, ...fields } = signer
          const old = record.signers.find((candidate) => candidate.id === id)
          const made = makeSigner(caseId, { ...fields, accessCode: accessCode ?? '' })
          return old
            ? {
                ...old,
                fields: {
                  ...made.fields,
                  hasAccessCode: accessCode === undefined ? old.fields.hasAccessCode : accessCode !== '',
                },
              }
            : made
        })
        settle(record)
        office.announce({ topic: 'case-changed', caseId })
        const shared = record.signers.filter((signer) => {
          const check = checkMailAddress(signer.fields.mailAddress)
          return check.ok && check.warnings.includes('MAIL_SHARED')
        })
        return ok({
          signers: record.signers,
          notices: shared.map((signer) => ({
            code: 'MAIL_SHARED',
            severity: 'warn' as const,
            data: { name: signer.fields.name },
          })),
        })
      },
    },
  }
}
