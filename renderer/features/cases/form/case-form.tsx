import type { CaseId, Yen } from '../../../../shared/model/brand.ts'
import { Confidentiality, ContractKind, ContractMethod, TaxMode } from '../../../../shared/model/case.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { confidentialityLabel, kindLabel, methodLabel, taxLabel } from '../../../i18n/ja/labels.ts'
import { CheckInput, SelectInput } from '../../../ui/choice-input.tsx'
import { DateInput } from '../../../ui/date-input.tsx'
import { NumberInput } from '../../../ui/number-input.tsx'
import { Section } from '../../../ui/page.tsx'
import { TextAreaInput, TextInput } from '../../../ui/text-input.tsx'
import type { CaseDraft, DraftProblems } from './case-form-model.ts'
import { CounterpartyInputs } from './counterparty-inputs.tsx'
import { type ParentFacts, ParentPicker } from './parent-picker.tsx'

const text = casesText.form

export type CaseFormProps = {
  readonly draft: CaseDraft
  readonly onChange: (draft: CaseDraft) => void
  /** Undefined until the person tried to save. */
  readonly problems: DraftProblems | undefined
  readonly departments: readonly string[]
  /** What is known of the 原契約 that the draft names. */
  readonly parent?: ParentFacts | undefined
  /** The case that is edited; undefined for a new one. */
  readonly caseId?: CaseId
}

/** Everything a clerk may write of a case, in the order of the contract itself. */
export function CaseForm(props: CaseFormProps) {
  return (
    <div className="flex max-w-5xl flex-col gap-7">
      <Basics {...props} />
      <Section title={text.counterparties}>
        <CounterpartyInputs
          parties={props.draft.counterparties}
          problems={props.problems?.parties ?? []}
          onChange={(counterparties) => props.onChange({ ...props.draft, counterparties })}
        />
      </Section>
      <Rules {...props} />
      <Amendment {...props} />
      <Keeping {...props} />
    </div>
  )
}

const GRID = 'grid grid-cols-1 gap-x-5 gap-y-3 sm:grid-cols-2 xl:grid-cols-3'

function Basics({ draft, onChange, problems, departments }: CaseFormProps) {
  const change = (part: Partial<CaseDraft>) => onChange({ ...draft, ...part })
  return (
    <Section title={text.basics}>
      <TextInput
        label={text.title}
        required
        value={draft.title}
        error={problems?.title}
        maxLength={300}
        onChange={(title) => change({ title })}
      />
      <div className={GRID}>
        <TextInput
          label={text.contractNumber}
          value={draft.contractNumber}
          maxLength={60}
          onChange={(contractNumber) => change({ contractNumber })}
        />
        <SelectInput
          label={text.method}
          value={draft.method}
          options={ContractMethod.options.map((value) => ({ value, label: methodLabel[value] }))}
          onChange={(method) => change({ method })}
        />
        <SelectInput
          label={text.kind}
          value={draft.kind}
          options={ContractKind.options.map((value) => ({ value, label: kindLabel[value] }))}
          onChange={(kind) => change({ kind })}
        />
        <NumberInput
          label={text.amount}
          hint={draft.parentCaseId === null ? text.amountHint : text.amountAfterHint}
          value={draft.amount}
          onChange={(amount) => change({ amount: amount as Yen | null })}
        />
        <SelectInput
          label={text.taxMode}
          value={draft.taxMode}
          options={TaxMode.options.map((value) => ({ value, label: taxLabel[value] }))}
          onChange={(taxMode) => change({ taxMode })}
        />
        <NumberInput
          label={text.taxAmount}
          hint={text.taxHint}
          value={draft.taxAmount}
          error={problems?.taxAmount}
          onChange={(taxAmount) => change({ taxAmount: taxAmount as Yen | null })}
        />
        <DateInput
          label={text.contractDate}
          hint={text.contractDateHint}
          value={draft.contractDate}
          onChange={(contractDate) => change({ contractDate })}
        />
        <DateInput
          label={text.periodFrom}
          value={draft.periodFrom}
          onChange={(periodFrom) => change({ periodFrom })}
        />
        <DateInput
          label={text.periodTo}
          value={draft.periodTo}
          error={problems?.periodTo}
          onChange={(periodTo) => change({ periodTo })}
        />
        <SelectInput
          label={text.department}
          required
          value={draft.department}
          error={problems?.department}
          options={departmentOptions(departments, draft.department)}
          onChange={(department) => change({ department })}
        />
      </div>
    </Section>
  )
}

function departmentOptions(departments: readonly string[], current: string) {
  return [...new Set(['', ...departments, current])].map((value) => ({ value, label: value }))
}

function Rules({ draft, onChange }: CaseFormProps) {
  const change = (part: Partial<CaseDraft>) => onChange({ ...draft, ...part })
  return (
    <Section title={text.rules}>
      <div className={GRID}>
        <DateInput
          label={text.applicationDate}
          hint={text.applicationHint}
          value={draft.applicationDate}
          onChange={(applicationDate) => change({ applicationDate })}
        />
        <NumberInput
          label={text.plannedPrice}
          value={draft.plannedPrice}
          onChange={(plannedPrice) => change({ plannedPrice: plannedPrice as Yen | null })}
        />
        <DateInput
          label={text.councilVoteDate}
          hint={text.councilHint}
          value={draft.councilVoteDate}
          onChange={(councilVoteDate) => change({ councilVoteDate })}
        />
      </div>
      <CheckInput
        label={text.twoFactor}
        hint={text.twoFactorHint}
        checked={draft.twoFactorRequired}
        onChange={(twoFactorRequired) => change({ twoFactorRequired })}
      />
    </Section>
  )
}

function Amendment({ draft, onChange, parent, caseId }: CaseFormProps) {
  const change = (part: Partial<CaseDraft>) => onChange({ ...draft, ...part })
  return (
    <Section title={text.amendment} lead={text.amendmentLead}>
      <ParentPicker
        parentCaseId={draft.parentCaseId}
        known={parent}
        except={caseId}
        onChange={(parentCaseId) =>
          change(parentCaseId === null ? { parentCaseId, amendmentOnPaper: false } : { parentCaseId })
        }
      />
      {draft.parentCaseId === null ? null : (
        <CheckInput
          label={text.amendmentOnPaper}
          checked={draft.amendmentOnPaper}
          onChange={(amendmentOnPaper) => change({ amendmentOnPaper })}
        />
      )}
    </Section>
  )
}

function Keeping({ draft, onChange }: CaseFormProps) {
  const change = (part: Partial<CaseDraft>) => onChange({ ...draft, ...part })
  return (
    <Section title={text.keeping}>
      <div className={GRID}>
        <NumberInput
          label={text.retentionYears}
          hint={text.retentionHint}
          value={draft.retentionYears}
          onChange={(retentionYears) =>
            change({ retentionYears: retentionYears === null ? null : Math.min(100, retentionYears) })
          }
        />
        <DateInput
          label={text.completedOn}
          value={draft.completedOn}
          onChange={(completedOn) => change({ completedOn })}
        />
        <SelectInput
          label={text.confidentiality}
          hint={text.confidentialityHint}
          value={draft.confidentiality}
          options={Confidentiality.options.map((value) => ({ value, label: confidentialityLabel[value] }))}
          onChange={(confidentiality) => change({ confidentiality })}
        />
      </div>
      <TextAreaInput
        label={text.remarks}
        value={draft.remarks}
        maxLength={4000}
        onChange={(remarks) => change({ remarks })}
      />
    </Section>
  )
}
