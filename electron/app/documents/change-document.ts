import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { DocumentId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { ok } from '../../../shared/result.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import {
  readDocument,
  removeDocument as remove,
  changeDocument as writeDocument,
} from '../../core/archive/tables/documents.ts'
import { settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import { mayEditEnvelope } from '../cases/workflow.ts'
import type { Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

export type VisibleDocument = { readonly document: CaseDocument; readonly found: CaseRecord }

export function visibleDocument(
  office: Office,
  context: Context,
  documentId: DocumentId,
): VisibleDocument | undefined {
  const document = readDocument(office.archive.db, documentId)
  const found = document === undefined ? undefined : visibleCase(office, context, document.caseId)
  return document === undefined || found === undefined ? undefined : { document, found }
}

export async function changeDocument(
  office: Office,
  input: InputOf<typeof bridge.documents.change>,
  context: Context,
) {
  const seen = visibleDocument(office, context, input.documentId)
  if (seen === undefined) return NOT_FOUND
  if (!mayEditEnvelope(seen.found.state)) return STATE_FORBIDS
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    writeDocument(db, input.documentId, { title: input.title, role: input.role, order: input.order }, change)
    settleCase(db, seen.found.id, change)
    record(db, change, 'document.changed', {
      caseId: seen.found.id,
      data: { document: input.title, role: input.role },
    })
  })
  announceCase(office, seen.found.id)
  return ok({})
}

export async function removeDocument(
  office: Office,
  input: InputOf<typeof bridge.documents.remove>,
  context: Context,
) {
  const seen = visibleDocument(office, context, input.documentId)
  if (seen === undefined) return NOT_FOUND
  if (!mayEditEnvelope(seen.found.state)) return STATE_FORBIDS
  const change = changeBy(context, office.clock, input.why)
  office.archive.transaction((db) => {
    remove(db, input.documentId, change)
    settleCase(db, seen.found.id, change)
    record(db, change, 'document.removed', {
      caseId: seen.found.id,
      data: { document: seen.document.title, why: input.why },
    })
  })
  announceCase(office, seen.found.id)
  return ok({})
}
