import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, whyNoBrowser } from '../../support/browser.ts'
import { makeContractPdf } from '../../support/fake-office/fake-pdf.ts'
import { busyOffice, newOffice } from '../../support/fake-office/fake-state.ts'
import { buildPages } from '../../support/fake-office/start-fake-office.ts'
import {
  caseIdOf,
  documentIdOf,
  expectSound,
  goTo,
  keepPicture,
  logIn,
  logOut,
  type OfficeVisit,
  PASSWORD,
  visitOffice,
} from './office-steps.ts'

const missing = await whyNoBrowser()
/** A field by its label, with or without 必須. */
const field = (place: Page | Locator, label: string) => place.getByLabel(new RegExp(`^${label}(必須)?$`))
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first()

describe.skipIf(missing !== undefined)('work in the office', () => {
  let browser: Browser
  let pages: string
  let folder: string
  let contract: string
  let picture: string
  let visit: OfficeVisit

  beforeAll(async () => {
    browser = await launchBrowser()
    pages = await buildPages()
    folder = await mkdtemp(join(tmpdir(), 'keiyaku-office-'))
    contract = join(folder, '工事請負契約書.pdf')
    picture = join(folder, '写真.pdf')
    await writeFile(contract, await makeContractPdf('工事請負契約書', 3))
    await writeFile(picture, Buffer.from([0xff, 0xd8, 0xff, 0xe0]))
  })
  afterAll(async () => {
    await browser?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })
  afterEach(() => visit?.close())

  it('does not begin before the recovery sheet is saved and kept', async () => {
    visit = await visitOffice(browser, await newOffice(), pages)
    const { page } = visit
    await button(page, 'この内容で始める').click()
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')))
      .toBe('true')
    await page.getByLabel('町の名前').fill('扶桑町')
    await page.getByLabel('氏名').fill('山田 太郎')
    await page.getByLabel('ログイン名').fill('yamada')
    await field(page, 'パスワード').fill(PASSWORD)
    await field(page, 'パスワード（もう一度）').fill(`${PASSWORD}x`)
    await button(page, 'この内容で始める').click()
    await page.getByText('2つのパスワードが同じではありません。').waitFor()
    await field(page, 'パスワード（もう一度）').fill(PASSWORD)
    await button(page, 'この内容で始める').click()
    const next = page.getByRole('button', { name: '電子契約デスクを始める' })
    await next.waitFor()
    await expectSound(visit)
    await keepPicture(page, 'recovery-sheet')
    expect(await next.isDisabled()).toBe(true)
    const download = page.waitForEvent('download')
    await button(page, '復旧シート（PDF）を保存する').click()
    expect((await download).suggestedFilename()).toBe('復旧シート.pdf')
    await page.getByLabel(/復旧シートを印刷し/).check()
    await next.click()
    await page.getByRole('heading', { name: 'ホーム' }).waitFor()
  }, 60_000)

  it('slows wrong passwords with a countdown, and locks an idle page', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    for (let turn = 0; turn < 4; turn += 1) {
      await page.getByLabel('ログイン名').fill('clerk')
      await field(page, 'パスワード').fill('wrong password')
      await button(page, 'ログインする').click()
      await page
        .getByText(turn < 3 ? 'ログイン名またはパスワードが違います。' : /あと[1-4]秒待ってから/)
        .waitFor()
    }
    await page.getByText(/秒待ってから/).waitFor({ state: 'detached' })
    office.lockAfterMs = 1500
    await logIn(page, 'clerk')
    await page.getByText('しばらく操作がなかったため、画面をロックしました。').waitFor()
    await expectSound(visit)
  }, 60_000)

  it('takes a filled form over into a case, with the doubtful value marked', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'clerk')
    await page.getByRole('link', { name: '新しい案件をつくる' }).click()
    await page.locator('input[type=file]').setInputFiles(contract)
    await page.getByText('複数の人が読むアドレスのようです。').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'application-read')
    await button(page, 'この内容を案件に入れる').click()
    await page.getByText('署名者「髙橋 一郎」も案件といっしょに登録します。').waitFor()
    await page.getByLabel('契約日（取引年月日）').fill('R8.12.1')
    await page.getByText('令和8年12月1日（2026年）').waitFor()
    await page.getByLabel('法人番号（13桁）').fill('4011001098994')
    await button(page, 'この内容で案件をつくる').click()
    await page.getByText('法人番号の検査数字が合いません。').waitFor()
    await page.getByLabel('法人番号（13桁）').fill('4011001098993')
    await button(page, 'この内容で案件をつくる').click()
    await page.getByText('署名する文書（PDF）を取り込んでください。').waitFor()
    await expectSound(visit)
  }, 60_000)

  it('leads a draft from its documents to the request for approval, one step at a time', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    await logIn(page, 'clerk')
    await goTo(page, `#/cases/${caseIdOf(office, '高雄12号線')}`)
    await button(page, '文書を取り込む').click()
    await page.locator('input[type=file]').setInputFiles([contract, picture])
    await page.getByText('PDFファイルではありません。PDFに変換してください。').waitFor()
    await page.getByText('文字の形が埋め込まれていません。').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'preflight')
    await page.getByRole('button', { name: '取り込む', exact: true }).click()
    await page.getByRole('link', { name: '工事請負契約書' }).waitFor()
    await button(page, '署名者を登録する').click()
    await field(page, 'メールアドレス').fill('info@takahashigumi.example.jp')
    await page.getByText('複数の人が読むアドレスのようです。').waitFor()
    await field(page, 'メールアドレス').fill('takahashi@takahashigumi.example.jp')
    await button(page, '署名者を保存する').click()
    await page.getByRole('link', { name: '署名欄を置く' }).first().click()
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await button(page, '印・名前の位置から提案してもらう').click()
    await button(page, 'ここに置く').click()
    await button(page, '扶桑町長の署名欄を追加').click()
    await button(page, '署名欄を保存する').click()
    await page.getByText('署名欄を保存しました。').waitFor()
    await expectSound(visit)
    await page.getByRole('link', { name: /案件へ戻る/ }).click()
    await button(page, '決裁を依頼する').click()
    await page.getByRole('dialog').getByText('SHA-256').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: '決裁を依頼する' }).click()
    await page.getByText('承認者の決裁を待っています。').waitFor()
    await expectSound(visit)
  }, 60_000)

  it('lets another person approve, says who gets what before sending, and corrects a wrong address', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    await logIn(page, 'approver')
    const address = `#/cases/${caseIdOf(office, '柏森')}`
    await goTo(page, address)
    await button(page, '内容を確かめて決裁する').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '差し戻す' }).click()
    await dialog.getByText('差し戻す理由を入力してください。').waitFor()
    await dialog.getByLabel('決裁番号（文書番号）').fill('8扶行第200号')
    await dialog.getByRole('button', { name: '決裁する', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await logOut(page)
    await logIn(page, 'clerk')
    await goTo(page, address)
    await button(page, '署名を依頼する（送信）').click()
    await dialog.getByText('takahashi@takahashigumi.example.jp').waitFor()
    await dialog.getByText('メールは送りません（町の証明書で署名します）。').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'send')
    await dialog.getByRole('button', { name: '送信する' }).click()
    await page.getByText('相手方の署名を待っています。').waitFor()
    await page.getByRole('tab', { name: /署名者/ }).click()
    await button(page, '宛先・署名者を直す').click()
    await field(dialog, 'メールアドレス').fill('ichiro@takahashigumi.example.jp')
    await dialog.getByLabel('理由').fill('相手方から連絡があったため')
    await expectSound(visit)
    await dialog.getByRole('button', { name: '宛先・署名者を直す' }).click()
    await page.getByText('ichiro@takahashigumi.example.jp').waitFor()
    await expectSound(visit)
  }, 60_000)

  it('takes a declined case back to the draft with a reason that stays in the history', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    await logIn(page, 'clerk')
    await goTo(page, `#/cases/${caseIdOf(office, '子局')}`)
    await button(page, '理由を確かめる').click()
    await page.getByText('契約期間の終わりの日が見積書と違います。').waitFor()
    await button(page, '作成中に戻す').click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('button', { name: '作成中に戻す' }).isDisabled()).toBe(true)
    await field(dialog, '理由').fill('契約期間を直すため')
    await dialog.getByRole('button', { name: '作成中に戻す' }).click()
    await page.getByText('準備ができました。決裁を依頼してください。').waitFor()
    await expectSound(visit)
  }, 60_000)

  it('signs several cases with one PIN and says what became of each', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'approver')
    await goTo(page, '#/cases?state=signing')
    await page.getByLabel('この一覧をすべて選ぶ').check()
    await button(page, '選んだ2件に町の署名をする').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('PIN（証明書のパスワード）').fill('wrong')
    await dialog.getByRole('button', { name: '署名する' }).click()
    await dialog.getByText('証明書のパスワードが違います。').waitFor()
    await dialog.getByLabel('PIN（証明書のパスワード）').fill('1234')
    await dialog.getByRole('button', { name: '署名する' }).click()
    await dialog.getByText('1件に署名しました。1件は下の理由を確かめてください。').waitFor()
    await expectSound(visit)
    await keepPicture(page, 'bulk-seal')
  }, 60_000)

  it('finds as one types, shows the document, and drops answers that were overtaken', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'records')
    await goTo(page, '#/archive')
    const hits = page.getByRole('region', { name: '見つかった契約' })
    await hits.getByText('7件', { exact: true }).waitFor()
    await page.getByLabel('保管庫を探す').pressSequentially('令和7年度 山那橋', { delay: 20 })
    await hits.getByText('1件', { exact: true }).waitFor()
    await page
      .getByRole('button', { name: '「取引年月日：令和7年度（2025年4月〜2026年3月）」を外す' })
      .click()
    expect(await page.getByLabel('保管庫を探す').inputValue()).toBe('山那橋')
    await page.getByRole('link', { name: /山那橋 橋梁補修工事/ }).click()
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await expectSound(visit)
    await keepPicture(page, 'archive-preview')
    await button(page, '書き出す（ダウンロードの求め）').click()
    await page.getByRole('dialog').getByRole('button', { name: '書き出す' }).click()
    const zip = page
      .getByRole('dialog')
      .getByRole('button', { name: '「電子契約データ_20261122.zip」を保存する' })
    await zip.waitFor()
    await expectSound(visit)
    await keepPicture(page, 'archive-export')
    await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click()
    await button(page, '写しをつくる').click()
    await page.getByRole('dialog').getByRole('button', { name: '写しをつくる' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '「電子契約の写し.pdf」を保存する' }).waitFor()
    await expectSound(visit)
    await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click()
    // Who left finds it again, and nothing has to be made anew.
    await goTo(page, '#/archive/outcomes')
    await page.getByRole('cell', { name: '書き出し（ダウンロードの求め）' }).waitFor()
    await button(page, '結果を見る').click()
    const download = page.waitForEvent('download')
    await button(page, /を保存する$/).click()
    expect((await download).suggestedFilename()).toBe('電子契約の写し.pdf')
    await expectSound(visit)
    await keepPicture(page, 'archive-outcomes')
  }, 60_000)

  it('keeps the result of a bulk verification when the page is left, and says what to do about evidence that lapses', async () => {
    const state = await busyOffice()
    visit = await visitOffice(browser, state, pages)
    const { page } = visit
    await logIn(page, 'auditor')
    await goTo(page, '#/archive/verify')
    await page.getByText('保管中の12ファイルは').waitFor()
    await page.getByRole('button', { name: '検証する', exact: true }).click()
    await page.getByRole('button', { name: '「一括検証結果.pdf」を保存する' }).waitFor()
    await goTo(page, '#/archive/changes')
    await page.getByText('見積りの訂正のため').first().waitFor()
    state.renewalIsOff = true
    await goTo(page, '#/archive/verify')
    await page.getByRole('button', { name: '「一括検証結果.pdf」を保存する' }).waitFor()
    await page.getByRole('link', { name: '外部接続の設定' }).first().waitFor()
    await expectSound(visit)
    await keepPicture(page, 'archive-evidence')
    await page.getByRole('link', { name: '外部接続の設定' }).first().click()
    await page.getByText('証明書の失効情報の取得').waitFor()
  }, 60_000)

  it('verifies any PDF that is dropped and leads to the page that was changed', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    await logIn(page, 'auditor')
    await goTo(page, '#/verify')
    await page.locator('input[type=file]').setInputFiles(contract)
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await button(page, '2ページを見る').click()
    await expect.poll(() => page.getByLabel('ページ番号').inputValue()).toBe('2')
    await expectSound(visit)
  }, 60_000)

  it('prints every page of a document in order, and only the pages', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    await page.addInitScript(() => {
      window.print = () => {
        const sheet = document.querySelector('.print-sheet')
        document.body.dataset.printed = String(sheet?.querySelectorAll('img').length ?? 0)
      }
    })
    await page.reload()
    await logIn(page, 'auditor')
    await goTo(page, `#/cases/${caseIdOf(office, '山那橋')}/documents/${documentIdOf(office, '山那橋')}`)
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    await button(page, '印刷').click()
    await page.locator('body[data-printed="3"]').waitFor()
    expect(await page.locator('.print-sheet').count()).toBe(0)
    await expectSound(visit)
  }, 60_000)

  it('disposes of a contract only by a second person, after a withdrawal, and issues the certificate again', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    const choose = () => page.getByLabel('「山那橋 橋梁補修工事」を選ぶ').check()
    const answer = async (why: string, name: string) => {
      if (why !== '') await page.getByRole('dialog').getByLabel('理由').fill(why)
      await page.getByRole('dialog').getByRole('button', { name }).click()
    }
    await logIn(page, 'records')
    await goTo(page, '#/archive/disposal')
    // Who thinks again keeps what was chosen.
    await choose()
    for (const leave of [() => button(page, 'やめる').click(), () => page.keyboard.press('Escape')]) {
      await button(page, '1件の廃棄を提案する').click()
      await page.getByRole('dialog').waitFor()
      await leave()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByText('1件を選んでいます').waitFor({ timeout: 2_000 })
    }
    for (const round of ['first', 'again']) {
      await choose()
      await button(page, '1件の廃棄を提案する').click()
      await answer('保存期間の満了', '1件の廃棄を提案する')
      await page.getByText('廃棄を提案しました。').first().waitFor()
      if (round === 'again') break
      await choose()
      await button(page, '1件の提案を取り下げる').click()
      await answer('住民からの問い合わせ', '1件の提案を取り下げる')
      await page.getByText('提案を取り下げました。').waitFor()
    }
    await page.getByLabel('表示').selectOption('確定を待っているもの')
    await page.getByRole('cell', { name: '保存期間の満了' }).waitFor()
    await choose()
    expect(await button(page, '0件の廃棄を確定する').isDisabled()).toBe(true)
    await expectSound(visit)
    await keepPicture(page, 'archive-disposal-proposed')
    await logOut(page)
    await logIn(page, 'all')
    await goTo(page, '#/archive/disposal')
    await choose()
    await button(page, '1件の廃棄を確定する').click()
    await answer('', '1件の廃棄を確定する')
    await page.getByRole('button', { name: '「廃棄証明書.pdf」を保存する' }).waitFor()
    await expectSound(visit)
    await keepPicture(page, 'archive-disposal-done')
    await logOut(page)
    await logIn(page, 'auditor')
    await goTo(page, '#/archive/disposal')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: /^廃棄証明書/ }).click()
    expect((await download).suggestedFilename()).toBe('廃棄証明書_令和8年度_廃第1号.pdf')
    expect(await page.getByRole('button', { name: /廃棄を提案する/ }).count()).toBe(0)
    await expectSound(visit)
  }, 60_000)

  it('asks the log for a name when it is typed, not with every key nor within a Japanese conversion', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page } = visit
    let asked = 0
    page.on('request', (request) => {
      if (request.url().endsWith('/bridge/audit.list')) asked += 1
    })
    await logIn(page, 'auditor')
    await goTo(page, '#/audit')
    const name = page.getByLabel('操作した人')
    await page.getByRole('table').waitFor()
    const atFirst = asked
    const quiet = () => page.waitForTimeout(1_000)
    await name.pressSequentially('tanaka', { delay: 150 })
    await quiet()
    expect(asked - atFirst).toBe(1)
    await name.dispatchEvent('compositionstart')
    await name.pressSequentially('田中')
    await quiet()
    expect(asked - atFirst).toBe(1)
    await name.dispatchEvent('compositionend')
    await quiet()
    expect(asked - atFirst).toBe(2)
    await expectSound(visit)
  }, 60_000)

  it('shows each role only the screens it may use', async () => {
    visit = await visitOffice(browser, await busyOffice(), pages)
    const { page, office } = visit
    const menu = async () =>
      page.getByRole('navigation', { name: 'メインメニュー' }).getByRole('link').allInnerTexts()
    await logIn(page, 'records')
    expect(await menu()).toEqual(['ホーム', '案件', '保管庫', '署名の検証', '保全', '操作ログ', 'ヘルプ'])
    await goTo(page, `#/cases/${caseIdOf(office, '公用車')}`)
    await page.getByRole('heading', { name: '公用車(軽貨物)購入' }).waitFor()
    expect(await page.getByRole('button', { name: '署名を依頼する（送信）' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: '内容を編集' }).count()).toBe(0)
    await logOut(page)
    await logIn(page, 'admin')
    await goTo(page, `#/cases/${caseIdOf(office, '柏森')}/documents/${documentIdOf(office, '柏森')}`)
    await page.locator('.pdf-pages canvas[data-drawn]').first().waitFor()
    expect(await page.getByRole('button', { name: '署名欄の配置' }).count()).toBe(0)
    await expectSound(visit)
  }, 60_000)
})
