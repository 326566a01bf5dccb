import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import { FolderId, type Yen } from '../../../shared/model/brand.ts'
import { CaseState, ContractKind, ContractMethod } from '../../../shared/model/case.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { caseStateLabel, kindLabel, labelOf, methodLabel } from '../../i18n/ja/labels.ts'
import { Button } from '../../ui/button.tsx'
import { CheckInput } from '../../ui/choice-input.tsx'
import { DateInput } from '../../ui/date-input.tsx'
import { NumberInput } from '../../ui/number-input.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import type { SearchAnswer } from './search-store.ts'
import { EMPTY_QUERY, hasFilters } from './search-store.ts'

const text = archiveText.search
type Facets = SearchAnswer['facets']
type Change = (part: Partial<SearchQuery>) => void
type Props = { readonly query: SearchQuery; readonly facets: Facets; readonly onChange: Change }

/** Filters as form fields and counted facets. Everything ticked in one group is OR, the groups are AND. */
export function SearchFilters({ query, facets, onChange }: Props) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center justify-between">
        <h2 className="font-bold">{text.filters}</h2>
        {hasFilters(query) ? (
          <Button
            size="small"
            look="quiet"
            onPress={() => onChange({ ...EMPTY_QUERY, text: query.text, order: query.order })}
          >
            {text.clear}
          </Button>
        ) : null}
      </div>
      <FacetGroups query={query} facets={facets} onChange={onChange} />
      <TextInput
        label={text.counterparty}
        value={query.counterparty}
        onChange={(counterparty) => onChange({ counterparty })}
      />
      <fieldset>
        <legend className="text-[0.9375rem] font-bold">{text.dates}</legend>
        <DateInput label={text.from} value={query.dateFrom} onChange={(dateFrom) => onChange({ dateFrom })} />
        <DateInput label={text.to} value={query.dateTo} onChange={(dateTo) => onChange({ dateTo })} />
      </fieldset>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-[0.9375rem] font-bold">{text.amounts}</legend>
        <NumberInput
          label={text.from}
          value={query.amountFrom}
          disabled={query.amountBlank}
          onChange={(amountFrom) => onChange({ amountFrom: amountFrom as Yen | null })}
        />
        <NumberInput
          label={text.to}
          value={query.amountTo}
          disabled={query.amountBlank}
          onChange={(amountTo) => onChange({ amountTo: amountTo as Yen | null })}
        />
        <CheckInput
          label={text.amountBlank}
          checked={query.amountBlank}
          onChange={(amountBlank) =>
            onChange(amountBlank ? { amountBlank, amountFrom: null, amountTo: null } : { amountBlank })
          }
        />
      </fieldset>
      <DateInput
        label={text.retention}
        value={query.retentionEndsBefore}
        onChange={(retentionEndsBefore) => onChange({ retentionEndsBefore })}
      />
    </div>
  )
}

function FacetGroups({ query, facets, onChange }: Props) {
  const known = <T,>(
    schema: { safeParse: (value: unknown) => { success: boolean; data?: T } },
    values: readonly string[],
  ) =>
    values.flatMap((value) => {
      const parsed = schema.safeParse(value)
      return parsed.success && parsed.data !== undefined ? [parsed.data] : []
    })
  return (
    <>
      <FacetGroup
        title={text.facets.state}
        counts={facets.state}
        chosen={query.states}
        nameOf={(value) => labelOf(caseStateLabel, value)}
        onChange={(values) => onChange({ states: known(CaseState, values) })}
      />
      <FacetGroup
        title={text.facets['fiscal-year']}
        counts={facets['fiscal-year']}
        chosen={query.fiscalYears.map(String)}
        nameOf={fiscalYearName}
        onChange={(values) => onChange({ fiscalYears: values.map(Number) })}
      />
      <FacetGroup
        title={text.facets.kind}
        counts={facets.kind}
        chosen={query.kinds}
        nameOf={(value) => labelOf(kindLabel, value)}
        onChange={(values) => onChange({ kinds: known(ContractKind, values) })}
      />
      <FacetGroup
        title={text.facets.method}
        counts={facets.method}
        chosen={query.methods}
        nameOf={(value) => labelOf(methodLabel, value)}
        onChange={(values) => onChange({ methods: known(ContractMethod, values) })}
      />
      <FacetGroup
        title={text.facets.department}
        counts={facets.department}
        chosen={query.departments}
        onChange={(departments) => onChange({ departments: [...departments] })}
      />
      <FacetGroup
        title={text.facets.folder}
        counts={facets.folder}
        chosen={query.folderIds}
        onChange={(values) => onChange({ folderIds: known(FolderId, values) })}
      />
    </>
  )
}

/** 令和8年度（2026） */
export function fiscalYearName(value: string): string {
  const year = Number(value)
  if (!Number.isInteger(year)) return value
  return year >= 2019
    ? `令和${year === 2019 ? '元' : year - 2018}年度（${year}）`
    : `平成${year - 1988}年度（${year}）`
}

function FacetGroup(props: {
  readonly title: string
  readonly counts: Facets[string] | undefined
  readonly chosen: readonly string[]
  readonly nameOf?: (value: string) => string
  readonly onChange: (values: readonly string[]) => void
}) {
  const { chosen } = props
  const counts = props.counts ?? []
  // What is ticked stays to be unticked, even when nothing is counted for it any more.
  const gone = chosen
    .filter((value) => !counts.some((entry) => entry.value === value))
    .map((value) => ({ value, label: value, count: 0 }))
  const entries = [...counts, ...gone]
  if (entries.length === 0) return null
  return (
    <fieldset>
      <legend className="mb-1 text-[0.9375rem] font-bold">{props.title}</legend>
      {entries.map((entry) => (
        <CheckInput
          key={entry.value}
          label={
            <>
              {props.nameOf?.(entry.value) ?? (entry.label || text.noFolder)}
              <span className="ml-1.5 text-[0.875rem] text-solid-gray-700 tabular-nums">{entry.count}</span>
            </>
          }
          checked={chosen.includes(entry.value)}
          onChange={(isChosen) =>
            props.onChange(
              isChosen ? [...chosen, entry.value] : chosen.filter((value) => value !== entry.value),
            )
          }
        />
      ))}
    </fieldset>
  )
}
