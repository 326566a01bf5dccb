import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import type { CaseDocument } from '../../../../shared/model/document.ts'
import {
  contractKindNames,
  contractMethodNames,
  documentRoleNames,
  sideNames,
  signerStateNames,
  taxModeNames,
} from '../../../../shared/model/names.ts'
import type { VerificationReport } from '../../../../shared/model/verification.ts'
import { type Command, parseCommand } from '../command.ts'
import { describeReport } from '../verify.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must, stopIfEnded } from './desk.ts'
import { CASE_USAGE, findCase } from './find-case.ts'
import { describeChanges } from './history.ts'
import { refusalOf } from './refusals.ts'
import { count, dayText, facts, stateText, timeText, yenText } from './words.ts'

const USAGE = `使い方: desk archive show 案件 [--json]

案件の内容、文書とその署名の検証結果、署名者、保存期間、訂正削除履歴を表示します。
${CASE_USAGE}

${DESK_USAGE}`

type Read = OutputOf<Bridge['cases']['read']>
type Changes = OutputOf<Bridge['cases']['history']>['changes']
/** A document that cannot be read says why in the place of its report. */
type Verified = CaseDocument & {
  readonly verification:
    | VerificationReport
    | { readonly error: { readonly code: string; readonly text: string } }
    | null
}

/** What else a case holds is only shown to a counterparty, or is a form. */
const VERIFIED_ROLES: readonly CaseDocument['role'][] = ['sign', 'certificate', 'attachment']

export const showCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: DESK_OPTIONS, files: [1, 1], what: '案件' })
    const [name = ''] = positionals
    return atDesk(values.data, io, async (desk) => {
      const caseId = await findCase(desk, name)
      const read = must(await desk.client.cases.read({ caseId }))
      const documents = await verified(desk, read.documents)
      const { changes } = must(await desk.client.cases.history({ caseId }))
      const folder = await folderName(desk, read.detail.fields.folderId)
      io.print(
        values.json
          ? JSON.stringify({ ...read, folder, documents, history: changes })
          : describe({ read, documents, changes, folder }).join('\n'),
      )
      return 0
    })
  },
}

async function verified(desk: ArchiveDesk, documents: readonly CaseDocument[]): Promise<Verified[]> {
  const tell = desk.longWork.counter('検証', documents.length)
  const result: Verified[] = []
  for (const document of documents) {
    stopIfEnded(desk.io)
    result.push({ ...document, verification: await verificationOf(desk, document) })
    tell(result.length)
  }
  return result
}

async function verificationOf(
  { client }: ArchiveDesk,
  document: CaseDocument,
): Promise<Verified['verification']> {
  if (!VERIFIED_ROLES.includes(document.role)) return null
  const answer = await client.verification.document({ documentId: document.id })
  if (answer.ok) return answer.value.report
  const { code, message } = refusalOf(answer.error)
  return { error: { code, text: message } }
}

async function folderName({ client }: ArchiveDesk, folderId: string | null): Promise<string | null> {
  if (folderId === null) return null
  const { rows } = must(await client.archive.folders({}))
  return rows.find(({ id }) => id === folderId)?.name ?? null
}

type Shown = {
  readonly read: Read
  readonly documents: readonly Verified[]
  readonly changes: Changes
  readonly folder: string | null
}

function describe({ read, documents, changes, folder }: Shown): string[] {
  const { detail, signers } = read
  return [
    detail.title,
    ...facts(caseFacts(read, folder)),
    '',
    '保存',
    ...facts(keepingFacts(read)),
    '',
    `文書（${documents.length}件）`,
    ...documents.flatMap(describeDocument),
    '',
    `署名者（${signers.length}人）`,
    ...signers.map(({ fields, state, signedAt }) => {
      const who = [fields.company, fields.position, fields.name].filter((part) => part !== '').join(' ')
      return `  ${sideNames[fields.side]}  ${who}  ${signerStateNames[state]}${signedAt === null ? '' : `（${timeText(signedAt)}）`}`
    }),
    '',
    `訂正削除履歴（${changes.length}件、古い順）`,
    ...describeChanges(changes, false),
  ]
}

function caseFacts({ detail }: Read, folder: string | null): [string, string][] {
  const { fields } = detail
  const period = [fields.periodFrom, fields.periodTo].map((day) => (day === null ? '' : dayText(day)))
  return [
    ['番号', detail.id],
    ['契約番号', detail.contractNumber],
    ['状態', stateText(detail.state)],
    ['契約日', dayText(detail.contractDate)],
    [
      '契約金額',
      detail.amount === null ? '金額なし' : `${yenText(detail.amount)}（${taxModeNames[fields.taxMode]}）`,
    ],
    ...fields.counterparties.map(({ name, address, corporateNumber }): [string, string] => [
      '相手方',
      [name, address, corporateNumber === '' ? '' : `法人番号 ${corporateNumber}`]
        .filter((part) => part !== '')
        .join('  '),
    ]),
    ['契約方法', contractMethodNames[detail.method]],
    ['契約種別', contractKindNames[detail.kind]],
    ['所管課', detail.department],
    ['履行期間', period.join('') === '' ? '' : period.join('〜')],
    ['フォルダ', folder ?? '（フォルダなし）'],
    ['備考', fields.remarks.replace(/\s+/g, ' ')],
  ]
}

function keepingFacts({ detail, keeping, evidence }: Read): [string, string][] {
  const years = detail.fields.retentionYears
  return [
    [
      '完結日',
      detail.fields.completedOn === null ? 'まだ入力されていません' : dayText(detail.fields.completedOn),
    ],
    ['保存年数', years === null ? '種別の決まりによる' : years === 0 ? '永年' : `${years}年`],
    [
      '保存期限',
      keeping.retentionEndsOn === null ? 'まだ決まっていません' : dayText(keeping.retentionEndsOn),
    ],
    ['廃棄停止', keeping.hold ? 'しています' : 'していません'],
    ['証拠の有効期限', evidence === null ? '' : `${timeText(evidence.until)}（${evidence.level}）`],
  ]
}

function describeDocument(document: Verified, index: number): string[] {
  const { verification, current } = document
  return [
    `  ${index + 1}. ${document.title}（${documentRoleNames[document.role]}、${document.pages}ページ、${count(current.sizeBytes)}バイト、第${current.number}版）`,
    `     番号 ${document.id}`,
    `     SHA-256 ${current.sha256}`,
    ...(document.hasText ? [] : ['     本文検索不可（文字のない画像のPDF、又はまだ読み取っていないもの）']),
    ...(verification === null
      ? []
      : 'error' in verification
        ? [`     ${verification.error.text}`]
        : describeReport(verification).map((line) => `     ${line}`)),
  ]
}
