/** How a case's fields lie in its row. */
import { CaseId, EpochMs, Yen } from '../../../../shared/model/brand.ts'
import {
  type CaseFields,
  CaseState,
  CaseSummary,
  ContractKind,
  ContractMethod,
} from '../../../../shared/model/case.ts'
import type { CasesRow } from './schema.ts'

export const CASE_COLUMNS = [
  'id',
  'row_version',
  'state',
  'waiting_for',
  'title',
  'contract_number',
  'method',
  'kind',
  'amount',
  'tax_mode',
  'tax_amount',
  'contract_date',
  'period_from',
  'period_to',
  'department',
  'parent_case_id',
  'amendment_on_paper',
  'folder_id',
  'council_vote_date',
  'planned_price',
  'application_date',
  'retention_years',
  'completed_on',
  'two_factor_required',
  'confidentiality',
  'remarks',
  'fiscal_year',
  'next_deadline',
  'sample',
  'created_at',
  'created_by',
  'updated_at',
  'concluded_at',
  'hold',
  'retention_ends_on',
] as const

/** A selected row: the generated columns read as plain numbers. */
export type CaseRow = Omit<Pick<CasesRow, (typeof CASE_COLUMNS)[number]>, 'sample' | 'hold'> & {
  readonly sample: number
  readonly hold: number
}

export function caseRowOf(fields: CaseFields) {
  return {
    title: fields.title,
    contract_number: fields.contractNumber,
    method: fields.method,
    kind: fields.kind,
    amount: fields.amount,
    tax_mode: fields.taxMode,
    tax_amount: fields.taxAmount,
    contract_date: fields.contractDate,
    period_from: fields.periodFrom,
    period_to: fields.periodTo,
    department: fields.department,
    parent_case_id: fields.parentCaseId,
    amendment_on_paper: fields.amendmentOnPaper ? 1 : 0,
    folder_id: fields.folderId,
    council_vote_date: fields.councilVoteDate,
    planned_price: fields.plannedPrice,
    application_date: fields.applicationDate,
    retention_years: fields.retentionYears,
    completed_on: fields.completedOn,
    two_factor_required: fields.twoFactorRequired ? 1 : 0,
    confidentiality: fields.confidentiality,
    remarks: fields.remarks,
  }
}

/** Still to be parsed by `CaseFields`, with the counterparties added. */
export function caseFieldsOf(row: CaseRow): Record<string, unknown> {
  return {
    title: row.title,
    contractNumber: row.contract_number,
    method: row.method,
    kind: row.kind,
    amount: row.amount,
    taxMode: row.tax_mode,
    taxAmount: row.tax_amount,
    contractDate: row.contract_date,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    department: row.department,
    parentCaseId: row.parent_case_id,
    amendmentOnPaper: row.amendment_on_paper === 1,
    folderId: row.folder_id,
    councilVoteDate: row.council_vote_date,
    plannedPrice: row.planned_price,
    applicationDate: row.application_date,
    retentionYears: row.retention_years,
    completedOn: row.completed_on,
    twoFactorRequired: row.two_factor_required === 1,
    confidentiality: row.confidentiality,
    remarks: row.remarks,
  }
}

export function caseSummaryOf(
  row: CaseRow,
  counterparties: readonly { readonly name: string }[],
): CaseSummary {
  return {
    id: CaseId.parse(row.id),
    title: row.title,
    contractNumber: row.contract_number,
    counterpartyNames: counterparties.map((party) => party.name),
    amount: row.amount === null ? null : Yen.parse(row.amount),
    contractDate: CaseSummary.shape.contractDate.parse(row.contract_date),
    department: row.department,
    method: ContractMethod.parse(row.method),
    kind: ContractKind.parse(row.kind),
    state: CaseState.parse(row.state),
    waitingFor: CaseSummary.shape.waitingFor.parse(row.waiting_for),
    nextDeadline: row.next_deadline === null ? null : EpochMs.parse(row.next_deadline),
    updatedAt: EpochMs.parse(row.updated_at),
    sample: row.sample === 1,
  }
}

/** The fields as history shows them: one line each, counterparties by their place. */
export function historyOf(fields: CaseFields): Record<string, string | number | boolean | null> {
  const { counterparties, ...plain } = fields
  const parties = counterparties.flatMap((party, index) =>
    Object.entries(party).map(([name, value]) => [`counterparties.${index + 1}.${name}`, value] as const),
  )
  return { ...plain, ...Object.fromEntries(parties.filter(([, value]) => value !== '')) }
}
