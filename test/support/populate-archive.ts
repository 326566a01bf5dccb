/**
 * A populated office to look at: `node test/support/populate-archive.ts --data DIR [--cases 3000]`, then
 * `npm start -- --data DIR` and log in as `records` (記録担当), `doboku` (契約担当 of 土木課) or `tanaka` (管理者),
 * password `POPULATED_PASSWORD`. Cases are those of the search bench; every tenth has a PDF with text made here, some the
 * real PDFs of `../shared/samples` where that folder is (read at run time, never copied into the repository).
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { sampleFontPath } from '../../electron/app/samples/sample-font.ts'
import type { WritableDb } from '../../electron/core/archive/database.ts'
import { loginLabel } from '../../electron/core/archive/keyslots.ts'
import { type Archive, openArchive } from '../../electron/core/archive/open.ts'
import {
  insertCase,
  moveCase,
  moveToFolder,
  requireCase,
  setHold,
  updateCase,
} from '../../electron/core/archive/tables/cases.ts'
import type { Change } from '../../electron/core/archive/tables/changes.ts'
import { insertDocument, writeDocumentText } from '../../electron/core/archive/tables/documents.ts'
import { saveFolder } from '../../electron/core/archive/tables/folders.ts'
import { listUsers } from '../../electron/core/archive/tables/users.ts'
import type { StoredFile } from '../../electron/core/archive/vault.ts'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { extractText } from '../../electron/core/pages/extract-text.ts'
import { makeSampleContract } from '../../electron/core/pages/sample-contract.ts'
import { type FolderId, Yen } from '../../shared/model/brand.ts'
import { CaseFields, CaseState } from '../../shared/model/case.ts'
import type { Role } from '../../shared/model/user.ts'
import { DEPARTMENTS, type SeededCase, seededCases } from '../bench/archive-data.ts'
import { must, startOfficeProcess } from './office-process.ts'

export const POPULATED_PASSWORD = 'populated office 1'
const SAMPLES = resolve(import.meta.dirname, '../../../shared/samples')

export type PopulateOptions = {
  readonly cases: number
  /** Cases between two with a PDF. */
  readonly everyPdf: number
  readonly onProgress?: (done: number) => void
}

/** The office as it is after the first start: people, folders, then the cases with their files and some history. */
export async function populateOffice(dataDir: string, options: PopulateOptions): Promise<void> {
  await setUpPeople(dataDir)
  const archive = await openArchive(
    { folder: dataDir, clock: systemClock },
    { label: loginLabel('tanaka'), secret: { kind: 'password', password: POPULATED_PASSWORD } },
  )
  try {
    await populateArchive(archive, options)
  } finally {
    archive.close()
  }
}

const PEOPLE = [
  { loginName: 'records', displayName: '記録 典子', department: '行政課', roles: ['records'] },
  { loginName: 'doboku', displayName: '土木 一郎', department: '土木課', roles: ['clerk'] },
  { loginName: 'kansa', displayName: '監査 正', department: '監査委員事務局', roles: ['auditor'] },
] as const

async function setUpPeople(dataDir: string): Promise<void> {
  const office = await startOfficeProcess(dataDir)
  try {
    must(
      await office.client.session.setUp({
        townName: '扶桑町',
        loginName: 'tanaka',
        displayName: '田中 一子',
        department: '行政課',
        password: POPULATED_PASSWORD,
      }),
    )
    for (const person of PEOPLE)
      must(
        await office.client.users.create({
          ...person,
          roles: [...person.roles],
          password: POPULATED_PASSWORD,
        }),
      )
  } finally {
    await office.stop()
  }
}

/** Cases that the records officer's line of the issue must find, among thousands that it must not. */
const WANTED: readonly Partial<SeededCase>[] = [
  { title: '令和7年度 山那橋 橋梁補修工事', party: '株式会社髙橋組', amount: 12_345_000, date: '2025-09-01' },
  { title: '令和7年度 扶桑大橋橋梁長寿命化工事', party: '㈱高橋組', amount: 98_760_000, date: '2025-06-20' },
  {
    title: '令和7年度 橋りょう点検業務委託（橋梁一式）',
    party: '(株)髙橋組',
    amount: 3_300_000,
    date: '2025-07-04',
  },
  { title: '令和6年度 前野橋橋梁補修工事', party: '株式会社髙橋組', amount: 15_400_000, date: '2024-10-02' },
]

