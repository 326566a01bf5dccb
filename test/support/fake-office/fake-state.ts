import type { ArrivalCheck } from '../../../shared/bridge/cases.ts'
import type { EpochMs, MailId } from '../../../shared/model/brand.ts'
import type { MailSummary } from '../../../shared/model/mail.ts'
import { SettingsView } from '../../../shared/model/settings.ts'
import { makeContractPdf } from './fake-pdf.ts'
import {
  at,
  day,
  type FakeCase,
  type FakeUser,
  fakeId,
  makeCase,
  makeDocument,
  makeField,
  makeSigner,
  makeUser,
} from './fake-records.ts'

export type FakeState = {
  phase: 'first-start' | 'locked' | 'ready'
  townName: string
  users: FakeUser[]
  cases: FakeCase[]
  settings: SettingsView
  mails: MailSummary[]
  /** 到達確認メール by signer; the number told back is 123456. */
  readonly arrivalChecks: Map<string, ArrivalCheck>
  /** Bytes of every version and every upload, by id. */
  readonly files: Map<string, { readonly fileName: string; readonly bytes: Uint8Array }>
  loginFailures: number
  /** The way to the TSA is switched off, and evidence will lapse. */
  renewalIsOff: boolean
}

export const FAKE_NOW = at('2026-11-22T10:00:00+09:00')

/** An office in the middle of its work: every state of a case occurs. */
export async function busyOffice(): Promise<FakeState> {
  const contract = await makeContractPdf('工事請負契約書', 3)
  const design = await makeContractPdf('設計図書', 2)
  const state: FakeState = {
    phase: 'locked',
    townName: '扶桑町',
    users: [
      makeUser('admin', '山田 太郎', '総務課', ['administrator']),
      makeUser('clerk', '佐藤 花子', '行政課', ['clerk']),
      makeUser('approver', '伊藤 誠', '行政課', ['approver']),
      makeUser('records', '渡邉 典子', '行政課', ['records']),
      makeUser('auditor', '﨑山 正', '監査委員事務局', ['auditor']),
      makeUser('all', '𠮷田 一人', '行政課', ['administrator', 'clerk', 'approver', 'records', 'auditor']),
    ],
    cases: [],
    settings: fakeSettings(),
    mails: [],
    arrivalChecks: new Map(),
    files: new Map(),
    loginFailures: 0,
    renewalIsOff: false,
  }
  state.cases = [
    draftCase(),
    approvalCase(state, contract, design),
    approvedCase(state, contract),
    signingCase(state, contract, design),
    sealCase(state, contract),
    declinedCase(state, contract),
    concludedCase(state, contract),
  ]
  state.mails = fakeMails(state)
  return state
}

/** Nothing yet: the first screen of all. */
export async function newOffice(): Promise<FakeState> {
  const state = await busyOffice()
  return { ...state, phase: 'first-start', townName: '', users: [], cases: [], mails: [] }
}

function addDocuments(
  state: FakeState,
  record: FakeCase,
  files: readonly { title: string; role: 'sign' | 'view'; bytes: Uint8Array }[],
) {
  record.documents = files.map((file, index) => {
    const document = makeDocument(record.id, index, { ...file, pages: file.role === 'sign' ? 3 : 2 })
    state.files.set(document.current.id, { fileName: document.fileName, bytes: file.bytes })
    return document
  })
}

function addSigners(record: FakeCase) {
  record.signers = [
    makeSigner(record.id, {
      name: '髙橋 一郎',
      company: '株式会社髙橋組',
      position: '代表取締役',
      mailAddress: 'takahashi@takahashigumi.example.jp',
      accessCode: 'tk2026',
      contactName: '鈴木 次郎',
      contactMailAddress: 'suzuki@takahashigumi.example.jp',
      addressConfirmedBy: 'application',
    }),
    makeSigner(record.id, {
      side: 'town',
      signatureType: 'party',
      step: 2,
      name: '扶桑町長',
      position: '町長',
    }),
  ]
  const [first] = record.documents
  if (first)
    record.signatureFields = record.signers.map((signer, index) =>
      makeField(first.id, signer.id, 95 + 60 * index),
    )
}

