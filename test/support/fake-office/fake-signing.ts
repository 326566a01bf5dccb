import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import type { VerificationReport } from '../../../shared/model/verification.ts'
import { fail, ok } from '../../../shared/result.ts'
import { findCase, note } from './fake-cases.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { findDocument } from './fake-documents.ts'
import { type FakeCase, fakeId } from './fake-records.ts'
import { FAKE_NOW } from './fake-state.ts'

type Parts = Pick<
  BridgeHandlers<FakeContext>,
  'approval' | 'sending' | 'seal' | 'verification' | 'mails' | 'tasks'
>

type SealRow = {
  caseId: never
  title: string
  state: 'waiting' | 'signed' | 'failed' | 'stopped' | 'cancelled'
  code: string | null
}

export function signingHandlers(office: FakeOffice): Parts {
  const { state } = office
  const runs = new Map<string, { done: boolean; rows: SealRow[] }>()
  const nameOf = (context: FakeContext) => context.actor?.displayName ?? ''
  const signerOf = (signerId: string) => {
    for (const record of state.cases) {
      const index = record.signers.findIndex((signer) => signer.id === signerId)
      const signer = record.signers[index]
      if (signer) return { record, index, signer }
    }
    return undefined
  }
  const patch = (signerId: string, action: string, part: Partial<FakeCase['signers'][number]>) => {
    const found = signerOf(signerId)
    if (!found) return fail('NOT_FOUND', {})
    found.record.signers[found.index] = { ...found.signer, ...part }
    note(office, found.record, { actor: '佐藤 花子', action })
    return ok({})
  }
  return {
    approval: {
      request: async ({ caseId, comment }, context) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        if (record.waitingFor !== 'approval') return fail('NOT_READY', { missing: [record.waitingFor] })
        record.state = 'approval'
        record.approval = {
          requestedAt: FAKE_NOW,
          requestedBy: nameOf(context),
          decidedAt: null,
          decidedBy: '',
          decisionNumber: '',
          comment,
        }
        note(office, record, { actor: nameOf(context), action: 'approval.requested' })
        return ok({})
      },
      decide: async ({ caseId, decision, decisionNumber, comment }, context) => {
        const record = findCase(state, caseId)
        if (!record?.approval) return fail('NOT_FOUND', {})
        if (record.approval.requestedBy === nameOf(context)) return fail('OWN_REQUEST', {})
        record.approval = {
          ...record.approval,
          decidedAt: FAKE_NOW,
          decidedBy: nameOf(context),
          decisionNumber,
          comment,
        }
        record.state = decision === 'approve' ? 'approved' : 'draft'
        record.waitingFor = decision === 'approve' ? 'sending' : 'approval'
        note(office, record, {
          actor: nameOf(context),
          action: decision === 'approve' ? 'approval.given' : 'approval.returned',
        })
        return ok({})
      },
    },
    sending: {
      send: async ({ caseId }, context) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        record.state = 'signing'
        record.waitingFor = 'counterparty'
        record.signers = record.signers.map((signer) =>
          signer.fields.step === 1 ? { ...signer, state: 'requested', requestedAt: FAKE_NOW } : signer,
        )
        note(office, record, { actor: nameOf(context), action: 'case.sent' })
        return ok({})
      },
      remind: async ({ signerId }) =>
        patch(signerId, 'signer.reminded', { state: 'requested', requestedAt: FAKE_NOW }),
      correctSigner: async ({ signerId, fields }) => {
        const found = signerOf(signerId)
        return patch(signerId, 'signer.corrected', {
          state: 'requested',
          ...(found ? { fields: { ...found.signer.fields, ...fields } } : {}),
        })
      },
      unlock: async ({ signerId }) => patch(signerId, 'signer.unlocked', { state: 'requested' }),
      extendDeadline: async ({ signerId }) =>
        patch(signerId, 'signer.extended', { deadline: (FAKE_NOW + 14 * 86_400_000) as never }),
      reissueDownload: async ({ caseId }, context) => {
        const record = findCase(state, caseId)
        if (!record) return fail('NOT_FOUND', {})
        note(office, record, { actor: nameOf(context), action: 'download.reissued' })
        return ok({})
      },
      checkArrival: async ({ signerId }) => {
        const found = signerOf(signerId)
        if (!found) return fail('NOT_FOUND', {})
        state.arrivalChecks.set(signerId, {
          signerId,
          at: FAKE_NOW,
          state: 'sent',
          lastReply: '250 2.0.0 Ok',
        })
        note(office, found.record, { actor: '佐藤 花子', action: 'signer.arrival-asked' })
        return ok({})
      },
      confirmArrival: async ({ signerId, number }) => {
        const found = signerOf(signerId)
        if (!found) return fail('NOT_FOUND', {})
        if (number !== '123456') return fail('ARRIVAL_NUMBER_WRONG', {})
        const fields = { ...found.signer.fields, addressConfirmedBy: 'arrival' as const }
        return patch(signerId, 'signer.arrival-confirmed', { fields })
      },
      poll: async () => ok({}),
    },
    seal: {
      sign: async ({ caseIds, pin }) => {
        if (pin === 'wrong') return fail('KEY_PASSWORD_WRONG', {})
        const taskId = fakeId('task')
        const rows = caseIds.map((caseId) => ({
          caseId: caseId as never,
          title: findCase(state, caseId)?.fields.title ?? '',
          state: 'waiting' as const,
          code: null,
        }))
        const run: { done: boolean; rows: SealRow[] } = { done: false, rows }
        runs.set(taskId, run)
        setTimeout(() => {
          run.rows = rows.map((row) => sealOne(office, row))
          run.done = true
          office.announce({
            topic: 'progress',
            taskId,
            label: 'seal',
            done: rows.length,
            total: rows.length,
            state: 'done',
          })
        }, 150)
        office.announce({
          topic: 'progress',
          taskId,
          label: 'seal',
          done: 0,
          total: rows.length,
          state: 'running',
        })
        return ok({ taskId })
      },
      outcome: async ({ taskId }) => {
        const run = runs.get(taskId)
        return run ? ok(run) : fail('NOT_FOUND', {})
      },
      retry: async () => ok({}),
    },
    verification: {
      document: async ({ documentId }) => {
        const found = findDocument(office, documentId)
        if (!found) return fail('NOT_FOUND', {})
        return ok({ report: found.record.state === 'concluded' ? SIGNED : UNSIGNED, verifiedAt: FAKE_NOW })
      },
      file: async ({ uploadId }) => {
        const file = state.files.get(uploadId)
        if (!file) return fail('UPLOAD_UNKNOWN', {})
        return ok({
          report: CHANGED,
          verifiedAt: FAKE_NOW,
          ticket: office.ticketFor(file.bytes, file.fileName),
        })
      },
      openSignedRevision: async ({ documentId }) => {
        const found = findDocument(office, documentId)
        const file = found ? state.files.get(found.document.current.id) : undefined
        return file ? ok({ ticket: office.ticketFor(file.bytes, '署名時点の版.pdf') }) : fail('NOT_FOUND', {})
      },
      print: async () => ok({ ticket: office.ticketFor(await office.anyPdf(), '検証結果報告書.pdf') }),
    },
    mails: {
      list: async ({ caseId, states, offset, limit }) => {
        const rows = state.mails.filter(
          (mail) =>
            (caseId === undefined || mail.caseId === caseId) &&
            (states.length === 0 || states.includes(mail.state)),
        )
        return ok({ rows: rows.slice(offset, offset + limit), total: rows.length })
      },
      retry: async ({ mailId }) => {
        state.mails = state.mails.map((mail) => (mail.id === mailId ? { ...mail, state: 'queued' } : mail))
        office.announce({ topic: 'mail-changed' })
        return ok({})
      },
      readBounce: async ({ uploadId }) => {
        const file = state.files.get(uploadId)
        if (!file) return fail('UPLOAD_UNKNOWN', {})
        const text = Buffer.from(file.bytes).toString('utf8')
        if (!text.includes('Subject:')) return fail('NOT_A_MAIL', {})
        const mails = state.mails.filter((mail) => mail.state === 'sent' && text.includes(mail.to))
        if (mails.length === 0) return fail('BOUNCE_OF_NO_MAIL', {})
        return ok({ outcome: 'failed', address: mails[0]?.to ?? '', reply: '550 5.1.1 User unknown', mails })
      },
      markReturned: async ({ mailId, reply }) => {
        const mail = state.mails.find((candidate) => candidate.id === mailId)
        if (mail?.state !== 'sent') return fail('STATE_FORBIDS', {})
        state.mails = state.mails.map((one) =>
          one.id === mailId ? { ...one, state: 'returned', lastReply: reply } : one,
        )
        const record = mail.caseId === null ? undefined : findCase(state, mail.caseId)
        const signer = record?.signers.find(({ fields }) => fields.mailAddress === mail.to)
        if (signer) patch(signer.id, 'mail.returned', { state: 'queued', problem: 'MAIL_RETURNED' })
        office.announce({ topic: 'mail-changed' })
        return ok({})
      },
      dismiss: async ({ mailId }) => {
        state.mails = state.mails.map((mail) => (mail.id === mailId ? { ...mail, state: 'cancelled' } : mail))
        office.announce({ topic: 'mail-changed' })
        return ok({})
      },
      inbox: async () =>
        ok({
          mails: state.mails.map((mail) => ({
            id: mail.id,
            receivedAt: mail.createdAt,
            to: mail.to,
            subject: mail.subject,
            text: '株式会社髙橋組\n髙橋 一郎 様\n\n扶桑町から署名の依頼が届いています。\n次のURLから内容をご確認ください。\n\nhttps://portal.example.jp/s/xxxx',
          })),
        }),
    },
    tasks: { cancel: async () => ok({}) },
  }
}