type Made = { readonly seeded: SeededCase; readonly pdf: MadePdf | undefined }
type MadePdf = { readonly name: string; readonly bytes: Uint8Array; readonly pages: readonly string[] }

const BATCH = 200

async function populateArchive(archive: Archive, options: PopulateOptions): Promise<void> {
  const by = changesOf(archive)
  const folders = makeFolders(archive, by)
  const real = await realPdfs()
  let batch: Made[] = []
  let done = 0
  const write = async () => {
    const files: (StoredFile | undefined)[] = []
    for (const { pdf } of batch)
      files.push(pdf === undefined ? undefined : await archive.vault.put(pdf.bytes))
    archive.transaction((db) => {
      for (const [index, made] of batch.entries())
        writeCase(db, { ...made, index, file: files[index], folders, by })
    })
    done += batch.length
    batch = []
    options.onProgress?.(done)
  }
  let index = 0
  for (const seeded of withWanted(options.cases)) {
    batch.push({ seeded, pdf: await pdfFor(seeded, { index, everyPdf: options.everyPdf, real }) })
    index += 1
    if (batch.length === BATCH) await write()
  }
  await write()
}

type ChangeBy = (why?: string) => Change

function changesOf(archive: Archive): ChangeBy {
  const [clerk] = listUsers(archive.db)
  if (clerk === undefined) throw new Error('Nobody is registered')
  return (why = '') => ({ userId: clerk.id, who: clerk.displayName, at: systemClock.now(), why })
}

type Folders = Readonly<Record<string, FolderId>>

/** By 課: where its contracts are filed; all others lie outside every folder. */
function makeFolders(archive: Archive, by: ChangeBy): Folders {
  const folder = (name: string, roles: readonly Role[], departments: readonly string[]) =>
    archive.transaction((db) => saveFolder(db, { name, parentId: null, roles, departments }, by()))
  return {
    土木課: folder('工事契約', ['approver'], ['土木課', '都市整備課']),
    福祉児童課: folder('福祉関係', [], ['福祉児童課']),
  }
}

/** What happens to contracts in an office: filed, held, corrected, deleted. */
function writeCase(
  db: WritableDb,
  made: Made & {
    readonly index: number
    readonly file: StoredFile | undefined
    readonly folders: Folders
    readonly by: ChangeBy
  },
): void {
  const { seeded, pdf, index, file, by } = made
  const fields = fieldsOf(seeded)
  const caseId = insertCase(db, fields, by(), { state: CaseState.parse(seeded.state) })
  const folderId = made.folders[seeded.department]
  if (folderId !== undefined) moveToFolder(db, caseId, folderId, by('分類'))
  if (index % 60 === 7) setHold(db, caseId, true, by('住民監査請求のため'))
  if (index % 20 === 3) {
    const amount = Yen.parse((seeded.amount ?? 0) + 11_000)
    const { rowVersion } = requireCase(db, caseId)
    updateCase(
      db,
      caseId,
      { rowVersion, fields: { ...fields, folderId: folderId ?? null, amount } },
      by('設計変更による増額'),
    )
  }
  if (index % 90 === 5) moveCase(db, caseId, { state: 'deleted' }, by('二重に登録したため'))
  if (pdf === undefined || file === undefined) return
  const document = insertDocument(
    db,
    {
      caseId,
      title: pdf.name,
      fileName: `${pdf.name}.pdf`,
      role: 'sign',
      pages: pdf.pages.length,
      preflight: null,
      file,
      reason: 'import',
    },
    by(),
  )
  writeDocumentText(db, document.id, pdf.pages)
}

/** Mostly contracts made here; every sixth of them a real PDF. */
async function pdfFor(
  seeded: SeededCase,
  turn: { readonly index: number; readonly everyPdf: number; readonly real: readonly MadePdf[] },
): Promise<MadePdf | undefined> {
  const { index, everyPdf, real } = turn
  if (index < WANTED.length) return contractPdf(seeded)
  if (index % everyPdf !== 0) return undefined
  const round = index / everyPdf
  return round % 6 === 0 && real.length > 0 ? real[(round / 6) % real.length] : contractPdf(seeded)
}

