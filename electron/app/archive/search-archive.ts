import { setImmediate } from 'node:timers/promises'
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { IsoDate } from '../../../shared/model/brand.ts'
import type { ContractKind, ContractMethod } from '../../../shared/model/case.ts'
import { contractKindNames, contractMethodNames } from '../../../shared/model/names.ts'
import { ok } from '../../../shared/result.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import type { FacetCount } from '../../core/archive/search/count-facets.ts'
import { type Searchable, type SearchResult, searchCases } from '../../core/archive/search/search-cases.ts'
import { readCaseHits } from '../../core/archive/tables/cases.ts'
import { glanceAtDocuments } from '../../core/archive/tables/documents.ts'
import { listFolders } from '../../core/archive/tables/folders.ts'
import type { Viewer } from '../../core/archive/tables/viewer.ts'
import { viewerFor } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'

type Input = InputOf<typeof bridge.archive.search>

/** 保管庫を探す: one typed line and filters, the person's rights applied. Searching is not logged, opening is. */
export async function searchArchive(office: Office, input: Input, context: Context) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const today = japaneseDay(office.clock.now())
  const started = performance.now()
  const { offset, limit } = input
  const result = searchCases(office.archive, input, viewer, { offset, limit, today })
  const facets = await openFacets(office.archive, input, { viewer, today }, result.facets)
  const glances = glanceAtDocuments(db, result.caseIds)
  return ok({
    rows: readCaseHits(db, result.caseIds, viewer).map((hit) => ({
      ...hit,
      documentId: glances.get(hit.id)?.documentId ?? null,
      textless: glances.get(hit.id)?.textless ?? false,
    })),
    total: result.total,
    totalIsEstimate: result.totalIsEstimate,
    waiting: result.waiting,
    facets: labelled(db, facets),
    understood: [...result.understood],
    words: [...result.words],
    ms: performance.now() - started,
  })
}

/** The part of the query that each facet sets. */
const FACET_FIELDS = {
  state: 'states',
  method: 'methods',
  kind: 'kinds',
  department: 'departments',
  folder: 'folderIds',
  'fiscal-year': 'fiscalYears',
  confidentiality: 'confidentialities',
} as const satisfies Readonly<Record<string, keyof SearchQuery>>

/** Values of one group are OR: where one is ticked, the others are counted as if none were. */
async function openFacets(
  archive: Searchable,
  query: SearchQuery,
  who: { readonly viewer: Viewer; readonly today: IsoDate },
  facets: SearchResult['facets'],
): Promise<SearchResult['facets']> {
  const opened: Record<string, readonly FacetCount[]> = { ...facets }
  for (const [facet, field] of Object.entries(FACET_FIELDS)) {
    if (query[field].length === 0) continue
    await setImmediate()
    const without = searchCases(archive, { ...query, [field]: [] }, who.viewer, {
      offset: 0,
      limit: 0,
      today: who.today,
    })
    opened[facet] = without.facets[facet] ?? []
  }
  return opened
}

function labelled(db: ReadableDb, facets: SearchResult['facets']) {
  const folders = new Map<string, string>(listFolders(db).map((folder) => [folder.id, folder.name]))
  const labelOf = (facet: string, value: string): string => {
    if (facet === 'method') return contractMethodNames[value as ContractMethod]
    if (facet === 'kind') return contractKindNames[value as ContractKind]
    if (facet === 'folder') return folders.get(value) ?? ''
    return value
  }
  return Object.fromEntries(
    Object.entries(facets).map(([facet, counts]) => [
      facet,
      counts.map(({ value, count }) => ({ value, count, label: labelOf(facet, value) })),
    ]),
  )
}
