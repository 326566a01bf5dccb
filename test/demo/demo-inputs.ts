/** The PDFs that go in: contracts of our own make, one printed by a browser, and real municipal files when they are there. */

import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { z } from 'zod'
import { programPaths } from '../../electron/app/program-paths.ts'
import { sampleFontPath } from '../../electron/app/samples/sample-font.ts'
import { type ContractText, makeSampleContract } from '../../electron/core/pages/sample-contract.ts'

const Texts = z.record(
  z.string(),
  z.object({
    title: z.string(),
    subject: z.string(),
    rows: z.array(z.array(z.string())),
    intro: z.string(),
    articles: z.array(z.array(z.string())),
  }),
)

/** Real municipal PDFs beside the project; not ours to copy into it. */
const SAMPLES_DIR = resolve(programPaths.resources, '../../shared/samples')

const TOWN_BLOCK = [
  '発注者　愛知県丹羽郡扶桑町大字高雄字天道３３０番地',
  '　　　　扶桑町',
  '　　　　扶桑町長　扶桑 一郎　　　印',
]

/** Fills DIR/input and returns which of the named files exist. */
export async function makeInputs(folder: string, browser: Browser): Promise<void> {
  await mkdir(folder, { recursive: true })
  const texts = Texts.parse(
    JSON.parse(await readFile(join(programPaths.resources, 'samples/contracts.json'), 'utf8')),
  )
  const textOf = (name: string): ContractText => {
    const text = texts[name]
    if (text === undefined) throw new Error(`No contract text ${name}`)
    return text
  }
  const own = async (
    name: string,
    file: string,
    blocks: readonly (readonly string[])[],
    objectStreams: boolean,
  ) =>
    writeFile(
      join(folder, file),
      await makeSampleContract({
        fontPath: sampleFontPath(),
        text: textOf(name),
        dateText: '令和８年１１月２２日',
        signatureBlocks: [TOWN_BLOCK, ...blocks],
        objectStreams,
      }),
    )
  await own(
    'construction',
    'contract-construction.pdf',
    [['受注者　株式会社髙橋組', '　　　　代表取締役　髙橋 太郎　　　印']],
    false,
  )
  await own(
    'purchase',
    'contract-purchase.pdf',
    [
      ['乙　㈱﨑山商会', '　　代表取締役　﨑山 花子　　　印'],
      ['　　𠮷田電機株式会社', '　　代表取締役　𠮷田 次郎　　　印'],
    ],
    true,
  )
  await writeFile(join(folder, 'contract-service.pdf'), await printedContract(browser, textOf('service')))
  for (const name of [
    'ichitaro-pdf14-1p.pdf',
    'word2016-hybrid-xref-51p.pdf',
    'xref-stream-linearized-42p.pdf',
  ])
    if (existsSync(join(SAMPLES_DIR, name))) await copyFile(join(SAMPLES_DIR, name), join(folder, name))
}

/** The same kind of contract as a browser prints it: another maker of PDFs (Skia). */
async function printedContract(browser: Browser, text: ContractText): Promise<Uint8Array> {
  const page = await browser.newPage()
  try {
    await page.goto('about:blank')
    await page.evaluate((contract) => {
      const add = (tag: string, content: string): void => {
        const element = document.createElement(tag)
        element.textContent = content
        document.body.append(element)
      }
      add('h1', contract.title)
      for (const row of contract.rows) add('p', row.join('　'))
      add('p', contract.intro)
      for (const [index, article] of contract.articles.entries())
        add('p', `第${index + 1}条（${article[0]}）　${article[1]}`)
      add('p', '令和８年１１月２２日')
      add('p', '甲　扶桑町　扶桑町長　扶桑 一郎　　　印')
      add('p', '乙　有限会社渡邉ビルサービス　代表取締役　渡邉 三郎　　　印')
    }, text)
    return await page.pdf({
      format: 'A4',
      margin: { top: '25mm', bottom: '25mm', left: '25mm', right: '25mm' },
    })
  } finally {
    await page.close()
  }
}
