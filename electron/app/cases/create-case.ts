import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { insertCase } from '../../core/archive/tables/cases.ts'
import { insertDocument } from '../../core/archive/tables/documents.ts'
import { saveSigners } from '../../core/archive/tables/signers.ts'
import type { Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { settleCase } from './case-facts.ts'

/** 案件を登録する; a filled 申出書 is kept as a document of the case. */
export async function createCase(
  office: Office,
  input: InputOf<typeof bridge.cases.create>,
  context: Context,
) {
  const change = changeBy(context, office.clock)
  const { applicationUploadId } = input
  const upload =
    applicationUploadId === undefined
      ? undefined
      : office.uploads.find(context.connection, applicationUploadId)
  if (applicationUploadId !== undefined && upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  const caseId = office.archive.transaction((db) => {
    const id = insertCase(db, input.fields, change)
    saveSigners(db, id, input.signers, change)
    if (upload !== undefined)
      insertDocument(
        db,
        {
          caseId: id,
          title: '電子契約利用申出書',
          fileName: upload.fileName,
          role: 'application',
          pages: 1,
          preflight: null,
          file: upload.file,
          reason: 'import',
        },
        change,
      )
    settleCase(db, id, change)
    record(db, change, 'case.created', { caseId: id })
    return id
  })
  if (applicationUploadId !== undefined) office.uploads.adopt(applicationUploadId)
  announceCase(office, caseId)
  return ok({ caseId })
}
