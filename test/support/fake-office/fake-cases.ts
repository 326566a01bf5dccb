import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { type FakeCase, keepingOf, makeCase, makeSigner, summaryOf } from './fake-records.ts'
import { FAKE_NOW, type FakeState } from './fake-state.ts'

type Parts = Pick<BridgeHandlers<FakeContext>, 'cases'>

export function findCase(state: FakeState, caseId: string): FakeCase | undefined {
  return state.cases.find((record) => record.id === caseId)
}

/** What a case waits for, worked out from its parts as the real office does. */
export function settle(record: FakeCase): void {
  if (record.state !== 'draft') return
  const toSign = record.documents.filter((document) => document.role === 'sign')
  record.waitingFor =
    toSign.length === 0
      ? 'documents'
      : record.signers.length === 0
        ? 'signers'
        : record.signatureFields.length === 0
          ? 'fields'
          : 'approval'
}

export function note(
  office: FakeOffice,
  record: FakeCase,
  entry: { readonly actor: string; readonly action: string },
): void {
  record.events.push({ at: FAKE_NOW, data: {}, ...entry })
  record.updatedAt = FAKE_NOW
  office.announce({ topic: 'case-changed', caseId: record.id })
}

function countsOf(records: readonly FakeCase[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const record of records) counts[record.state] = (counts[record.state] ?? 0) + 1
  return counts
}

export function caseHandlers(office: FakeOffice): Parts {
  const { state } = office
  const change = (caseId: CaseId, actor: string, action: string, next: FakeCase['state']) => {
    const record = findCase(state, caseId)
    if (!record) return fail('NOT_FOUND', {})
    record.state = next
    if (next === 'draft') settle(record)
    else record.waitingFor = 'nothing'
    note(office, record, { actor, action })
    return ok({})
  }
  const nameOf = (context: FakeContext) => context.actor?.displayName ?? ''
  return {
    cases: {
      overview: async () => {
        const open = state.cases.filter((record) => !['concluded', 'deleted'].includes(record.state))
        return ok({
          counts: countsOf(state.cases),
          todo: open
            .filter((record) => record.waitingFor !== 'counterparty' || problemOf(record) !== null)
            .map((record) => ({ ...summaryOf(record), problem: problemOf(record) })),
          deadlines: open.filter((record) => record.nextDeadline !== null).map(summaryOf),
          notices: [{ code: 'BACKUP_NOT_RUN', severity: 'warn', data: { days: 2 } }, ...mailNotices(state)],
        })
      },
      list: async (input) => {
        const found = state.cases.filter(
          (record) => input.text === '' || JSON.stringify(record.fields).includes(input.text),
        )
        const rows = found.filter(
          (record) => input.states.length === 0 || input.states.includes(record.state),
        )
        return ok({
          rows: rows.slice(input.offset, input.offset + input.limit).map(summaryOf),
          total: rows.length,
          counts: countsOf(found),
        })
      },
      read: async ({ caseId }) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        return ok({
          detail: {
            ...summaryOf(record),
            fields: record.fields,
            rowVersion: record.rowVersion,
            createdAt: record.createdAt,
            createdBy: record.createdBy,
            fiscalYear: 2026,
            notices: noticesOf(record),
          },
          documents: record.documents,
          signers: record.signers,
          arrivalChecks: record.signers.flatMap((signer) => state.arrivalChecks.get(signer.id) ?? []),
          fields: record.signatureFields,
          approval: record.approval,
          download: record.state === 'concluded' ? { until: FAKE_NOW, issuedAt: record.createdAt } : null,
          evidence: record.state === 'concluded' ? { level: 'B-T', until: null, waitsUntil: FAKE_NOW } : null,
          keeping: keepingOf(record),
          chain: chainOf(state, record),
          inheritedApplicationDate: inheritedDate(state, record),
        })
      },
      create: async ({ fields, signers }, context) => {
        const parent = fields.parentCaseId === null ? undefined : findCase(state, fields.parentCaseId)
        if (fields.parentCaseId !== null && !parent) return fail('PARENT_NOT_FOUND', {})
        if (parent && !['concluded', 'paper'].includes(parent.state)) return fail('PARENT_NOT_CONCLUDED', {})
        const record = makeCase(fields, 'draft')
        record.fields = fields
        const inherited = fields.amendmentOnPaper ? [] : (parent?.signers ?? [])
        const people = signers.length > 0 ? signers : inherited.map((signer) => signer.fields)
        record.signers = people.map((signer) => makeSigner(record.id, signer))
        state.cases.unshift(record)
        settle(record)
        note(office, record, { actor: nameOf(context), action: 'case.created' })
        return ok({ caseId: record.id })
      },
      update: async ({ caseId, rowVersion, fields, why }, context) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        if (record.rowVersion !== rowVersion) return fail('CHANGED_MEANWHILE', {})
        if (record.state !== 'draft' && why === '') return fail('WHY_MISSING', {})
        record.changes.push({
          at: FAKE_NOW,
          who: nameOf(context),
          field: 'title',
          oldValue: record.fields.title,
          newValue: fields.title,
          why,
        })
        record.fields = fields
        record.rowVersion += 1
        note(office, record, { actor: nameOf(context), action: 'case.updated' })
        return ok({ rowVersion: record.rowVersion })
      },
      remove: async ({ caseId }, context) => change(caseId, nameOf(context), 'case.removed', 'deleted'),
      withdraw: async ({ caseId }, context) => change(caseId, nameOf(context), 'case.withdrawn', 'withdrawn'),
      switchToPaper: async ({ caseId }, context) =>
        change(caseId, nameOf(context), 'case.switched-to-paper', 'paper'),
      reopen: async ({ caseId }, context) => change(caseId, nameOf(context), 'case.reopened', 'draft'),
      events: async ({ caseId }) => {
        const record = findCase(state, caseId)
        return record ? ok({ events: record.events }) : fail('NOT_FOUND', {})
      },
      history: async ({ caseId }) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        return ok({
          changes: record.changes.map((row) => ({
            ...row,
            entity: 'case',
            subject: '',
            caseId: record.id,
            caseTitle: record.fields.title,
          })),
        })
      },
      issueApplicationForm: async () =>
        ok({ ticket: office.ticketFor(await office.anyPdf(), '電子契約利用申出書.pdf') }),
      readApplicationForm: async ({ uploadId }) => {
        const file = state.files.get(uploadId)
        if (!file) return fail('UPLOAD_UNKNOWN', {})
        if (Buffer.from(file.bytes.subarray(0, 5)).toString('latin1') !== '%PDF-')
          return fail('NOT_A_PDF', {})
        return ok(FILLED_FORM)
      },
    },
  }
}

