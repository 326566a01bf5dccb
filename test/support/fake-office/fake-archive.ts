import { rightToFolder, viewerOf } from '../../../electron/core/archive/tables/viewer.ts'
import type { LapsingEvidence, SearchQuery } from '../../../shared/bridge/archive.ts'
import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import type { FolderId, IsoDate } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { findMarks, normaliseText } from '../../../shared/text/normalise.ts'
import { parseQuery } from '../../../shared/text/query.ts'
import { findCase } from './fake-cases.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { fakeOutcomes } from './fake-outcomes.ts'
import { type FakeCase, fakeId, keepingOf, summaryOf } from './fake-records.ts'
import { FAKE_NOW, type FakeState } from './fake-state.ts'

type Parts = Pick<BridgeHandlers<FakeContext>, 'archive' | 'audit'>

export function archiveHandlers(office: FakeOffice): Parts {
  const { state } = office
  const saved: { id: string; name: string; query: SearchQuery }[] = []
  const folders = [
    {
      id: 'folder1' as FolderId,
      name: '令和8年度 工事',
      parentId: null,
      roles: ['clerk' as const, 'records' as const],
      departments: ['土木課'],
    },
  ]
  const proposed = new Map<string, { by: string; name: string; why: string }>()
  const records: FakeRecord[] = []
  const outcomes = fakeOutcomes(office)
  const matching = (query: SearchQuery) =>
    state.cases.filter((record) => {
      const text = JSON.stringify(record.fields)
      const { words, dates } = parseQuery(query.text, japaneseDay(FAKE_NOW))
      if (!words.every((word) => normaliseText(text).includes(normaliseText(word)))) return false
      if (dates?.from && (record.fields.contractDate ?? '') < dates.from) return false
      if (dates?.to && (record.fields.contractDate ?? '') > dates.to) return false
      if (query.counterparty !== '' && !text.includes(query.counterparty)) return false
      if (query.amountBlank && record.fields.amount !== null) return false
      if (query.amountFrom !== null && (record.fields.amount ?? -1) < query.amountFrom) return false
      if (query.dateFrom !== null && (record.fields.contractDate ?? '') < query.dateFrom) return false
      if (query.dateTo !== null && (record.fields.contractDate ?? '') > query.dateTo) return false
      if (query.states.length > 0 && !query.states.includes(record.state)) return false
      if (query.kinds.length > 0 && !query.kinds.includes(record.fields.kind)) return false
      return query.departments.length === 0 || query.departments.includes(record.fields.department)
    })
  return {
    archive: {
      search: async (query) => {
        const found = matching(query)
        const { understood, words } = parseQuery(query.text, japaneseDay(FAKE_NOW))
        return ok({
          rows: found.slice(query.offset, query.offset + query.limit).map((record) => ({
            ...summaryOf(record),
            folderId: null,
            fiscalYear: 2026,
            retentionEndsOn: keepingOf(record).retentionEndsOn,
            hold: record.hold,
            confidentiality: record.fields.confidentiality,
            documentId: record.documents[0]?.id ?? null,
            textless: false,
          })),
          total: found.length,
          totalIsEstimate: false,
          waiting: 0,
          facets: {
            state: countBy(found.map((record) => record.state)),
            kind: countBy(found.map((record) => record.fields.kind)),
            department: countBy(found.map((record) => record.fields.department)),
            'fiscal-year': [{ value: '2026', label: '令和8年度', count: found.length }],
          },
          understood: [...understood],
          words: [...words],
          ms: 3,
        })
      },
      snippets: async ({ caseIds, words }) =>
        ok({
          rows: caseIds.map((caseId) => ({ caseId, snippet: snippetOf(findCase(state, caseId), words) })),
        }),
      hitPages: async ({ words }) => ok({ pages: words.length === 0 ? [] : [1, 3] }),
      savedSearches: async () => ok({ rows: saved }),
      saveSearch: async ({ name, query }) => {
        const id = fakeId('search')
        saved.push({ id, name, query })
        return ok({ id })
      },
      arrangeSavedSearches: async ({ rows }) => {
        const arranged = rows.flatMap(({ id, name }) =>
          saved.flatMap((row) => (row.id === id ? [{ ...row, name }] : [])),
        )
        saved.splice(0, saved.length, ...arranged)
        return ok({})
      },
      removeSavedSearch: async ({ id }) => {
        saved.splice(
          saved.findIndex((row) => row.id === id),
          1,
        )
        return ok({})
      },
      changes: async ({ text, deletionsOnly, offset, limit }) => {
        const rows = state.cases
          .flatMap((record) =>
            record.changes.map((row) => ({
              ...row,
              entity: 'case',
              subject: '',
              caseId: record.id,
              caseTitle: record.fields.title,
            })),
          )
          .filter((row) => JSON.stringify(row).includes(text))
          .filter((row) => !deletionsOnly || row.newValue === 'deleted')
        return ok({ rows: rows.slice(offset, offset + limit), total: rows.length, totalIsCapped: false })
      },
      export: async ({ query }) =>
        matching(query).length === 0
          ? fail('NOTHING_FOUND', {})
          : outcomes.start({
              kind: 'export',
              about: 'すべての契約',
              fileName: '電子契約データ_20261122.zip',
            }),
      verifySpan: async () =>
        outcomes.start({ kind: 'verify-span', about: 'すべての期間', fileName: '一括検証結果.pdf' }),
      outcomes: async () => ok({ rows: outcomes.list() }),
      taskResult: async (input) => outcomes.result(input),
      folders: async () => ok({ rows: folders }),
      whoSees: async ({ roles, departments }) =>
        ok({
          rows: state.users.flatMap(({ user }) => {
            const rights = { roles, departments }
            const by = rightToFolder(viewerOf(user), rights)
            return by === undefined || !user.active
              ? []
              : [{ displayName: user.displayName, department: user.department, by }]
          }),
        }),
      saveFolder: async ({ name, parentId, roles, departments }) => {
        const id = fakeId('folder') as FolderId
        folders.push({ id, name, parentId: parentId as null, roles: roles as never, departments })
        return ok({ id })
      },
      moveToFolder: async () => ok({}),
      setHold: async ({ caseId, hold }) => {
        const record = findCase(state, caseId)
        if (record === undefined) return fail('NOT_FOUND', {})
        record.hold = hold
        return ok({})
      },
      disposalList: async ({ only, offset, limit }) => {
        const rows = state.cases
          .filter((record) => record.state === 'concluded')
          .filter((record) => only === 'all' || proposed.has(record.id) === (only === 'proposed'))
          .map((record) => ({
            ...summaryOf(record),
            retentionEndsOn: '2026-03-31' as IsoDate,
            proposedBy: (proposed.get(record.id)?.by ?? null) as never,
            proposedByName: proposed.get(record.id)?.name ?? '',
            proposedAt: proposed.has(record.id) ? FAKE_NOW : null,
            why: proposed.get(record.id)?.why ?? '',
          }))
        return ok({ rows: rows.slice(offset, offset + limit), total: rows.length })
      },
      proposeDisposal: async ({ caseIds, why }, { actor }) => {
        for (const caseId of caseIds)
          proposed.set(caseId, { by: actor?.id ?? '', name: actor?.displayName ?? '', why })
        return ok({})
      },
      withdrawDisposal: async ({ caseIds }) => {
        if (caseIds.some((caseId) => !proposed.has(caseId))) return fail('NOT_PROPOSED', {})
        for (const caseId of caseIds) proposed.delete(caseId)
        return ok({})
      },
      confirmDisposal: async ({ caseIds }, { actor }) => {
        if (caseIds.some((caseId) => !proposed.has(caseId))) return fail('NOT_PROPOSED', {})
        if (caseIds.some((caseId) => proposed.get(caseId)?.by === actor?.id)) return fail('SAME_PERSON', {})
        const rows = caseIds.map((caseId) => {
          const record = findCase(state, caseId)
          if (record) record.state = 'deleted'
          return { caseId, documentId: null, title: record?.fields.title ?? '', verdict: 'disposed' as const }
        })
        records.unshift({
          id: fakeId('disposal'),
          fiscalYear: 2026,
          number: records.length + 1,
          confirmedAt: FAKE_NOW,
          confirmedByName: actor?.displayName ?? '',
          cases: caseIds.length,
        })
        return outcomes.start(
          { kind: 'dispose', about: `契約 ${caseIds.length}件`, fileName: '廃棄証明書.pdf' },
          rows,
        )
      },
      disposals: async ({ offset, limit }) =>
        ok({ rows: records.slice(offset, offset + limit), total: records.length }),
      disposalCertificate: async ({ id }) => {
        const record = records.find((candidate) => candidate.id === id)
        if (record === undefined) return fail('NOT_FOUND', {})
        const fileName = `廃棄証明書_令和8年度_廃第${record.number}号.pdf`
        return ok({ ticket: office.ticketFor(await office.anyPdf(), fileName), fileName })
      },
      evidence: async () => ok({ files: 12, nextRenewalAt: FAKE_NOW, ...lapsingOf(state) }),
      renew: async () =>
        outcomes.start({ kind: 'verify-span', about: '', fileName: '' }, [], 'renew-evidence'),
      renewalResult: async ({ taskId }) => {
        const work = await outcomes.result({ taskId, offset: 0, limit: 200 })
        const counts = { renewed: 0, later: 0, failed: 0 }
        return work.ok ? ok({ done: work.value.done, code: null, due: 0, counts, rows: [] }) : work
      },
    },
    audit: {
      list: async ({ action, offset, limit }) => {
        const rows = state.cases
          .flatMap((record) =>
            record.events.map((event) => ({ ...event, caseId: record.id, caseTitle: record.fields.title })),
          )
          .filter((row) => row.action.includes(action))
          .map((row, index) => ({ ...row, seq: index + 1 }))
        return ok({ rows: rows.slice(offset, offset + limit), total: rows.length, totalIsCapped: false })
      },
      check: async () => ok({ taskId: 'check-log' }),
      checked: async () =>
        ok({
          state: 'done' as const,
          found: { entries: 128, firstBrokenSeq: null, anchoredUntilSeq: 120, lastAnchorAt: FAKE_NOW },
        }),
      export: async () =>
        outcomes.start({ kind: 'list', about: '操作ログ（すべての期間）', fileName: '操作ログ.csv' }, []),
    },
  }
}

