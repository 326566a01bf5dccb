import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import { formatFiscalYear } from '../../../../shared/text/era.ts'
import { type Command, type ExitCode, parseCommand, required, UsageError } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { CASE_USAGE, findCases } from './find-case.ts'
import { reserveNewFile } from './new-file.ts'
import { outcomeOf } from './outcome.ts'
import { count, dayText, timeText, yenText } from './words.ts'

const USAGE = `使い方: desk archive disposals [--json]
        desk archive disposals --propose 案件… --why 理由
        desk archive disposals --withdraw 案件… --why 理由
        desk archive disposals --confirm 案件… --certificate ファイル.pdf
        desk archive disposals --records [--json]
        desk archive disposals --again 番号 --certificate ファイル.pdf

保存期間の終わった契約（廃棄候補）を表示し、廃棄を提案し、取り下げ、確定します。
廃棄には2人が要ります: 提案した人とは別の人が確定してください。確定すると、文書は元に戻せません。
案件の記録と廃棄証明書は残ります。${CASE_USAGE}
  --propose            廃棄を提案する（まだ何も消えません）
  --withdraw           提案を取り下げる（提案した人も、ほかの人も行えます）
  --why 理由            提案又は取り下げの理由
  --confirm            ほかの人が提案した廃棄を確定する
  --records            確定した廃棄の記録を表示する
  --again 番号          廃棄証明書をもう一度書き出す（番号は --records に出ます）
  --certificate ファイル 廃棄証明書を書き出すファイル（--confirm と --again では必ず指定します）
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  propose: { type: 'boolean', default: false },
  withdraw: { type: 'boolean', default: false },
  confirm: { type: 'boolean', default: false },
  records: { type: 'boolean', default: false },
  again: { type: 'string' },
  why: { type: 'string' },
  certificate: { type: 'string' },
} as const

type Values = ReturnType<typeof parseDisposals>['values']
type Candidate = OutputOf<Bridge['archive']['disposalList']>['rows'][number]

function parseDisposals(args: readonly string[]) {
  return parseCommand(args, { options: OPTIONS, files: [0, 1000], what: '案件' })
}

export const disposalsCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseDisposals(args)
    const steps = [values.propose, values.withdraw, values.confirm].filter(Boolean).length
    const looks = [values.records, values.again !== undefined].filter(Boolean).length
    if (steps + looks > 1)
      throw new UsageError('--propose、--withdraw、--confirm、--records、--again は、別々に行ってください。')
    if (steps > 0 !== positionals.length > 0)
      throw new UsageError(
        steps > 0 ? '案件を指定してください。' : '--propose か --withdraw か --confirm を指定してください。',
      )
    if (values.propose || values.withdraw) required('why', values.why)
    if (values.confirm || values.again !== undefined) required('certificate', values.certificate)
    return atDesk(values.data, io, (desk) => {
      if (values.again !== undefined) return again(desk, values.again, values)
      if (values.records) return records(desk, values.json)
      if (values.confirm) return confirm(desk, positionals, values)
      return steps > 0 ? propose(desk, positionals, values) : list(desk, values.json)
    })
  },
}

const PAGE = 200

async function list({ client, io }: ArchiveDesk, json: boolean): Promise<ExitCode> {
  const rows: Candidate[] = []
  for (;;) {
    const page = must(await client.archive.disposalList({ offset: rows.length, limit: PAGE }))
    rows.push(...page.rows)
    if (page.rows.length < PAGE) break
  }
  if (json) io.print(JSON.stringify({ rows }))
  else if (rows.length === 0) io.print('廃棄できる契約はありません。')
  else io.print([`廃棄候補 ${count(rows.length)}件`, ...rows.flatMap(describe)].join('\n'))
  return 0
}

function describe(row: Candidate): string[] {
  const proposal = row.proposedBy === null ? '' : `  提案: ${row.proposedByName}（別の人の確定待ち）`
  return [
    '',
    `${row.title}  ${row.counterpartyNames.join('、')}  ${yenText(row.amount)}`,
    `  番号 ${row.id}  保存期限 ${dayText(row.retentionEndsOn)}${proposal}`,
  ]
}

async function propose(desk: ArchiveDesk, names: readonly string[], values: Values): Promise<ExitCode> {
  const caseIds = await findCases(desk, names)
  const step = { caseIds, why: values.why ?? '' }
  const { archive } = desk.client
  must(await (values.withdraw ? archive.withdrawDisposal(step) : archive.proposeDisposal(step)))
  if (values.json) desk.io.print(JSON.stringify({ [values.withdraw ? 'withdrawn' : 'proposed']: caseIds }))
  else if (values.withdraw) desk.io.print(`${count(caseIds.length)}件の廃棄の提案を取り下げました。`)
  else desk.io.print(`${count(caseIds.length)}件の廃棄を提案しました。別の人が確定するまで、何も消えません。`)
  return 0
}

/** The certificate's file is sure to be writable before anything is destroyed. */
async function confirm(desk: ArchiveDesk, names: readonly string[], values: Values): Promise<ExitCode> {
  const path = values.certificate ?? ''
  const caseIds = await findCases(desk, names)
  const certificate = await reserveNewFile(path)
  try {
    const { taskId } = must(await desk.client.archive.confirmDisposal({ caseIds }))
    const { ticket, rows } = await outcomeOf(desk, taskId, UNFINISHED)
    await certificate.fill((await desk.read(ticket)).pieces)
    const kept = rows.filter(({ verdict }) => verdict === 'kept')
    const disposed = rows.flatMap(({ caseId, verdict }) => (verdict === 'disposed' ? [caseId] : []))
    if (values.json) desk.io.print(JSON.stringify({ disposed, kept, certificate: path }))
    else {
      desk.io.print(`${count(disposed.length)}件を廃棄しました。廃棄証明書: ${path}`)
      for (const { title } of kept) desk.io.print(`× 廃棄しませんでした（廃棄の停止など）: ${title}`)
    }
    return kept.length === 0 ? 0 : 1
  } finally {
    await certificate.abandon()
  }
}

const UNFINISHED =
  '廃棄を終えられませんでした。すでに廃棄したものは「--records」で確かめ、「--again」で証明書を書き出してください。'

async function records({ client, io }: ArchiveDesk, json: boolean): Promise<ExitCode> {
  const rows: DisposalRecord[] = []
  for (;;) {
    const page = must(await client.archive.disposals({ offset: rows.length, limit: PAGE }))
    rows.push(...page.rows)
    if (page.rows.length < PAGE) break
  }
  if (json) io.print(JSON.stringify({ rows }))
  else if (rows.length === 0) io.print('廃棄した契約はありません。')
  for (const row of json ? [] : rows)
    io.print(
      `${formatFiscalYear(row.fiscalYear)} 廃第${row.number}号  ${timeText(row.confirmedAt)}  ${row.confirmedByName}  ${count(row.cases)}件  番号 ${row.id}`,
    )
  return 0
}

type DisposalRecord = OutputOf<Bridge['archive']['disposals']>['rows'][number]

async function again(desk: ArchiveDesk, id: string, values: Values): Promise<ExitCode> {
  const path = values.certificate ?? ''
  const { ticket } = must(await desk.client.archive.disposalCertificate({ id }))
  await desk.save(ticket, path)
  if (values.json) desk.io.print(JSON.stringify({ certificate: path }))
  else desk.io.print(`廃棄証明書: ${path}`)
  return 0
}
