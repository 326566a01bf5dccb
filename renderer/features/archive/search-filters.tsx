import { FolderChoice, type SearchQuery } from '../../../shared/bridge/archive.ts'
import type { IsoDate, Yen } from '../../../shared/model/brand.ts'
import { CaseState, Confidentiality, ContractKind, ContractMethod } from '../../../shared/model/case.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { Button } from '../../ui/button.tsx'
import { CheckInput } from '../../ui/choice-input.tsx'
import { DateInput } from '../../ui/date-input.tsx'
import { NumberInput } from '../../ui/number-input.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { FacetGroup, FacetValue } from './facet-group.tsx'
import { FACETS } from './filter-words.ts'
import type { SearchAnswer } from './search-store.ts'
import { EMPTY_QUERY, hasFilters } from './search-store.ts'

const text = archiveText.search
type Facets = SearchAnswer['facets']
type Change = (part: Partial<SearchQuery>) => void
type Props = { readonly query: SearchQuery; readonly facets: Facets; readonly onChange: Change }

/** Counted facets and filters as form fields. Everything ticked in one group is OR, the groups are AND. */
export function SearchFilters({ query, facets, onChange }: Props) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex min-h-8 items-center justify-between">
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
      {FACETS.map(({ facet, field }) => (
        <FacetGroup
          key={facet}
          facet={facet}
          facets={facets}
          chosen={query[field].map(String)}
          onChange={(values) => onChange(ticked(field, values))}
        />
      ))}
      <FacetValue
        name={text.heldOnly}
        count={facets.hold?.find(({ value }) => value === 'held')?.count ?? 0}
        isChosen={query.holdOnly}
        onChange={(holdOnly) => onChange({ holdOnly })}
      />
      <FieldFilters query={query} onChange={onChange} />
    </div>
  )
}

function FieldFilters({ query, onChange }: Omit<Props, 'facets'>) {
  return (
    <>
      <TextInput
        label={text.counterparty}
        value={query.counterparty}
        maxLength={200}
        onChange={(counterparty) => onChange({ counterparty })}
      />
      <TextInput
        label={text.title}
        value={query.title}
        maxLength={300}
        onChange={(title) => onChange({ title })}
      />
      <TextInput
        label={text.contractNumber}
        value={query.contractNumber}
        maxLength={60}
        onChange={(contractNumber) => onChange({ contractNumber })}
      />
      <fieldset>
        <legend className="text-[0.9375rem] font-bold">{text.dates}</legend>
        <DateInput label={text.from} value={query.dateFrom} onChange={(dateFrom) => onChange({ dateFrom })} />
        <DateInput label={text.to} value={query.dateTo} onChange={(dateTo) => onChange({ dateTo })} />
      </fieldset>
      <AmountFilter query={query} onChange={onChange} />
      <DateInput
        label={text.retention}
        value={query.retentionEndsBefore}
        onChange={(retentionEndsBefore: IsoDate | null) => onChange({ retentionEndsBefore })}
      />
    </>
  )
}

function AmountFilter({ query, onChange }: Omit<Props, 'facets'>) {
  return (
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
  )
}

function ticked(field: (typeof FACETS)[number]['field'], values: readonly string[]): Partial<SearchQuery> {
  const known = <T,>(schema: { safeParse: (value: unknown) => { data?: T | undefined } }): T[] =>
    values.flatMap((value) => {
      const { data } = schema.safeParse(value)
      return data === undefined ? [] : [data]
    })
  switch (field) {
    case 'states':
      return { states: known(CaseState) }
    case 'kinds':
      return { kinds: known(ContractKind) }
    case 'methods':
      return { methods: known(ContractMethod) }
    case 'folderIds':
      return { folderIds: known(FolderChoice) }
    case 'fiscalYears':
      return { fiscalYears: values.map(Number) }
    case 'confidentialities':
      return { confidentialities: known(Confidentiality) }
    case 'departments':
      return { departments: [...values] }
  }
}
