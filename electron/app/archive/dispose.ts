/**
 * 廃棄 (L22, L23): one person proposes, another confirms; nothing goes before its time. Rows first (durable), then the keys
 * of the files are destroyed, a few cases at a time, so that a thousand do not hold the program. What was confirmed together
 * is a run: its 廃棄証明書 is made from the run's frozen facts, now and whenever it is asked for again.
 */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId, UserId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { formatBothDates, japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { fiscalYearOf, formatFiscalYear } from '../../../shared/text/era.ts'
import { finishDisposals } from '../../core/archive/check-archive.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { readCase, readCaseSummaries } from '../../core/archive/tables/cases.ts'
import type { Change } from '../../core/archive/tables/changes.ts'
import {
  type DisposalItem,
  type DisposalRun,
  hasFilesLeft,
  listDisposalRuns,
  readDisposalRun,
  startDisposalRun,
} from '../../core/archive/tables/disposal-runs.ts'
import {
  type CandidateFilter,
  countDisposalCandidates,
  type DisposalObstacle,
  disposalObstacle,
  forgetFile,
  isProposed,
  listDisposalCandidates,
  confirmDisposal as writeConfirmation,
  proposeDisposal as writeProposal,
  withdrawDisposal as writeWithdrawal,
} from '../../core/archive/tables/disposals.ts'
import type { FileId } from '../../core/archive/vault.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import type { DisposalCertificateData } from '../../core/pages/office-papers.ts'
import { NOT_FOUND, viewerFor, visibleCase } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { workDone } from '../work/work-done.ts'
import type { Outcome } from './outcome.ts'
import { addFinding, startWork } from './outcomes.ts'
import { createPause } from './span-tasks.ts'

type Table = typeof bridge.archive

export async function disposalList(office: Office, input: InputOf<Table['disposalList']>, context: Context) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const filter: CandidateFilter = { today: japaneseDay(office.clock.now()), viewer, only: input.only }
  const candidates = listDisposalCandidates(db, filter, input)
  const summaries = readCaseSummaries(
    db,
    candidates.map(({ caseId }) => caseId),
    viewer,
  )
  const byId = new Map(summaries.map((summary) => [summary.id, summary]))
  const rows = candidates.flatMap(({ caseId, ...candidate }) => {
    const summary = byId.get(caseId)
    return summary === undefined ? [] : [{ ...summary, ...candidate }]
  })
  return ok({ rows, total: countDisposalCandidates(db, filter) })
}

export async function proposeDisposal(
  office: Office,
  { caseIds, why }: InputOf<Table['proposeDisposal']>,
  context: Context,
) {
  const change = changeOfPerson(office, context, why)
  const obstacleOf = (caseId: CaseId) =>
    disposalObstacle(office.archive.db, caseId, { kind: 'propose', ...change })
  const obstacle = await firstObstacle(office, context, caseIds, obstacleOf)
  if (obstacle === 'ON_HOLD' || obstacle === 'RETENTION_NOT_ENDED') return fail(obstacle, {})
  if (obstacle !== undefined) return NOT_FOUND
  await inSlices(office, caseIds, (db, caseId) => {
    // Held, or gone, since it was looked at.
    if (obstacleOf(caseId) !== undefined) return
    writeProposal(db, caseId, change)
    record(db, change, 'disposal.proposed', { caseId, data: { why } })
  })
  return ok({})
}

export async function withdrawDisposal(
  office: Office,
  { caseIds, why }: InputOf<Table['withdrawDisposal']>,
  context: Context,
) {
  const change = changeOfPerson(office, context, why)
  const { db } = office.archive
  const obstacle = await firstObstacle(office, context, caseIds, (caseId) =>
    isProposed(db, caseId) ? undefined : 'NOT_PROPOSED',
  )
  if (obstacle === 'NOT_PROPOSED') return fail(obstacle, {})
  if (obstacle !== undefined) return NOT_FOUND
  await inSlices(office, caseIds, (writing, caseId) => {
    if (!isProposed(writing, caseId)) return
    writeWithdrawal(writing, caseId, change)
    record(writing, change, 'disposal.withdrawn', { caseId, data: { why } })
  })
  return ok({})
}