function draftCase(): FakeCase {
  return makeCase({ title: '町道高雄12号線舗装修繕工事', contractNumber: 'R8-土-041' }, 'draft')
}

function approvalCase(state: FakeState, contract: Uint8Array, design: Uint8Array): FakeCase {
  const record = makeCase(
    {
      title: '柏森小学校屋内運動場改修工事',
      contractNumber: 'R8-学-007',
      amount: 68_200_000 as never,
      department: '学校教育課',
    },
    'approval',
  )
  addDocuments(state, record, [
    { title: '工事請負契約書', role: 'sign', bytes: contract },
    { title: '設計図書', role: 'view', bytes: design },
  ])
  addSigners(record)
  record.waitingFor = 'approval'
  record.approval = {
    requestedAt: at('2026-11-21T15:00:00+09:00'),
    requestedBy: '佐藤 花子',
    decidedAt: null,
    decidedBy: '',
    decisionNumber: '',
    comment: '契約書の日付を確認済みです。',
  }
  return record
}

function approvedCase(state: FakeState, contract: Uint8Array): FakeCase {
  const record = makeCase(
    {
      title: '公用車(軽貨物)購入',
      contractNumber: 'R8-総-012',
      kind: 'purchase',
      amount: 1_320_000 as never,
      department: '総務課',
    },
    'approved',
  )
  addDocuments(state, record, [{ title: '物品売買契約書', role: 'sign', bytes: contract }])
  addSigners(record)
  record.waitingFor = 'sending'
  record.approval = {
    requestedAt: at('2026-11-20T15:00:00+09:00'),
    requestedBy: '佐藤 花子',
    decidedAt: at('2026-11-20T17:00:00+09:00'),
    decidedBy: '伊藤 誠',
    decisionNumber: '8扶行第123号',
    comment: '',
  }
  return record
}

function signingCase(state: FakeState, contract: Uint8Array, design: Uint8Array): FakeCase {
  const record = makeCase(
    {
      title: '令和8年度 橋梁点検業務委託',
      contractNumber: 'R8-土-033',
      kind: 'service',
      amount: 9_900_000 as never,
    },
    'signing',
  )
  addDocuments(state, record, [
    { title: '業務委託契約書', role: 'sign', bytes: contract },
    { title: '仕様書', role: 'view', bytes: design },
  ])
  addSigners(record)
  record.waitingFor = 'counterparty'
  record.nextDeadline = at('2026-11-25T23:59:00+09:00')
  const [first] = record.signers
  if (first)
    record.signers[0] = {
      ...first,
      state: 'viewed',
      requestedAt: at('2026-11-18T10:00:00+09:00'),
      viewedAt: at('2026-11-19T09:12:00+09:00'),
      deadline: record.nextDeadline,
    }
  record.events.push({
    at: at('2026-11-18T10:00:00+09:00'),
    actor: '佐藤 花子',
    action: 'case.sent',
    data: {},
  })
  return record
}

function sealCase(state: FakeState, contract: Uint8Array): FakeCase {
  const record = makeCase(
    {
      title: '庁舎清掃業務委託',
      contractNumber: 'R8-総-020',
      kind: 'service',
      amount: 3_300_000 as never,
      department: '総務課',
    },
    'signing',
  )
  addDocuments(state, record, [{ title: '業務委託契約書', role: 'sign', bytes: contract }])
  addSigners(record)
  record.waitingFor = 'town-signature'
  const [first] = record.signers
  if (first)
    record.signers[0] = {
      ...first,
      state: 'signed',
      signedAt: at('2026-11-21T11:30:00+09:00'),
      requestedAt: at('2026-11-18T10:00:00+09:00'),
    }
  return record
}

function declinedCase(state: FakeState, contract: Uint8Array): FakeCase {
  const record = makeCase(
    {
      title: '防災行政無線子局賃貸借',
      contractNumber: 'R8-危-003',
      kind: 'lease',
      amount: null,
      department: '危機管理課',
    },
    'declined',
  )
  addDocuments(state, record, [{ title: '賃貸借契約書', role: 'sign', bytes: contract }])
  addSigners(record)
  record.waitingFor = 'clerk'
  const [first] = record.signers
  if (first)
    record.signers[0] = {
      ...first,
      state: 'declined',
      declineReason: '契約期間の終わりの日が見積書と違います。',
    }
  return record
}

