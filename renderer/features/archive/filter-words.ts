import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import { formatBothDates } from '../../../shared/rules/japanese-date.ts'
import { formatFiscalYear } from '../../../shared/text/era.ts'
import { formatDaySpan, formatYenSpan } from '../../i18n/format.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import {
  caseStateLabel,
  confidentialityLabel,
  kindLabel,
  labelOf,
  methodLabel,
} from '../../i18n/ja/labels.ts'
import { EMPTY_QUERY, type SearchAnswer } from './search-store.ts'

const text = archiveText.search
type Facets = SearchAnswer['facets']

export type FilterWords = {
  readonly name: string
  readonly value: string
  /** The part of the query that takes the filter away. */
  readonly without: Partial<SearchQuery>
}

/** The filters beside the list in words. */
export function filterWords(query: SearchQuery, facets: Facets): readonly FilterWords[] {
  return [...fieldFilters(query), ...tickedValues(query, facets)]
}

function fieldFilters(query: SearchQuery): readonly FilterWords[] {
  const words: (FilterWords | undefined)[] = [
    filled(text.counterparty, query.counterparty, { counterparty: '' }),
    filled(text.title, query.title, { title: '' }),
    filled(text.contractNumber, query.contractNumber, { contractNumber: '' }),
    filled(text.dates, formatDaySpan(query.dateFrom, query.dateTo), { dateFrom: null, dateTo: null }),
    filled(text.amounts, query.amountBlank ? text.blank : formatYenSpan(query.amountFrom, query.amountTo), {
      amountBlank: false,
      amountFrom: null,
      amountTo: null,
    }),
    query.retentionEndsBefore === null
      ? undefined
      : {
          name: text.retentionEnds,
          value: text.before(formatBothDates(query.retentionEndsBefore)),
          without: { retentionEndsBefore: null },
        },
    query.holdOnly ? { name: text.heldOnly, value: '', without: { holdOnly: false } } : undefined,
  ]
  return words.filter((each) => each !== undefined)
}

function filled(name: string, value: string, without: Partial<SearchQuery>): FilterWords | undefined {
  return value.trim() === '' ? undefined : { name, value, without }
}

/** One chip a group: 「所管課：土木課、都市整備課」. */
function tickedValues(query: SearchQuery, facets: Facets): readonly FilterWords[] {
  return FACETS.flatMap(({ facet, field }) => {
    const values = query[field].map((value) => facetName(facet, String(value), facets))
    const without = { [field]: EMPTY_QUERY[field] } as Partial<SearchQuery>
    return values.length === 0 ? [] : [{ name: text.facets[facet], value: values.join('、'), without }]
  })
}

export type FacetName = keyof typeof text.facets
type FacetField =
  | 'states'
  | 'fiscalYears'
  | 'kinds'
  | 'methods'
  | 'departments'
  | 'folderIds'
  | 'confidentialities'

export const FACETS: readonly { readonly facet: FacetName; readonly field: FacetField }[] = [
  { facet: 'state', field: 'states' },
  { facet: 'fiscal-year', field: 'fiscalYears' },
  { facet: 'kind', field: 'kinds' },
  { facet: 'method', field: 'methods' },
  { facet: 'department', field: 'departments' },
  { facet: 'folder', field: 'folderIds' },
  { facet: 'confidentiality', field: 'confidentialities' },
]

/** What a value of a facet is called. */
export function facetName(facet: FacetName, value: string, facets: Facets): string {
  switch (facet) {
    case 'state':
      return labelOf(caseStateLabel, value)
    case 'kind':
      return labelOf(kindLabel, value)
    case 'method':
      return labelOf(methodLabel, value)
    case 'confidentiality':
      return labelOf(confidentialityLabel, value)
    case 'fiscal-year':
      return `${formatFiscalYear(Number(value))}（${value}）`
    case 'folder':
      return facets.folder?.find((entry) => entry.value === value)?.label || text.noFolder
    case 'department':
      return value === '' ? text.noDepartment : value
  }
}