export async function confirmDisposal(
  office: Office,
  { caseIds }: InputOf<Table['confirmDisposal']>,
  context: Context,
) {
  const change = changeOfPerson(office, context, '')
  const obstacle = await firstObstacle(office, context, caseIds, (caseId) =>
    disposalObstacle(office.archive.db, caseId, { kind: 'confirm', ...change }),
  )
  if (obstacle === 'ROW_NOT_FOUND') return NOT_FOUND
  if (obstacle !== undefined) {
    office.logger.info('disposal.refused', { code: obstacle, cases: caseIds.length })
    return fail(obstacle, {})
  }
  const about = `契約 ${caseIds.length.toLocaleString('ja-JP')}件`
  const taskId = startWork(office, context, { kind: 'dispose', about }, async (control, outcome) => {
    const confirming: Confirming = { office, context, outcome, run: undefined, files: [] }
    await inSlices(
      office,
      caseIds,
      (db, caseId) => confirmOne(db, caseId, confirming),
      async (done) => {
        await destroyNow(office, confirming.files.splice(0))
        control.progress(done, caseIds.length)
        control.signal.throwIfAborted()
      },
    )
    if (confirming.run === undefined) return
    const { fileId } = await office.temporary.put(await certificateOf(office, confirming.run.id))
    outcome.file = { fileId, fileName: fileNameOf(confirming.run), contentType: 'application/pdf' }
  })
  return ok({ taskId })
}

type Confirming = {
  readonly office: Office
  readonly context: Context
  readonly outcome: Outcome
  /** Begun with the first case that is confirmed. */
  run: DisposalRun | undefined
  /** To be destroyed when the transaction is on disk. */
  readonly files: FileId[]
}

/** Everything is looked at again: a hold may have been set while others were disposed of. */
function confirmOne(db: WritableDb, caseId: CaseId, confirming: Confirming): void {
  const { office, context, outcome } = confirming
  const change = changeOfPerson(office, context, '')
  const title = readCase(db, caseId)?.title ?? ''
  if (disposalObstacle(db, caseId, { kind: 'confirm', ...change }) !== undefined) {
    addFinding(outcome, { caseId, documentId: null, title, verdict: 'kept' })
    return
  }
  confirming.run ??= startDisposalRun(db, readSettings(db).town.townName, change)
  const files = writeConfirmation(db, confirming.run.id, caseId, change)
  record(db, change, 'disposal.confirmed', {
    caseId,
    data: { files: files.length, number: numberWords(confirming.run) },
  })
  confirming.files.push(...files)
  addFinding(outcome, { caseId, documentId: null, title, verdict: 'disposed' })
}

/** Also run at every start: a kill between the rows and the files leaves nothing behind. */
export async function destroyFiles({ archive }: Office): Promise<void> {
  await finishDisposals(archive, (fileId) => archive.transaction((db) => forgetFile(db, fileId)))
}

async function destroyNow({ archive }: Office, files: readonly FileId[]): Promise<void> {
  for (const fileId of files) await archive.vault.destroy(fileId)
  archive.transaction((db) => {
    for (const fileId of files) forgetFile(db, fileId)
  })
}

export async function disposals(office: Office, input: InputOf<Table['disposals']>) {
  const { rows, total } = listDisposalRuns(office.archive.db, input)
  return ok({ rows: rows.map(({ townName: _printed, ...row }) => row), total })
}

export async function disposalCertificate(
  office: Office,
  { id }: InputOf<Table['disposalCertificate']>,
  context: Context,
) {
  const { db } = office.archive
  const found = readDisposalRun(db, id)
  if (found === undefined) return NOT_FOUND
  if (hasFilesLeft(db, id)) return fail('DISPOSAL_UNFINISHED', {})
  const bytes = await certificateOf(office, id)
  office.archive.transaction((writing) =>
    record(writing, changeBy(context, office.clock), 'disposal.certificate-printed', {
      data: { number: numberWords(found.run) },
    }),
  )
  const fileName = fileNameOf(found.run)
  const ticket = office.tickets.issue(context.connection, {
    fileName,
    contentType: 'application/pdf',
    disposition: 'inline',
    open: () => memorySource(bytes),
  })
  return ok({ ticket, fileName })
}

