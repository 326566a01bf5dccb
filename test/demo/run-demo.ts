/** The whole main job, unattended: real windows, real HTTP, SMTP and RFC 3161 on loopback, real PDFs. Leaves DIR as interfaces say. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from '../../electron/build.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import type { CaseId } from '../../shared/model/brand.ts'
import { formatJapaneseDateTime, japaneseDay } from '../../shared/rules/japanese-date.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Contractor, visitLink } from '../support/contractor.ts'
import { eventLoopEnvironment, longestBlocks } from '../support/event-loop-monitor.ts'
import { must, startOfficeProcess } from '../support/office-process.ts'
import { CORRECTED, type DemoCase, demoCases } from './demo-cases.ts'
import { makeInputs } from './demo-inputs.ts'
import { openDesk } from './office-desk.ts'
import { takeOfficeScreens } from './office-screens.ts'
import { openPostOffice } from './post-office.ts'
import type { Stage } from './stage.ts'
import { writeOutcome } from './write-outcome.ts'

export type DemoOptions = {
  readonly out: string
  readonly tell: (line: string) => void
}

export async function runDemo(options: DemoOptions): Promise<void> {
  const { out, tell } = options
  for (const folder of ['input', 'signed', 'trust', 'mail', 'portal', 'office'])
    await rm(join(out, folder), { recursive: true, force: true })
  await mkdir(join(out, 'portal'), { recursive: true })
  await ensureBuilt(['renderer', 'portal'])
  const browser = await launchBrowser()
  const post = await openPostOffice(join(out, 'mail'))
  const report = join(tmpdir(), `keiyaku-demo-${process.pid}-event-loop`)
  const office = await startOfficeProcess(join(out, 'office'), { environment: eventLoopEnvironment(report) })
  const startedAt = Date.now()
  try {
    const stage: Stage = {
      out,
      browser,
      post,
      office: () => office,
      desk: openDesk(() => office, join(out, 'input')),
      tell,
    }
    await playStory(stage)
    const blocks = await longestBlocks(report, startedAt)
    tell(`起動後の主プロセスの最長の停止: ${JSON.stringify(blocks)}`)
  } finally {
    await browser.close()
    await office.stop()
    await post.close()
    await rm(report, { force: true })
  }
}

async function playStory(stage: Stage): Promise<void> {
  const { out, browser, desk, tell } = stage
  await makeInputs(join(out, 'input'), browser)
  tell('入力するPDFを用意しました。')
  await desk.setUp()
  await setMailServer(stage)
  const cases = demoCases(japaneseDay(systemClock.now()))
  const ids = new Map<string, CaseId>()
  for (const demo of cases) ids.set(demo.id, await registerAndSend(stage, demo))
  const caseIds = [...ids.values()]
  for (const demo of cases) await contractorsAnswer(stage, demo, idOf(ids, demo))
  for (const caseId of caseIds)
    await desk.until(caseId, 'consents are sealed', (view) => view.detail.waitingFor === 'town-signature')
  await desk.signAsTown(caseIds)
  tell('町が署名しました（当事者型）。')
  for (const caseId of caseIds) {
    await desk.until(caseId, 'the case is concluded', (view) => view.detail.state === 'concluded')
    await desk.until(caseId, 'the archive timestamp is there', (view) => view.detail.waitingFor === 'nothing')
  }
  tell('締結し、アーカイブタイムスタンプを付けました。')
  await downloadPage(stage)
  await takeOfficeScreens(stage, caseIds)
  await writeOutcome(
    stage,
    cases.map((demo) => ({ demo, caseId: idOf(ids, demo) })),
  )
  tell(`終わりました: ${out}（${formatJapaneseDateTime(systemClock.now())}）`)
}

function idOf(ids: ReadonlyMap<string, CaseId>, demo: DemoCase): CaseId {
  const id = ids.get(demo.id)
  if (id === undefined) throw new Error(`Case ${demo.id} was not registered`)
  return id
}

/** Mails leave through a server of their own, as in production; here it keeps them as files. */
async function setMailServer(stage: Stage): Promise<void> {
  must(
    await stage.office().client.settings.writeSmtp({
      mode: 'server',
      host: '127.0.0.1',
      port: stage.post.port,
      security: 'none',
      user: '',
      fromAddress: 'keiyaku@town.fuso.example.jp',
      fromName: '扶桑町 電子契約',
    }),
  )
}

async function registerAndSend(stage: Stage, demo: DemoCase): Promise<CaseId> {
  const { desk, out, tell } = stage
  const form = demo.withApplicationForm ? await desk.readForm(demo) : undefined
  if (form !== undefined) await writeFile(join(out, 'input/application-form-filled.pdf'), form.filled)
  const caseId = await desk.register(demo, form?.uploadId)
  await desk.approveAndSend(caseId)
  tell(`送信しました: ${demo.fields.title}`)
  return caseId
}

async function contractorsAnswer(stage: Stage, demo: DemoCase, caseId: CaseId): Promise<void> {
  const { desk, post, tell } = stage
  if (demo.story === 'declined-then-corrected') {
    const [first] = demo.signers
    const wrong = await visitLink(stage.browser, await post.linkFor(first?.mailAddress ?? ''))
    await wrong.readEverything()
    await wrong.decline('あて先の担当者が異なります。正しいメールアドレスへ送り直してください。')
    await shoot(stage, wrong, `${demo.id}-declined`)
    await wrong.close()
    const declined = await desk.until(
      caseId,
      'the refusal arrives',
      (view) => view.detail.state === 'declined',
    )
    const signer = declined.signers.find((candidate) => candidate.state === 'declined')
    if (signer === undefined) throw new Error('Nobody declined')
    const { position, contactName, contactPosition, contactMailAddress } = signer.fields
    must(
      await stage.office().client.sending.correctSigner({
        signerId: signer.id,
        fields: { position, contactName, contactPosition, contactMailAddress, ...CORRECTED },
        why: '相手方の申し出による訂正',
      }),
    )
    tell('辞退を受け、あて先を訂正して送り直しました。')
    await answer(stage, demo, await post.linkFor(CORRECTED.mailAddress), '')
    return
  }
  for (const signer of demo.signers.filter((candidate) => candidate.side === 'counterparty'))
    await answer(stage, demo, await post.linkFor(signer.mailAddress), signer.accessCode ?? '')
}

async function answer(stage: Stage, demo: DemoCase, link: string, accessCode: string): Promise<void> {
  const contractor = await visitLink(stage.browser, link)
  if (accessCode !== '') {
    await shoot(stage, contractor, `${demo.id}-access-code`)
    await contractor.enterCode(accessCode)
  }
  await contractor.page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
  await shoot(stage, contractor, `${demo.id}-review`)
  await contractor.readEverything()
  await contractor.complete()
  await shoot(stage, contractor, `${demo.id}-complete`)
  await contractor.close()
}

/** 電子署名完了のお知らせ: the download page, as its reader sees it. */
async function downloadPage(stage: Stage): Promise<void> {
  const address = 'sakiyama@example.jp'
  const contractor = await visitLink(stage.browser, await stage.post.linkFor(address, 1))
  await contractor.page.getByRole('heading', { level: 1 }).waitFor()
  await contractor.page.waitForLoadState('networkidle')
  await shoot(stage, contractor, 'purchase-download')
  await contractor.close()
}

async function shoot(stage: Stage, contractor: Contractor, name: string): Promise<void> {
  await contractor.page.screenshot({ path: join(stage.out, 'portal', `${name}.png`) })
}
