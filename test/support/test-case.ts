/** Cases for tests: registered, approved, sent and signed through the same bridge as the screens. */
import type { z } from 'zod'
import type { bridge } from '../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../shared/bridge/define.ts'
import type { CaseId } from '../../shared/model/brand.ts'
import { CaseFields } from '../../shared/model/case.ts'
import { SignerFields } from '../../shared/model/signer.ts'
import { type Person, type TestOffice, until } from './office.ts'
import { must } from './office-process.ts'
import { plainPdf } from './plain-pdf.ts'

export type CaseView = OutputOf<typeof bridge.cases.read>
type SignerInput = z.input<typeof SignerFields>

export type TestCase = {
  readonly fields?: Partial<z.input<typeof CaseFields>>
  readonly signers?: readonly SignerInput[]
  readonly documents?: readonly {
    readonly title: string
    readonly role: 'sign' | 'view'
    readonly bytes: Uint8Array
  }[]
}

export const CONTRACTOR = 'takahashi@example.jp'
export const TITLE = '町道高雄１２号線 側溝改良工事'

export function contractor(change: Partial<SignerInput> = {}): SignerInput {
  return {
    side: 'counterparty',
    signatureType: 'witness',
    step: 1,
    company: '株式会社髙橋組',
    position: '代表取締役',
    name: '髙橋 太郎',
    mailAddress: CONTRACTOR,
    addressConfirmedBy: 'application',
    ...change,
  }
}

export function town(change: Partial<SignerInput> = {}): SignerInput {
  return {
    side: 'town',
    signatureType: 'party',
    step: 2,
    position: '扶桑町長',
    name: '扶桑 一郎',
    mailAddress: '',
    ...change,
  }
}

export function caseFields(change: Partial<z.input<typeof CaseFields>> = {}): z.output<typeof CaseFields> {
  return CaseFields.parse({
    title: TITLE,
    contractNumber: 'R8-土-012',
    method: 'open-bid',
    kind: 'service',
    amount: 1_980_000,
    contractDate: '2026-11-20',
    department: '土木課',
    applicationDate: '2026-11-02',
    counterparties: [{ name: '株式会社髙橋組' }],
    ...change,
  })
}

/** Registered with files, signers and one visible place for each signer. */
export async function registerCase(clerk: Person, wish: TestCase = {}): Promise<CaseId> {
  const { client } = clerk
  const { caseId } = must(await client.cases.create({ fields: caseFields(wish.fields) }))
  const documents = wish.documents ?? [
    { title: '業務委託契約書', role: 'sign' as const, bytes: plainPdf(3000) },
  ]
  for (const { title, role, bytes } of documents) {
    const uploadId = await clerk.upload(`${title}.pdf`, bytes)
    must(await client.documents.import({ caseId, uploadId, title, role }))
  }
  const signers = (wish.signers ?? [contractor(), town()]).map((signer) => SignerFields.parse(signer))
  must(await client.documents.saveSigners({ caseId, signers }))
  const view = must(await client.cases.read({ caseId }))
  const fields = view.documents
    .filter((document) => document.role === 'sign')
    .flatMap((document) =>
      view.signers.map((signer, index) => ({
        documentId: document.id,
        signerId: signer.id,
        page: 1,
        x: 60,
        y: 120 + index * 60,
        width: 150,
        height: 44,
        appearance: 'text' as const,
      })),
    )
  must(await client.documents.saveFields({ caseId, fields }))
  return caseId
}

export async function approve(office: TestOffice, caseId: CaseId): Promise<void> {
  must(await office.clerk.client.approval.request({ caseId, comment: '' }))
  must(
    await office.approver.client.approval.decide({
      caseId,
      decision: 'approve',
      decisionNumber: '8扶行第123号',
    }),
  )
}

/** Registered, approved, sent. */
export async function sendCase(office: TestOffice, wish: TestCase = {}): Promise<CaseId> {
  const caseId = await registerCase(office.clerk, wish)
  await approve(office, caseId)
  must(await office.clerk.client.sending.send({ caseId }))
  return caseId
}

export async function readCase(office: Pick<TestOffice, 'clerk'>, caseId: CaseId): Promise<CaseView> {
  return must(await office.clerk.client.cases.read({ caseId }))
}

export function untilCase(
  office: Pick<TestOffice, 'clerk'>,
  caseId: CaseId,
  isThere: (view: CaseView) => boolean,
  waitMs?: number,
): Promise<CaseView> {
  let view: CaseView | undefined
  return until(
    async () => {
      view = await readCase(office, caseId)
      return isThere(view) ? view : undefined
    },
    () => [
      view?.detail.state,
      view?.detail.waitingFor,
      view?.signers.map(({ fields, state, problem }) => [fields.name, state, problem]),
    ],
    waitMs,
  )
}

export function untilWaitingFor(
  office: Pick<TestOffice, 'clerk'>,
  caseId: CaseId,
  what: CaseView['detail']['waitingFor'],
): Promise<CaseView> {
  return untilCase(office, caseId, (view) => view.detail.waitingFor === what)
}

/** The approver signs for the town and waits for the outcome. */
export async function signAsTown(office: TestOffice, caseId: CaseId) {
  const { client } = office.approver
  const { taskId } = must(await client.seal.sign({ caseIds: [caseId] }))
  return until(
    async () => {
      const outcome = must(await client.seal.outcome({ taskId }))
      return outcome.done ? outcome.rows : undefined
    },
    () => 'the town to finish',
    60_000,
  )
}

/** Every version of a document, oldest first, with its bytes. */
export async function versionsOf(
  office: TestOffice,
  document: CaseView['documents'][number],
): Promise<readonly { readonly reason: string; readonly bytes: Buffer }[]> {
  const { client, download } = office.clerk
  const versions = []
  for (const version of [...document.versions].sort((left, right) => left.number - right.number)) {
    const opened = await client.documents.open({
      documentId: document.id,
      versionId: version.id,
      purpose: 'download',
    })
    versions.push({ reason: version.reason, bytes: await download(must(opened).ticket) })
  }
  return versions
}
