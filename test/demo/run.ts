/** `npm run demo -- --out DIR` */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { whyNoBrowser } from '../support/browser.ts'
import { runDemo } from './run-demo.ts'

const { values } = parseArgs({ options: { out: { type: 'string' } } })
if (values.out === undefined) {
  console.error('使い方: npm run demo -- --out フォルダー')
  process.exitCode = 2
} else {
  const missing = await whyNoBrowser()
  if (missing !== undefined) {
    console.error(`デモにはブラウザーが必要です: ${missing}`)
    process.exitCode = 1
  } else {
    const started = performance.now()
    const tell = (line: string) =>
      console.error(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} 秒  ${line}`)
    await runDemo({ out: resolve(values.out), tell })
  }
}
