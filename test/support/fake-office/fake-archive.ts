import { rightToFolder, viewerOf } from '../../../electron/core/archive/tables/viewer.ts'
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import type { FolderId, IsoDate } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { findMarks, normaliseText } from '../../../shared/text/normalise.ts'
import { parseQuery } from '../../../shared/text/query.ts'
import { findCase } from './fake-cases.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { type FakeCase, fakeId, keepingOf, summaryOf } from './fake-records.ts'
import { FAKE_NOW } from './fake-state.ts'

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
  const proposed = new Map<string, { by: string; name: string }>()
  const tasks = new Map<
    string,
    {
      done: boolean
      ticket: string | null
      rows: { caseId: never; documentId: never; title: string; verdict: string }[]
    }
  >()
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
  const startTask = async (label: string, withFile: boolean) => {
    const taskId = fakeId('task')
    const rows = state.cases.flatMap((record) =>
      record.documents.map((document) => ({
        caseId: record.id as never,
        documentId: document.id as never,
        title: document.title,
        verdict: record.state === 'concluded' ? 'valid' : 'unsigned',
      })),
    )
    tasks.set(taskId, { done: false, ticket: null, rows: [] })
    const ticket = withFile ? office.ticketFor(await office.anyPdf(), 'ダウンロードの求め.zip') : null
    office.announce({ topic: 'progress', taskId, label, done: 0, total: rows.length, state: 'running' })
    setTimeout(() => {
      tasks.set(taskId, { done: true, ticket, rows })
      office.announce({
        topic: 'progress',
        taskId,
        label,
        done: rows.length,
        total: rows.length,
        state: 'done',
      })
    }, 150)
    return ok({ taskId })
  }
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
          totalIsCapped: false,
          facets: {
            state: countBy(found.map((record) => record.state)),
            kind: countBy(found.map((record) => record.fields.kind)),
            department: countBy(found.map((record) => record.fields.department)),
            'fiscal-year': [{ value: '2026', label: '令和8年度', count: found.length }],
          },
          understood: [...understood],
          words: [...words],
          waiting: 0,
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
        return ok({ rows: rows.slice(offset, offset + limit), total: rows.length })
      },
      export: async ({ query }) =>
        matching(query).length === 0 ? fail('NOTHING_FOUND', {}) : startTask('archive.export', true),
      verifySpan: async () => startTask('archive.verifySpan', true),
      taskResult: async ({ taskId }) => {
        const task = tasks.get(taskId)
        return task ? ok({ ...task, code: null }) : fail('NOT_FOUND', {})
      },
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
      disposalList: async () =>
        ok({
          rows: state.cases
            .filter((record) => record.state === 'concluded')
            .map((record) => ({
              ...summaryOf(record),
              retentionEndsOn: '2026-03-31' as IsoDate,
              proposedBy: (proposed.get(record.id)?.by ?? null) as never,
              proposedByName: proposed.get(record.id)?.name ?? '',
            })),
        }),
      proposeDisposal: async ({ caseIds }, { actor }) => {
        for (const caseId of caseIds)
          proposed.set(caseId, { by: actor?.id ?? '', name: actor?.displayName ?? '' })
        return ok({})
      },
      confirmDisposal: async ({ caseIds }, { actor }) => {
        if (caseIds.some((caseId) => proposed.get(caseId)?.by === actor?.id)) return fail('SAME_PERSON', {})
        for (const caseId of caseIds) {
          const record = findCase(state, caseId)
          if (record) record.state = 'deleted'
        }
        return ok({ ticket: office.ticketFor(await office.anyPdf(), '廃棄証明書.pdf') })
      },
      evidence: async () => ok({ files: 12, lapsing: 0, nextRenewalAt: FAKE_NOW }),
      renew: async () => startTask('renew-evidence', false),
      renewalResult: async ({ taskId }) => {
        const task = tasks.get(taskId)
        if (task === undefined) return fail('NOT_FOUND', {})
        const rows = task.rows.map(({ verdict: _verdict, ...row }) => ({
          ...row,
          outcome: 'renewed' as const,
          code: null,
        }))
        return ok({ done: task.done, code: null, due: rows.length, rows })
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
        return ok({ rows: rows.slice(offset, offset + limit), total: rows.length })
      },
      check: async () =>
        ok({ entries: 128, firstBrokenSeq: null, anchoredUntilSeq: 120, lastAnchorAt: FAKE_NOW }),
      export: async () => ok({ ticket: office.ticketFor(await office.anyPdf(), '操作ログ.csv') }),
    },
  }
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
