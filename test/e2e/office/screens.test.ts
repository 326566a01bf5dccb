import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { axeProblems } from '../../support/axe.ts'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { busyOffice, newOffice } from '../../support/fake-office/fake-state.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import {
  caseIdOf,
  documentIdOf,
  expectSound,
  goTo,
  keepPicture,
  logIn,
  type OfficeVisit,
  visitOffice,
} from './office-steps.ts'

const missing = await whyNoBrowser()

/** Every screen behind the log-in: its address, and something that shows when it is there. */
const SCREENS: readonly (readonly [
  name: string,
  address: (office: OfficeVisit['office']) => string,
  sign: string,
])[] = [
  ['home', () => '#/', 'することがある案件'],
  ['cases', () => '#/cases', '選んだ0件に町の署名をする'],
  ['new-case', () => '#/cases/new', 'この内容で案件をつくる'],
  ['case-overview', (office) => `#/cases/${caseIdOf(office, '柏森')}`, '決裁の対象となる文書'],
  ['case-documents', (office) => `#/cases/${caseIdOf(office, '柏森')}?tab=documents`, '設計図書'],
  ['case-signers', (office) => `#/cases/${caseIdOf(office, '橋梁点検')}?tab=signers`, '依頼メールを送り直す'],
  [
    'case-signers-edit',
    (office) => `#/cases/${caseIdOf(office, '高雄12号線')}?tab=signers`,
    '署名者を保存する',
  ],
  ['case-progress', (office) => `#/cases/${caseIdOf(office, '橋梁点検')}?tab=progress`, '署名を依頼しました'],
  ['case-history', (office) => `#/cases/${caseIdOf(office, '山那橋')}?tab=history`, '見積りの訂正のため'],
  [
    'case-declined',
    (office) => `#/cases/${caseIdOf(office, '子局')}?tab=signers`,
    '契約期間の終わりの日が見積書と違います。',
  ],
  ['case-concluded', (office) => `#/cases/${caseIdOf(office, '山那橋')}`, '長期検証データ待ち'],
  ['archive', () => '#/archive', '7件'],
  ['archive-changes', () => '#/archive/changes', '見積りの訂正のため'],
  ['archive-verify', () => '#/archive/verify', '保管中の12ファイルは'],
  ['archive-folders', () => '#/archive/folders', '令和8年度 工事'],
  ['archive-disposal', () => '#/archive/disposal', '保存期間が終わった契約です'],
  ['archive-outcomes', () => '#/archive/outcomes', '残っている結果はありません'],
  ['verify', () => '#/verify', '確かめたいPDFをここにドロップ'],
  ['audit', () => '#/audit', '記録のつながりを検査する'],
  ['settings-readiness', () => '#/settings/readiness', 'あと5件あります'],
  ['settings-town', () => '#/settings/town', '課の一覧'],
  ['settings-users', () => '#/settings/users', '渡邉 典子'],
  ['settings-certificates', () => '#/settings/certificates', '立会人の証明書'],
  ['settings-seal', () => '#/settings/seal', '印影の画像をここにドロップ'],
  ['settings-tsa', () => '#/settings/tsa', '接続を確かめる'],
  ['settings-smtp', () => '#/settings/smtp', 'テストメールの宛先'],
  ['settings-portal', () => '#/settings/portal', '相手方が署名するページを出すサーバー'],
  ['settings-rules', () => '#/settings/rules', '少額随意契約の限度額'],
  ['settings-network', () => '#/settings/network', '証明書の失効情報の取得'],
  ['settings-recovery', () => '#/settings/recovery', '復旧シートを作り直す'],
  ['settings-outbox', () => '#/settings/outbox', '550 5.1.1 User unknown'],
  ['settings-inbox', () => '#/settings/inbox', 'https://portal.example.jp/s/xxxx'],
  ['settings-samples', () => '#/settings/samples', 'サンプルデータを入れる'],
  ['help', () => '#/help', '電子契約デスクは、町の契約を'],
  ['help-keys', () => '#/help/shortcuts', '5ポイント動かす'],
  ['unknown', () => '#/nowhere', 'この画面はありません'],
]

describe.skipIf(missing !== undefined)('screens of the office', () => {
  let browser: Browser
  let pages: string
  let visit: OfficeVisit

  beforeAll(async () => {
    browser = await launchBrowser()
    pages = await buildPages()
  })
  afterAll(() => browser?.close())
  afterEach(() => visit?.close())

  it('L30 shows every screen without an accessibility fault, a console error or a call outside the table', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    await logIn(visit.page, 'all')
    const problems: Record<string, readonly string[]> = {}
    for (const [name, address, sign] of SCREENS) {
      await goTo(visit.page, address(visit.office))
      await visit.page.getByText(sign).first().waitFor()
      const found = await axeProblems(visit.page)
      if (found.length > 0) problems[name] = found
      await keepPicture(visit.page, name)
    }
    expect(problems).toEqual({})
    await expectSound(visit)
  }, 120_000)

  it('shows the viewer with the signature panel, and the placing of fields, without a fault', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    await logIn(visit.page, 'all')
    const { page, office } = visit
    await goTo(page, `#/cases/${caseIdOf(office, '山那橋')}/documents/${documentIdOf(office, '山那橋')}`)
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await page.getByText('髙橋 一郎（証明：電子契約デスク 立会人（テスト用））の署名は有効です。').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'viewer-signatures')
    await page.getByRole('button', { name: 'キー操作' }).click()
    await page.getByRole('dialog').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'viewer-keys')
  }, 60_000)

  it('shows first start, log-in, recovery and the recovery sheet without a fault', async () => {
    visit = await visitOffice(browser, await newOffice(), pages)
    const { page } = visit
    await expectSound(visit)
    await keepPicture(page, 'first-start')
    await page.getByRole('button', { name: 'この内容で始める' }).click()
    await page.getByText('入力してください。').first().waitFor()
    await expectSound(visit)
    await keepPicture(page, 'first-start-problems')
    await visit.close()
    visit = await visitOffice(browser, await busyOffice(), pages)
    await expectSound(visit)
    await keepPicture(visit.page, 'log-in')
    await visit.page.getByRole('button', { name: 'パスワードを忘れたとき' }).click()
    await visit.page.getByLabel('復旧コード').waitFor()
    await expectSound(visit)
    await keepPicture(visit.page, 'recover')
  }, 60_000)

  it('L30 keeps every screen usable at twice the size: nothing is cut off sideways', async () => {
    // 200 % zoom of a 1280 × 800 window leaves 640 × 400 CSS pixels (WCAG 1.4.4, 1.4.10 for a desktop program).
    visit = await visitOffice(browser, await busyOffice(), pages, { width: 640, height: 400 })
    await logIn(visit.page, 'all')
    const tooWide: string[] = []
    for (const [name, address, sign] of SCREENS) {
      await goTo(visit.page, address(visit.office))
      await visit.page.getByText(sign).first().waitFor({ state: 'attached' })
      const widest = await visit.page.evaluate(() =>
        Math.max(document.documentElement.scrollWidth, document.querySelector('main')?.scrollWidth ?? 0),
      )
      if (widest > 640) tooWide.push(`${name}: ${widest} px`)
      await keepPicture(visit.page, `zoom-${name}`)
    }
    expect(tooWide).toEqual([])
  }, 120_000)
})
