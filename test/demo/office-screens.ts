/** Pictures of the office's main screens, as the clerk sees them after the day's work. */
import { join } from 'node:path'
import type { CaseId } from '../../shared/model/brand.ts'
import { CLERK } from './office-desk.ts'
import type { Stage } from './stage.ts'

const SCREENS = [
  { name: 'office-home', link: 'ホーム' },
  { name: 'office-cases', link: '案件' },
  { name: 'office-archive', link: '保管庫' },
  { name: 'office-log', link: '操作ログ' },
  { name: 'office-settings', link: '設定' },
] as const

export async function takeOfficeScreens(stage: Stage, caseIds: readonly CaseId[]): Promise<void> {
  const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'ja-JP' })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const shoot = async (name: string) => page.screenshot({ path: join(stage.out, 'portal', `${name}.png`) })
  try {
    await page.goto(await stage.office().openingUrl())
    await page.getByLabel('ログイン名').fill(CLERK.loginName)
    await page.getByLabel('パスワード', { exact: true }).fill(CLERK.password)
    await shoot('office-login')
    await page.getByRole('button', { name: 'ログイン' }).click()
    const navigation = page.getByRole('navigation')
    await navigation.first().waitFor()
    for (const { name, link } of SCREENS) {
      await navigation.getByRole('link', { name: link, exact: true }).first().click()
      await page.waitForLoadState('networkidle')
      await page.waitForTimeout(400)
      await shoot(name)
    }
    const [first] = caseIds
    if (first === undefined) return
    await navigation.getByRole('link', { name: '案件', exact: true }).first().click()
    await page
      .getByRole('link', { name: /側溝改良工事/ })
      .first()
      .click()
    await page.waitForTimeout(600)
    await shoot('office-case')
  } finally {
    await context.close()
  }
}
