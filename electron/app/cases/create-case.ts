import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseFields } from '../../../shared/model/case.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { insertCase } from '../../core/archive/tables/cases.ts'
import { insertDocument } from '../../core/archive/tables/documents.ts'
import {
  listSigners,
  readAccessCode,
  type SignerEdit,
  saveSigners,
} from '../../core/archive/tables/signers.ts'
import type { Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { settleCase } from './case-facts.ts'
import { parentProblem } from './contract-chain.ts'

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
  const problem = parentProblem(office, context, { found: undefined, parentId: input.fields.parentCaseId })
  if (problem !== undefined) return problem
  const caseId = office.archive.transaction((db) => {
    const id = insertCase(db, input.fields, change)
    saveSigners(db, id, input.signers.length > 0 ? input.signers : inheritedSigners(db, input.fields), change)
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

/** The people of the contract that is changed, with their codes: its 申出書 holds for the amendment, unless that is on paper. */
function inheritedSigners(db: ReadableDb, fields: CaseFields): readonly SignerEdit[] {
  if (fields.parentCaseId === null || fields.amendmentOnPaper) return []
  return listSigners(db, fields.parentCaseId).map(({ id, fields: { hasAccessCode: _, ...signer } }) => ({
    ...signer,
    accessCode: readAccessCode(db, id),
  }))
}
