/** The office's side of the demo: what clerks and the approver do, through the same bridge as the screens. */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fillApplicationForm } from '../../electron/core/pages/application-form.ts'
import type { bridge } from '../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../shared/bridge/define.ts'
import type { CaseId } from '../../shared/model/brand.ts'
import { CaseFields } from '../../shared/model/case.ts'
import { SignerFields } from '../../shared/model/signer.ts'
import { must, type OfficeProcess } from '../support/office-process.ts'
import type { DemoCase } from './demo-cases.ts'

export const CLERK = { loginName: 'tanaka', password: 'clerk-password-1' } as const
export const APPROVER = { loginName: 'suzuki', password: 'approver-password-1' } as const

export type CaseView = OutputOf<typeof bridge.cases.read>

export type OfficeDesk = ReturnType<typeof openDesk>

const WAIT_MS = 90_000
const LOOK_MS = 150

/** @param inputDir folder of the PDFs that go in */
export function openDesk(current: () => OfficeProcess, inputDir: string) {
  const office = () => current().client
  const logIn = async (who: { readonly loginName: string; readonly password: string }): Promise<void> => {
    must(await office().session.logIn(who))
  }
  const read = async (caseId: CaseId): Promise<CaseView> => must(await office().cases.read({ caseId }))
  /** Looks until the case is as awaited; what it waits for instead is in the error. */
  const until = async (
    caseId: CaseId,
    what: string,
    isThere: (view: CaseView) => boolean,
  ): Promise<CaseView> => {
    const end = Date.now() + WAIT_MS
    for (;;) {
      const view = await read(caseId)
      if (isThere(view)) return view
      if (Date.now() > end)
        throw new Error(
          `${what}: still ${view.detail.state}/${view.detail.waitingFor}, ${view.signers.map((signer) => `${signer.state}:${signer.problem}`).join(', ')}`,
        )
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }
  return {
    logIn,
    read,
    until,
    setUp: async (): Promise<Buffer> => {
      const { recoverySheet } = must(
        await office().session.setUp({
          townName: '扶桑町',
          loginName: CLERK.loginName,
          displayName: '田中 一子',
          department: '行政課',
          password: CLERK.password,
        }),
      )
      must(
        await office().users.create({
          loginName: APPROVER.loginName,
          displayName: '鈴木 部長',
          department: '行政課',
          roles: ['approver'],
          password: APPROVER.password,
        }),
      )
      return current().download(recoverySheet)
    },
    /** 申出書: issued, filled by the contractor, read back; returns what a clerk would take over. */
    readForm: async (demo: DemoCase): Promise<{ readonly filled: Buffer; readonly uploadId: string }> => {
      const { ticket } = must(await office().cases.issueApplicationForm({ title: demo.fields.title }))
      const [signer] = demo.signers
      const [company] = demo.fields.counterparties
      const filled = Buffer.from(
        await fillApplicationForm(await current().download(ticket), {
          date_year: '8',
          date_month: '11',
          date_day: '2',
          company_address: '愛知県丹羽郡扶桑町大字柏森字中切１番地',
          company_name: company?.name ?? '',
          representative: company?.representative ?? '',
          signer_position: signer?.position ?? '',
          signer_name: signer?.name ?? '',
          signer_mail: signer?.mailAddress ?? '',
          access_code: signer?.accessCode ?? '',
        }),
      )
      const uploadId = await current().upload('電子契約利用申出書.pdf', filled)
      const reading = must(await office().cases.readApplicationForm({ uploadId }))
      const stops = reading.problems.filter((problem) => problem.severity === 'stop')
      if (stops.length > 0) throw new Error(`The form has problems: ${JSON.stringify(stops)}`)
      return { filled, uploadId }
    },
    register: async (demo: DemoCase, applicationUploadId?: string): Promise<CaseId> => {
      const { caseId } = must(
        await office().cases.create({
          fields: CaseFields.parse(demo.fields),
          signers: [],
          ...(applicationUploadId === undefined ? {} : { applicationUploadId }),
        }),
      )
      for (const document of demo.documents) {
        const path = join(inputDir, document.file)
        if (!existsSync(path)) continue
        const uploadId = await current().upload(`${document.title}.pdf`, await readFile(path))
        must(
          await office().documents.import({ caseId, uploadId, title: document.title, role: document.role }),
        )
      }
      must(
        await office().documents.saveSigners({
          caseId,
          signers: demo.signers.map((signer) => SignerFields.parse(signer)),
        }),
      )
      const { documents } = await read(caseId)
      const fields = []
      for (const document of documents.filter((candidate) => candidate.role === 'sign')) {
        const proposed = must(await office().documents.proposeFields({ caseId, documentId: document.id }))
        fields.push(...proposed.fields)
      }
      must(await office().documents.saveFields({ caseId, fields }))
      return caseId
    },
    approveAndSend: async (caseId: CaseId): Promise<void> => {
      must(await office().approval.request({ caseId, comment: '内容を確認のうえ、決裁をお願いします。' }))
      await logIn(APPROVER)
      must(await office().approval.decide({ caseId, decision: 'approve', decisionNumber: '8扶行第123号' }))
      await logIn(CLERK)
      must(await office().sending.send({ caseId }))
    },
    /** Everything that is due, with one PIN (the test certificate asks none). */
    signAsTown: async (caseIds: readonly CaseId[]): Promise<void> => {
      await logIn(APPROVER)
      const { taskId } = must(await office().seal.sign({ caseIds: [...caseIds] }))
      const end = Date.now() + WAIT_MS
      for (;;) {
        const { done, rows } = must(await office().seal.outcome({ taskId }))
        if (done) {
          const failed = rows.filter((row) => row.state !== 'signed')
          if (failed.length > 0) throw new Error(`Not sealed: ${JSON.stringify(failed)}`)
          break
        }
        if (Date.now() > end) throw new Error('The town did not finish signing')
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
      await logIn(CLERK)
    },
  }
}
