import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import { type Command, type ExitCode, parseCommand, required, UsageError } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must } from './desk.ts'
import { CASE_USAGE, findCases } from './find-case.ts'
import { reserveNewFile } from './new-file.ts'
import { count, dayText, yenText } from './words.ts'

const USAGE = `使い方: desk archive disposals [--json]
        desk archive disposals --propose 案件… --why 理由
        desk archive disposals --confirm 案件… --certificate ファイル.pdf

保存期間の終わった契約（廃棄候補）を表示し、廃棄を提案し、確定します。
廃棄には2人が要ります: 提案した人とは別の人が確定してください。確定すると、文書は元に戻せません。
案件の記録と廃棄証明書は残ります。${CASE_USAGE}
  --propose            廃棄を提案する（まだ何も消えません）
  --why 理由            提案の理由
  --confirm            ほかの人が提案した廃棄を確定する
  --certificate ファイル 廃棄証明書を書き出すファイル（確定のときは必ず指定します）
${DESK_USAGE}`

const OPTIONS = {
  ...DESK_OPTIONS,
  propose: { type: 'boolean', default: false },
  confirm: { type: 'boolean', default: false },
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
    if (values.propose && values.confirm)
      throw new UsageError('--propose と --confirm は、別々の人が別々に行ってください。')
    const acts = values.propose || values.confirm
    if (acts !== positionals.length > 0)
      throw new UsageError(acts ? '案件を指定してください。' : '--propose か --confirm を指定してください。')
    if (values.propose) required('why', values.why)
    if (values.confirm) required('certificate', values.certificate)
    return atDesk(values.data, io, (desk) => {
      if (values.propose) return propose(desk, positionals, values)
      return values.confirm ? confirm(desk, positionals, values) : list(desk, values.json)
    })
  },
}

async function list({ client, io }: ArchiveDesk, json: boolean): Promise<ExitCode> {
  const { rows } = must(await client.archive.disposalList({}))
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
  must(await desk.client.archive.proposeDisposal({ caseIds, why: values.why ?? '' }))
  if (values.json) desk.io.print(JSON.stringify({ proposed: caseIds }))
  else desk.io.print(`${count(caseIds.length)}件の廃棄を提案しました。別の人が確定するまで、何も消えません。`)
  return 0
}

/** The certificate's file is sure to be writable before anything is destroyed. */
async function confirm(desk: ArchiveDesk, names: readonly string[], values: Values): Promise<ExitCode> {
  const path = values.certificate ?? ''
  const caseIds = await findCases(desk, names)
  const certificate = await reserveNewFile(path)
  try {
    const { ticket } = must(await desk.client.archive.confirmDisposal({ caseIds }))
    await certificate.fill((await desk.read(ticket)).pieces)
  } finally {
    await certificate.abandon()
  }
  if (values.json) desk.io.print(JSON.stringify({ disposed: caseIds, certificate: path }))
  else desk.io.print(`${count(caseIds.length)}件を廃棄しました。廃棄証明書: ${path}`)
  return 0
}