function concludedCase(state: FakeState, contract: Uint8Array): FakeCase {
  const record = makeCase(
    {
      title: '山那橋 橋梁補修工事',
      contractNumber: 'R7-土-055',
      amount: 15_400_000 as never,
      contractDate: day('2026-02-10'),
      applicationDate: day('2026-01-28'),
      completedOn: day('2026-03-31'),
      retentionYears: 5,
    },
    'concluded',
  )
  addDocuments(state, record, [{ title: '工事請負契約書', role: 'sign', bytes: contract }])
  addSigners(record)
  record.waitingFor = 'evidence'
  record.signers = record.signers.map((signer) => ({
    ...signer,
    state: 'signed',
    signedAt: at('2026-02-10T13:00:00+09:00'),
  }))
  record.changes.push({
    at: at('2026-02-09T09:00:00+09:00'),
    who: '佐藤 花子',
    field: 'amount',
    oldValue: '15000000',
    newValue: '15400000',
    why: '見積りの訂正のため',
  })
  return record
}

function fakeMails(state: FakeState): MailSummary[] {
  return state.cases
    .filter((record) => record.state === 'signing')
    .map((record, index) => ({
      id: fakeId('mail') as MailId,
      caseId: record.id,
      caseTitle: record.fields.title,
      kind: 'signing-request',
      to: 'takahashi@takahashigumi.example.jp',
      subject: `扶桑町 様より${record.fields.title}への署名依頼が届いています`,
      state: index === 0 ? 'sent' : 'dead',
      attempts: index === 0 ? 1 : 8,
      createdAt: at('2026-11-18T10:00:00+09:00'),
      sentAt: index === 0 ? at('2026-11-18T10:00:04+09:00') : null,
      nextAttemptAt: null as EpochMs | null,
      lastReply: index === 0 ? '250 2.0.0 Ok' : '550 5.1.1 User unknown',
    }))
}

function fakeSettings(): SettingsView {
  const certificate = (slot: 'town' | 'witness', subject: string) => ({
    slot,
    source: 'built-in' as const,
    subject,
    issuer: 'CN=電子契約デスク テスト認証局',
    notBefore: at('2026-01-01T00:00:00+09:00'),
    notAfter: at('2028-12-31T23:59:59+09:00'),
    algorithm: 'RSA-2048/SHA-256',
    owner: '扶桑町',
    serialNumber: '01a3f5',
    testPart: true,
    askPin: slot === 'town',
    token: null,
  })
  return SettingsView.parse({
    town: {
      townName: '扶桑町',
      headOfTown: '扶桑町長',
      divisionName: '総務部行政課',
      divisionMail: 'gyousei@town.example.jp',
      divisionPhone: '0587-00-0000',
      departments: ['総務課', '行政課', '土木課', '学校教育課', '危機管理課'],
      lockAfterMinutes: 15,
      downloadDays: 14,
      reminderDays: [3, 7],
    },
    smtp: { mode: 'built-in', hasPassword: false },
    tsa: { mode: 'built-in', hasPassword: false },
    portal: { mode: 'built-in', hasToken: false },
    certificates: [
      certificate('town', 'CN=扶桑町（テスト用）'),
      certificate('witness', 'CN=電子契約デスク 立会人（テスト用）'),
    ],
    rules: {
      electronicBidsFrom: '2025-09-01',
      electronicNegotiatedFrom: '2026-04-01',
      councilWorksYen: 50_000_000,
      councilPropertyYen: 7_000_000,
      smallContractLimits: [
        {
          from: '2025-04-01',
          worksYen: 2_000_000,
          purchaseYen: 1_500_000,
          leaseInYen: 800_000,
          saleYen: 500_000,
          leaseOutYen: 300_000,
          otherYen: 1_000_000,
        },
      ],
      stampDutyReductionUntil: '2027-03-31',
      retentionYearsByKind: { construction: 10, service: 5, purchase: 5, lease: 5 },
    },
    network: { mail: true, timestamp: true, portal: true, revocation: true },
    hasSealImage: false,
  })
}