async function certificateOf(office: Office, runId: string): Promise<Uint8Array> {
  const found = readDisposalRun(office.archive.db, runId)
  if (found === undefined) throw new Error('A disposal that was confirmed has no record')
  const { run, items } = found
  const paper: DisposalCertificateData = {
    townName: run.townName,
    number: numberWords(run),
    disposedAt: run.confirmedAt,
    approvedBy: run.confirmedByName,
    items: items.map(itemOf),
  }
  return workDone(await office.work.runTask('make-disposal-certificate', paper))
}

function itemOf(item: DisposalItem): DisposalCertificateData['items'][number] {
  const day = (date: DisposalItem['contractDate']) => (date === null ? '' : formatBothDates(date))
  return {
    contractNumber: item.contractNumber,
    title: item.title,
    counterparty: item.counterparties.join('、'),
    contractDate: day(item.contractDate),
    retention: retentionWords(item),
    completedOn: day(item.completedOn),
    retentionEnd: day(item.retentionEndsOn),
    requestedBy: item.proposedByName,
    requestedAt: item.proposedAt,
    basis: item.why,
    files: item.files.map(({ title, number, sizeBytes, sha256 }) => ({
      name: `${title}（第${number}版）`,
      sizeBytes,
      sha256,
    })),
  }
}

/** The years that were counted, whatever the classes say today: from 1 April after the completion to the end. */
function retentionWords({ completedOn, retentionEndsOn }: DisposalItem): string {
  if (completedOn === null || retentionEndsOn === null) return ''
  return `${Number(retentionEndsOn.slice(0, 4)) - fiscalYearOf(completedOn) - 1}年`
}

function numberWords({ fiscalYear, number }: Pick<DisposalRun, 'fiscalYear' | 'number'>): string {
  return `${formatFiscalYear(fiscalYear)} 廃第${number}号`
}

function fileNameOf(run: DisposalRun): string {
  return `廃棄証明書_${numberWords(run).replace(' ', '_')}.pdf`
}

function changeOfPerson(office: Office, context: Context, why: string): Change & { readonly userId: UserId } {
  return { ...changeBy(context, office.clock, why), userId: actorOf(context).userId }
}

type Obstacle = DisposalObstacle | 'ROW_NOT_FOUND'

/** Looks at every case before anything is changed. */
async function firstObstacle(
  office: Office,
  context: Context,
  caseIds: readonly CaseId[],
  obstacleOf: (caseId: CaseId) => Obstacle | undefined,
): Promise<Obstacle | undefined> {
  const pause = createPause()
  for (const caseId of caseIds) {
    if (visibleCase(office, context, caseId) === undefined) return 'ROW_NOT_FOUND'
    const obstacle = obstacleOf(caseId)
    if (obstacle !== undefined) return obstacle
    await pause()
  }
  return undefined
}

/** A transaction of cases lasts about so long; the search index, which merges now and then, comes on top. */
const SLICE_MS = 4

/** Does the work for every case, a few in one transaction; `between` runs when they are on disk. */
async function inSlices(
  office: Office,
  caseIds: readonly CaseId[],
  work: (db: WritableDb, caseId: CaseId) => void,
  between: (done: number) => Promise<void> = async () => undefined,
): Promise<void> {
  const waiting = [...new Set(caseIds)]
  for (let done = 0; done < waiting.length; ) {
    const until = performance.now() + SLICE_MS
    let last: CaseId | undefined
    office.archive.transaction((db) => {
      do {
        last = waiting[done]
        if (last === undefined) return
        work(db, last)
        done += 1
      } while (performance.now() < until)
    })
    // One event a slice: a thousand would make every screen read its list a thousand times.
    if (last !== undefined) announceCase(office, last)
    await between(done)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
