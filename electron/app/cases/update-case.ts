import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { updateCase as writeCase } from '../../core/archive/tables/cases.ts'
import type { Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { settleCase } from './case-facts.ts'
import { parentProblem } from './contract-chain.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from './guard-case.ts'
import { mayEditLedger } from './workflow.ts'

/** 案件の台帳項目を直す. What was sent or concluded needs a reason; every field's old value stays in history. */
export async function updateCase(
  office: Office,
  input: InputOf<typeof bridge.cases.update>,
  context: Context,
) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  const permission = mayEditLedger(found.state)
  if (permission === 'no') return STATE_FORBIDS
  if (permission === 'with-reason' && input.why.trim() === '') return fail('WHY_MISSING', {})
  const problem = parentProblem(office, context, { found, parentId: input.fields.parentCaseId })
  if (problem !== undefined) return problem
  const change = changeBy(context, office.clock, input.why)
  try {
    const rowVersion = office.archive.transaction((db) => {
      const version = writeCase(
        db,
        input.caseId,
        { rowVersion: input.rowVersion, fields: input.fields },
        change,
      )
      settleCase(db, input.caseId, change)
      record(db, change, 'case.updated', { caseId: input.caseId, data: { why: input.why } })
      return version
    })
    announceCase(office, input.caseId)
    return ok({ rowVersion })
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'ROW_CHANGED') return fail('CHANGED_MEANWHILE', {})
    throw error
  }
}
