import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bridge } from '../../../../shared/bridge/bridge.ts'
import type { OutputOf } from '../../../../shared/bridge/define.ts'
import type { CaseDocument } from '../../../../shared/model/document.ts'
import { contractFileName, safePart } from '../../../../shared/rules/contract-file-name.ts'
import { type Command, parseCommand, Refusal, required } from '../command.ts'
import { type ArchiveDesk, atDesk, DESK_OPTIONS, DESK_USAGE, must, stopIfEnded } from './desk.ts'
import { CASE_USAGE, findCase } from './find-case.ts'
import { refuseExisting } from './new-file.ts'
import { refusalOf } from './refusals.ts'
import { count } from './words.ts'

const USAGE = `使い方: desk archive get 案件|文書… --out フォルダー [--json]

案件のすべてのPDF、又は文書1つを、フォルダーに取り出します。同じ名前のファイルがあれば、何も書かずにやめます。
取り出したことは操作ログに残ります。ファイル名は「日付_金額_取引先_件名.pdf」です。
${CASE_USAGE}文書は show に出る番号で指定します。

  --out フォルダー  取り出す場所（なければ作ります）
${DESK_USAGE}`

const OPTIONS = { ...DESK_OPTIONS, out: { type: 'string' } } as const

type Opened = { readonly ticket: string; readonly sizeBytes: number }
type Wanted = {
  readonly documentId: string
  readonly title: string
  readonly path: string
  /** Of a document that was named by itself: only opening tells its file's name, and each opening is logged. */
  readonly opened: Opened | undefined
}
type Saved = {
  readonly documentId: string
  readonly title: string
  readonly path: string
  readonly sizeBytes: number
}

export const getCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, {
      options: OPTIONS,
      files: [1, 1000],
      what: '案件又は文書',
    })
    const folder = required('out', values.out)
    return atDesk(values.data, io, async (desk) => {
      const wanted = await documentsOf(desk, positionals, folder)
      await mkdir(folder, { recursive: true })
      for (const { path } of wanted) await refuseExisting(path)
      const saved: Saved[] = []
      const tell = desk.longWork.counter('取り出し', wanted.length)
      for (const one of wanted) {
        stopIfEnded(io)
        const done = await saveOne(desk, one)
        if (done !== undefined) saved.push(done)
        tell(saved.length)
      }
      if (values.json) io.print(JSON.stringify({ files: saved }))
      else for (const { path, sizeBytes } of saved) io.print(`${path}（${count(sizeBytes)}バイト）`)
      return saved.length === wanted.length ? 0 : 1
    })
  },
}

/** A damaged file is said and does not keep the others back. */
async function saveOne(
  desk: ArchiveDesk,
  { documentId, path, title, opened }: Wanted,
): Promise<Saved | undefined> {
  const answer =
    opened === undefined
      ? await desk.client.documents.open({ documentId, purpose: 'download' })
      : { ok: true as const, value: opened }
  if (!answer.ok) {
    desk.io.tell(`${title}: ${refusalOf(answer.error).message}`)
    return undefined
  }
  await desk.save(answer.value.ticket, path)
  return { documentId, title, path, sizeBytes: answer.value.sizeBytes }
}

async function documentsOf(desk: ArchiveDesk, names: readonly string[], folder: string): Promise<Wanted[]> {
  const taken = new Set<string>()
  const wanted: Wanted[] = []
  const add = (documentId: string, fileName: string, about: Pick<Wanted, 'title' | 'opened'>) => {
    if (wanted.some((one) => one.documentId === documentId)) return
    wanted.push({ documentId, path: join(folder, uniqueName(taken, fileName)), ...about })
  }
  for (const name of names) {
    const read = await readCase(desk, name)
    if (read === undefined) {
      const opened = must(await desk.client.documents.open({ documentId: name, purpose: 'download' }))
      const title = safePart(opened.fileName.replace(/\.pdf$/i, '')) || name
      add(name, `${title}.pdf`, { title, opened })
    } else {
      if (read.documents.length === 0)
        throw new Refusal('NOTHING_FOUND', `案件「${read.detail.title}」に文書はありません。`)
      for (const document of read.documents)
        add(document.id, nameOf(read, document), { title: document.title, opened: undefined })
    }
  }
  return wanted
}

type Read = OutputOf<Bridge['cases']['read']>

/** undefined: no case of that name; it may be a document. */
async function readCase(desk: ArchiveDesk, name: string): Promise<Read | undefined> {
  try {
    return must(await desk.client.cases.read({ caseId: await findCase(desk, name) }))
  } catch (error) {
    if (error instanceof Refusal && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/** The document's own title only where the case has several. */
function nameOf({ detail, documents }: Read, document: CaseDocument): string {
  return contractFileName({
    date: detail.contractDate,
    amountYen: detail.amount,
    counterparty: detail.counterpartyNames[0] ?? '',
    title: documents.length === 1 ? detail.title : `${detail.title} ${document.title}`,
  })
}

function uniqueName(taken: Set<string>, fileName: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? fileName : fileName.replace(/\.pdf$/, `_${number}.pdf`)
    // Windows and macOS take capitals and small letters for the same.
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    return name
  }
}