function* withWanted(count: number): Generator<SeededCase> {
  const seeded = seededCases(count)
  for (const wanted of WANTED) {
    const next = seeded.next()
    if (next.done === true) return
    yield {
      ...next.value,
      ...wanted,
      state: 'concluded',
      department: '土木課',
      kind: 'construction',
      method: 'designated-bid',
      number: `工-7-${wanted.amount === undefined ? 1 : String(wanted.amount).slice(0, 3)}`,
    }
  }
  yield* seeded
}

function fieldsOf(seeded: SeededCase): CaseFields {
  const year = Number(seeded.date.slice(0, 4))
  return CaseFields.parse({
    title: seeded.title,
    contractNumber: seeded.number,
    method: seeded.method,
    kind: seeded.kind,
    amount: seeded.amount,
    contractDate: seeded.date,
    periodFrom: seeded.date,
    periodTo: `${year + 1}-03-31`,
    department: seeded.department,
    completedOn: seeded.date < '2026-01-01' ? `${year + 1}-03-20` : null,
    retentionYears: seeded.kind === 'construction' ? 10 : 5,
    counterparties: [
      {
        name: seeded.party,
        address: '愛知県丹羽郡扶桑町大字高雄字天道330番地',
        representative: '代表取締役 髙橋 一郎',
        corporateNumber: seeded.corporateNumber,
      },
    ],
  })
}

/** Three to six pages; the particulars on the first, the articles behind, so that words stand on different pages. */
async function contractPdf(seeded: SeededCase): Promise<MadePdf> {
  const body = seeded.text === '' ? '受注者は、設計図書に従い誠実に履行する。' : seeded.text
  const articles = Array.from({ length: 14 }, (_, at) => [
    ['総則', '履行期間', '権利義務の譲渡', '監督員', '検査', '契約不適合責任', '損害', '解除'][at % 8] ?? '',
    `${body.slice((at * 97) % Math.max(1, body.length - 200)).slice(0, 260)}`.replace(/\n/g, ''),
  ])
  const bytes = await makeSampleContract({
    fontPath: sampleFontPath(),
    text: {
      title: seeded.kind === 'construction' ? '工事請負契約書' : '契約書',
      subject: seeded.title,
      rows: [
        ['件名', seeded.title],
        ['契約番号', seeded.number],
        ['契約金額', seeded.amount === null ? '単価契約' : `金${seeded.amount.toLocaleString('ja-JP')}円`],
        ['受注者', seeded.party],
      ],
      intro: `扶桑町と${seeded.party}は、${seeded.title}について次のとおり契約を結ぶ。`,
      articles,
    },
    signatureBlocks: [
      ['発注者', '扶桑町長 印'],
      ['受注者', `${seeded.party} 印`],
    ],
    dateText: seeded.date,
    objectStreams: true,
  })
  return { name: '契約書', bytes, pages: await pagesOf(bytes) }
}

async function realPdfs(): Promise<readonly MadePdf[]> {
  const names = [
    'indesign-148p',
    'word2016-hybrid-xref-51p',
    'xref-stream-linearized-42p',
    'ichitaro-pdf14-1p',
  ]
  const found = names.map((name) => join(SAMPLES, `${name}.pdf`)).filter((path) => existsSync(path))
  return Promise.all(
    found.map(async (path) => {
      const bytes = await readFile(path)
      return { name: '仕様書', bytes, pages: await pagesOf(bytes) }
    }),
  )
}

async function pagesOf(bytes: Uint8Array): Promise<readonly string[]> {
  const text = await extractText(Uint8Array.from(bytes))
  return text.ok ? text.value.pages : []
}

if (import.meta.main) {
  const value = (name: string) => process.argv[process.argv.indexOf(`--${name}`) + 1]
  const data = process.argv.includes('--data') ? value('data') : undefined
  if (data === undefined) throw new Error('--data DIR is missing')
  const cases = process.argv.includes('--cases') ? Number(value('cases')) : 3000
  await populateOffice(resolve(data), {
    cases,
    everyPdf: 10,
    onProgress: (done) => console.log(`${done} of ${cases}`),
  })
  console.log(
    `npm start -- --data ${data}   (records / ${POPULATED_PASSWORD}; departments: ${DEPARTMENTS.length})`,
  )
}