function sealOne(office: FakeOffice, row: SealRow): SealRow {
  const record = findCase(office.state, row.caseId)
  if (record?.waitingFor !== 'town-signature') return { ...row, state: 'failed', code: 'NOT_READY' }
  record.signers = record.signers.map((signer) => ({
    ...signer,
    state: 'signed',
    signedAt: signer.signedAt ?? FAKE_NOW,
  }))
  record.state = 'concluded'
  record.waitingFor = 'evidence'
  note(office, record, { actor: '伊藤 誠', action: 'case.sealed' })
  return { ...row, state: 'signed' }
}

const UNSIGNED: VerificationReport = { verdict: 'unsigned', signatures: [], problems: [] }

const signature: VerificationReport['signatures'][number] = {
  field: '署名1',
  kind: 'signature',
  subFilter: 'ETSI.CAdES.detached',
  level: 'B-LTA',
  signer: { commonName: '電子契約デスク 立会人（テスト用）', organization: '扶桑町' },
  algorithm: 'RSA-2048/SHA-256',
  claimedAt: '2026-02-10T04:00:00Z',
  timestamp: { time: '2026-02-10T04:00:05Z', authority: 'テスト用時刻認証局', trusted: true },
  integrity: 'intact',
  trust: 'trusted',
  revocation: 'good',
  coverage: 'revision',
  revision: 1,
  revisions: 3,
  changesAfter: { level: 'lta', permitted: true, items: [] },
  verdict: 'valid',
  reasons: [],
  claims: {
    name: '髙橋 一郎',
    reason: '本人の同意にもとづく立会人署名（takahashi@takahashigumi.example.jp）',
    location: null,
    contactInfo: null,
  },
  signedSizeBytes: 20_000,
  evidenceUntil: '2036-12-31T14:59:59Z',
}
const SIGNED: VerificationReport = {
  verdict: 'valid',
  signatures: [
    signature,
    {
      ...signature,
      field: '署名2',
      signer: { commonName: '扶桑町長', organization: '扶桑町' },
      revision: 2,
      claims: { name: '扶桑町長', reason: null, location: null, contactInfo: null },
    },
    {
      ...signature,
      field: 'タイムスタンプ1',
      kind: 'document-timestamp',
      subFilter: 'ETSI.RFC3161',
      coverage: 'whole-file',
      revision: 3,
      claims: { name: null, reason: null, location: null, contactInfo: null },
    },
  ],
  problems: [],
}
const CHANGED: VerificationReport = {
  verdict: 'changed',
  signatures: [
    {
      ...signature,
      verdict: 'changed',
      changesAfter: {
        level: 'other',
        permitted: false,
        items: [{ code: 'PAGE_CONTENT', page: 2, text: '2ページの内容が署名の後に書き換えられています。' }],
      },
      reasons: [{ code: 'CHANGED_AFTER', text: '署名の後に、許可されていない変更があります。' }],
    },
  ],
  problems: [],
}