/** Amendments of the fake office point to the original itself. */
function chainOf(state: FakeState, record: FakeCase) {
  const originalId = record.fields.parentCaseId ?? record.id
  const chain = state.cases.filter(
    ({ id, fields }) => id === originalId || fields.parentCaseId === originalId,
  )
  if (chain.length < 2) return []
  return chain
    .map((member) => ({ ...summaryOf(member), isOriginal: member.id === originalId }))
    .sort((left, right) => Number(right.isOriginal) - Number(left.isOriginal))
}

function inheritedDate(state: FakeState, { fields }: FakeCase) {
  if (fields.parentCaseId === null || fields.amendmentOnPaper) return null
  return findCase(state, fields.parentCaseId)?.fields.applicationDate ?? null
}

function problemOf(record: FakeCase): string | null {
  return record.signers.find((signer) => signer.problem !== null)?.problem ?? null
}

function mailNotices(state: FakeState) {
  const notices = [
    ['MAILS_DEAD', 'dead'],
    ['MAILS_RETURNED', 'returned'],
  ] as const
  return notices.flatMap(([code, mailState]) => {
    const mails = state.mails.filter((mail) => mail.state === mailState)
    const data = { count: mails.length, reply: mails[0]?.lastReply ?? '' }
    return mails.length === 0 ? [] : [{ code, severity: 'warn' as const, data }]
  })
}

function noticesOf(record: FakeCase) {
  const notices = [{ code: 'STAMP_SAVED', severity: 'info' as const, data: { savedYen: 10_000 } }]
  if ((record.fields.amount ?? 0) < 50_000_000 || record.fields.councilVoteDate !== null) return notices
  return [
    { code: 'COUNCIL_VOTE_NEEDED', severity: 'stop' as const, data: { thresholdYen: 50_000_000 } },
    ...notices,
  ]
}

const FILLED_FORM = {
  values: {
    date: '令和8年11月20日',
    companyAddress: '愛知県丹羽郡扶桑町大字柏森1-1',
    companyName: '株式会社髙橋組',
    representative: '髙橋 一郎',
    title: '町道高雄12号線舗装修繕工事',
    signerPosition: '代表取締役',
    signerName: '髙橋 一郎',
    signerMail: 'info@takahashigumi.example.jp',
    accessCode: 'tk2026',
    contactName: '',
  },
  problems: [{ field: 'signerMail', code: 'MAIL_SHARED', severity: 'warn' as const }],
  proposal: {
    fields: {
      title: '町道高雄12号線舗装修繕工事',
      applicationDate: '2026-11-20' as never,
      counterparties: [
        {
          name: '株式会社髙橋組',
          address: '愛知県丹羽郡扶桑町大字柏森1-1',
          representative: '髙橋 一郎',
          corporateNumber: '',
        },
      ],
    },
    signer: {
      side: 'counterparty' as const,
      signatureType: 'witness' as const,
      name: '髙橋 一郎',
      position: '代表取締役',
      company: '株式会社髙橋組',
      mailAddress: 'info@takahashigumi.example.jp',
      accessCode: 'tk2026',
      addressConfirmedBy: 'application' as const,
    },
  },
}
