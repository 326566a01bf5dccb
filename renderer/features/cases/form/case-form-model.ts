import { CaseFields } from '../../../../shared/model/case.ts'
import { isCorporateNumber } from '../../../../shared/rules/corporate-number.ts'
import { casesText } from '../../../i18n/ja/cases.ts'

const text = casesText.form

/** What the form holds while it is typed: the same as the case, except that required words may still be empty. */
export type CaseDraft = CaseFields

export const EMPTY_PARTY: CaseFields['counterparties'][number] = {
  name: '',
  address: '',
  representative: '',
  corporateNumber: '',
}

export function emptyDraft(department: string): CaseDraft {
  return {
    title: '',
    contractNumber: '',
    method: 'open-bid',
    kind: 'construction',
    amount: null,
    taxMode: 'included',
    taxAmount: null,
    contractDate: null,
    periodFrom: null,
    periodTo: null,
    department,
    counterparties: [EMPTY_PARTY],
    parentCaseId: null,
    amendmentOnPaper: false,
    folderId: null,
    councilVoteDate: null,
    plannedPrice: null,
    applicationDate: null,
    retentionYears: null,
    completedOn: null,
    twoFactorRequired: false,
    confidentiality: 'office',
    remarks: '',
  }
}

export type DraftProblems = {
  readonly title?: string | undefined
  readonly department?: string | undefined
  readonly taxAmount?: string | undefined
  readonly periodTo?: string | undefined
  readonly parties: readonly {
    readonly name?: string | undefined
    readonly corporateNumber?: string | undefined
  }[]
  readonly count: number
}

/** What keeps the draft from being saved, each beside its field. */
export function draftProblems(draft: CaseDraft): DraftProblems {
  const empty = (value: string) => (value.trim() === '' ? text.empty : undefined)
  const found = {
    title: empty(draft.title),
    department: empty(draft.department),
    taxAmount:
      draft.taxAmount !== null && draft.amount !== null && draft.taxAmount > draft.amount
        ? text.taxOver
        : undefined,
    periodTo:
      draft.periodFrom !== null && draft.periodTo !== null && draft.periodTo < draft.periodFrom
        ? text.periodOrder
        : undefined,
  }
  const parties = draft.counterparties.map((party) => ({
    name: empty(party.name),
    corporateNumber:
      party.corporateNumber === '' || isCorporateNumber(party.corporateNumber)
        ? undefined
        : text.corporateNumberWrong,
  }))
  const count = [...Object.values(found), ...parties.flatMap((party) => Object.values(party))].filter(
    (problem) => problem !== undefined,
  ).length
  return { ...found, parties, count }
}

/** The draft as the bridge takes it. Only called without problems. */
export function fieldsOf(draft: CaseDraft): CaseFields {
  return CaseFields.parse({
    ...draft,
    counterparties: draft.counterparties.map((party) => ({
      ...party,
      corporateNumber: party.corporateNumber.normalize('NFKC').replace(/\D/g, ''),
    })),
  })
}
