/** What the demo leaves for outside judges: signed files, anchors, and the figures in summary.json. */
import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { CaseId } from '../../shared/model/brand.ts'
import { must } from '../support/office-process.ts'
import type { DemoCase } from './demo-cases.ts'
import type { Stage } from './stage.ts'

type Done = { readonly demo: DemoCase; readonly caseId: CaseId }

const SEARCHES = [
  '令和8年度 1,000万円以上 (株)髙橋組',
  '高橋',
  '側溝',
  '﨑山',
  '清掃業務委託',
  '連帯して責任',
]

export async function writeOutcome(stage: Stage, done: readonly Done[]): Promise<void> {
  const { out, desk } = stage
  const { client, download } = stage.office()
  await mkdir(join(out, 'signed'), { recursive: true })
  await mkdir(join(out, 'trust'), { recursive: true })
  await writeFile(
    join(out, 'trust/roots.pem'),
    await download(must(await client.settings.exportAnchors({})).ticket),
  )
  const cases = []
  let firstFile: { readonly path: string; readonly bytes: Buffer } | undefined
  for (const { demo, caseId } of done) {
    const view = await desk.read(caseId)
    const documents = []
    for (const document of view.documents.filter((candidate) =>
      ['sign', 'certificate'].includes(candidate.role),
    )) {
      const { ticket } = must(await client.documents.open({ documentId: document.id, purpose: 'download' }))
      const bytes = await download(ticket)
      const file = `${demo.id}-${document.title}.pdf`
      await writeFile(join(out, 'signed', file), bytes)
      firstFile ??= { path: join(out, 'signed', file), bytes }
      const { report } = must(await client.verification.document({ documentId: document.id }))
      documents.push({ file: `signed/${file}`, sha256: document.current.sha256, verdict: report.verdict })
    }
    const { events } = must(await client.cases.events({ caseId }))
    cases.push({
      title: view.detail.title,
      counterparty: view.detail.counterpartyNames.join('、'),
      amount: view.detail.amount,
      state: view.detail.state,
      documents,
      events: events.length,
    })
  }
  const searches = []
  for (const query of SEARCHES) {
    const { total, ms } = must(await client.archive.search({ text: query }))
    searches.push({ query, hits: total, ms })
  }
  const tamperCheck = firstFile === undefined ? 'unsigned' : await verdictOfTampered(out, firstFile.bytes)
  await writeFile(join(out, 'summary.json'), `${JSON.stringify({ cases, searches, tamperCheck }, null, 2)}\n`)
}

/** One byte inside the signed range is changed; the command line must call the copy broken. */
async function verdictOfTampered(out: string, bytes: Buffer): Promise<string> {
  const copy = Buffer.from(bytes)
  const at = copy.indexOf('stream') + 20
  copy[at] = (copy[at] ?? 0) ^ 1
  const path = join(out, '.tampered.pdf')
  await writeFile(path, copy)
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['electron/cli.ts', 'verify', path, '--trust', join(out, 'trust/roots.pem'), '--json'],
      { maxBuffer: 16 << 20 },
    ).catch((error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? '' }))
    const report: unknown = JSON.parse(stdout)
    return typeof report === 'object' && report !== null && 'verdict' in report
      ? String(report.verdict)
      : 'unreadable'
  } finally {
    await rm(path, { force: true })
  }
}
