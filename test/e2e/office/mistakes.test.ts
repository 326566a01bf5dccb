/** What goes wrong on a usual day, in real pages over the real application: a wrong address, a second click, no network. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeApplication } from '../../../electron/app/compose.ts'
import type { Application, Connection } from '../../../electron/app/host-port.ts'
import { programPaths } from '../../../electron/app/program-paths.ts'
import { openPageFiles } from '../../../electron/app/serve/page-files.ts'
import { nodePrograms } from '../../../electron/app/work/node-program.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import type { ReceivedMail } from '../../../electron/core/mail/mail-sink.ts'
import { type BrowserHost, startBrowserHost } from '../../../electron/host/browser/server.ts'
import { type BridgeClient, bridge } from '../../../shared/bridge/bridge.ts'
import { createClient } from '../../../shared/bridge/client.ts'
import type { Role } from '../../../shared/model/user.ts'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { visitLink } from '../../support/contractor.ts'
import { makeContractPdf } from '../../support/fake-office/fake-pdf.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import { type Person, until } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { builtPortalPages } from '../../support/portal-pages.ts'
import { contractor, registerCase, town } from '../../support/test-case.ts'
import { goTo, keepPicture } from './office-steps.ts'

const missing = await whyNoBrowser()
const PASSWORD = 'correct horse 町'
const WRONG = 'takahasi@takahashigumi.example.jp'
const RIGHT = 'takahashi@takahashigumi.example.jp'
const dialogButton = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true })

describe.skipIf(missing !== undefined)('mistakes of a usual day', () => {
  let browser: Browser
  let application: Application
  let host: BrowserHost
  let folder: string
  const received: ReceivedMail[] = []
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    const pages = await buildPages()
    await builtPortalPages()
    browser = await launchBrowser()
    folder = await mkdtemp(join(tmpdir(), 'keiyaku-mistakes-'))
    application = await composeApplication({
      dataDir: join(folder, 'office'),
      logger: silentLogger,
      quickKeys: true,
      services: { keychain: undefined, startProgram: nodePrograms(programPaths.commandLine) },
      onTestMail: (mail) => void received.push(mail),
    })
    host = await startBrowserHost({
      application,
      logger: silentLogger,
      port: 0,
      pageFiles: await openPageFiles(pages),
    })
  }, 180_000)
  afterAll(async () => {
    for (const context of contexts) await context.close()
    await browser?.close()
    await host?.close()
    await application?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  function clientAt(id: string): { readonly client: BridgeClient; readonly connection: Connection } {
    const connection: Connection = { id, from: '127.0.0.1' }
    return {
      connection,
      client: createClient(bridge, (channel, input) => application.call(channel, input, connection)),
    }
  }

  async function addUser(
    admin: BridgeClient,
    loginName: string,
    displayName: string,
    role: Role,
  ): Promise<void> {
    must(
      await admin.users.create({
        loginName,
        displayName,
        department: '土木課',
        roles: [role],
        password: PASSWORD,
      }),
    )
  }

  async function sit(loginName: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP' })
    context.setDefaultTimeout(40_000)
    contexts.push(context)
    const page = await context.newPage()
    await page.goto(host.openingUrl())
    await page.getByLabel('ログイン名').fill(loginName)
    await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'ログインする' }).click()
    await page.getByRole('navigation', { name: 'メインメニュー' }).waitFor()
    return page
  }

  const linkTo = (address: string) =>
    until(
      () => received.findLast((mail) => mail.envelopeTo.includes(address) && mail.links.length > 0)?.links[0],
      () => received.map((mail) => [mail.envelopeTo, mail.subject]),
      60_000,
    )
  const requestsTo = (address: string) => received.filter((mail) => mail.envelopeTo.includes(address)).length

  it('end well: nothing is sent twice, nobody is lost, and each says what to do next', async () => {
    const setup = clientAt('setup')
    const { client } = setup
    must(
      await client.session.setUp({
        townName: '扶桑町',
        loginName: 'admin',
        displayName: '山田 太郎',
        department: '土木課',
        password: PASSWORD,
      }),
    )
    await addUser(client, 'clerk', '佐藤 花子', 'clerk')
    await addUser(client, 'approver', '伊藤 誠', 'approver')
    const bytes = await makeContractPdf('業務委託契約書', 2)
    const desk = clientAt('desk')
    must(await desk.client.session.logIn({ loginName: 'clerk', password: PASSWORD }))
    const person: Pick<Person, 'client' | 'upload'> = {
      client: desk.client,
      upload: async (fileName, file) => {
        const answer = await application.receiveUpload(fileName, onePiece(file), desk.connection)
        return must(answer).uploadId
      },
    }
    const caseId = await registerCase(person as Person, {
      documents: [{ title: '業務委託契約書', role: 'sign', bytes }],
      signers: [contractor({ mailAddress: WRONG, addressConfirmedBy: 'unconfirmed' }), town()],
    })
    must(await desk.client.approval.request({ caseId, comment: '' }))
    const deciding = clientAt('deciding')
    must(await deciding.client.session.logIn({ loginName: 'approver', password: PASSWORD }))
    must(await deciding.client.approval.decide({ caseId, decision: 'approve', decisionNumber: '8扶行第1号' }))

    const clerk = await sit('clerk')
    await goTo(clerk, `#/cases/${caseId}?tab=signers`)
    await clerk.getByRole('button', { name: '到達確認メールを送る' }).waitFor()
    await keepPicture(clerk, 'mistakes-arrival')
    await clerk.getByRole('button', { name: '署名を依頼する（送信）' }).click()
    await dialogButton(clerk, '送信する').dblclick()
    await linkTo(WRONG)
    const deadLink = await linkTo(WRONG)
    expect(requestsTo(WRONG)).toBe(1)
    await theWrongAddress(clerk)
    const link = await linkTo(RIGHT)
    const stranger = await visitLink(browser, deadLink)
    await stranger.page.getByRole('heading', { level: 1, name: /このリンクは無効です/ }).waitFor()
    await keepPicture(stranger.page, 'mistakes-dead-link')
    await stranger.close()
    await theBrokenLine(link)
    await goTo(clerk, `#/cases/${caseId}`)
    await clerk.getByText('相手方の署名が済みました。').waitFor()
    const approver = await sit('approver')
    await goTo(approver, `#/cases/${caseId}`)
    await approver.getByRole('button', { name: '町の署名をする' }).click()
    await dialogButton(approver, '署名する').dblclick()
    await approver.getByText('1件に署名しました。').waitFor()
    await keepPicture(approver, 'mistakes-sealed')
    const versions = must(await desk.client.cases.read({ caseId })).documents[0]?.versions ?? []
    expect(versions.filter(({ reason }) => reason === 'signature')).toHaveLength(2)
    const requests = received.filter(({ subject }) => subject.includes('への署名依頼が届いています'))
    expect(requests.map(({ envelopeTo }) => envelopeTo)).toEqual([[WRONG], [RIGHT]])
  }, 300_000)

  async function theWrongAddress(clerk: Page): Promise<void> {
    await clerk.getByRole('tab', { name: '経過' }).click()
    await clerk.getByRole('button', { name: '届かなかった' }).first().click()
    await clerk.getByLabel(/^分かっていること/).fill('相手方から、届かないと電話')
    await keepPicture(clerk, 'mistakes-returned')
    await dialogButton(clerk, '記録する').click()
    await clerk.getByText('届きませんでした').first().waitFor()
    await keepPicture(clerk, 'mistakes-progress')
    await goTo(clerk, '#/')
    await clerk.getByText('依頼のメールが届きませんでした。').waitFor()
    await keepPicture(clerk, 'mistakes-home')
    await clerk.getByRole('link', { name: '署名者を開く' }).click()
    await clerk.getByRole('button', { name: '宛先・署名者を直す' }).click()
    await clerk
      .getByRole('dialog')
      .getByLabel(/^メールアドレス/)
      .fill(RIGHT)
    await clerk.getByRole('dialog').getByLabel(/理由/).fill('綴りの誤り')
    await keepPicture(clerk, 'mistakes-correct')
    await dialogButton(clerk, '宛先・署名者を直す').dblclick()
    await clerk.getByText('直して、新しい依頼を送りました。').waitFor()
  }

  async function theBrokenLine(link: string): Promise<void> {
    const visitor = await visitLink(browser, link)
    const { page } = visitor
    await visitor.readEverything()
    await page.getByRole('button', { name: '完了', exact: true }).click()
    await page.context().setOffline(true)
    await page.getByRole('button', { name: '署名手続きを完了する' }).click()
    await page.getByText('送信できませんでした。インターネットの接続をご確認のうえ').waitFor()
    await keepPicture(page, 'mistakes-offline')
    await page.context().setOffline(false)
    await page.getByRole('button', { name: '署名手続きを完了する' }).dblclick()
    await page.getByRole('heading', { level: 1, name: '署名手続きが完了しました' }).waitFor()
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('heading', { level: 1, name: '回答は受け付け済みです' }).waitFor()
    await visitor.close()
  }
})

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