type FakeRecord = {
  id: string
  fiscalYear: number
  number: number
  confirmedAt: typeof FAKE_NOW
  confirmedByName: string
  cases: number
}

/** Nothing lapses unless a test says that renewal is switched off. */
function lapsingOf(state: FakeState): { lapsing: number; rows: LapsingEvidence[] } {
  if (!state.renewalIsOff) return { lapsing: 0, rows: [] }
  const rows = state.cases.flatMap((record) =>
    record.documents.slice(0, 1).map((document, index) => ({
      caseId: record.id,
      documentId: document.id,
      caseTitle: record.fields.title,
      title: document.title,
      until: index === 0 && record.state === 'concluded' ? FAKE_NOW : null,
      retentionEndsOn: record.state === 'concluded' ? ('2031-03-31' as IsoDate) : null,
      reason: record.state === 'concluded' ? ('RENEWAL_OFF' as const) : ('NO_TIMESTAMP' as const),
    })),
  )
  return { lapsing: rows.length, rows }
}

function snippetOf(record: FakeCase | undefined, words: readonly string[]) {
  const [word] = words
  const document = record?.documents[0]
  if (word === undefined || document === undefined) return null
  const text = `…受注者は、${word}に係る工事を、設計図書に従い完成しなければならない。…`
  return { documentId: document.id, page: 3, source: document.title, text, marks: findMarks(text, words) }
}

function countBy(values: readonly string[]) {
  return [...new Set(values)].map((value) => ({
    value,
    label: value,
    count: values.filter((other) => other === value).length,
  }))
}
