/** Folders, hold, saved searches, history, disposal, evidence: what records staff do with the archive. */

import { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseId, EpochMs } from '../../../shared/model/brand.ts'
import { isPermitted } from '../../../shared/model/user.ts'
import { fail, ok } from '../../../shared/result.ts'
import { formatBothDates, japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { finishDisposals } from '../../core/archive/check-archive.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import {
  readCaseSummaries,
  requireCase,
  moveToFolder as writeFolderOf,
  setHold as writeHold,
} from '../../core/archive/tables/cases.ts'
import { searchChanges } from '../../core/archive/tables/changes.ts'
import {
  type Disposal,
  type DisposalObstacle,
  forgetFile,
  listDisposalCandidates,
  confirmDisposal as writeConfirmation,
  proposeDisposal as writeProposal,
} from '../../core/archive/tables/disposals.ts'
import { countEvidence } from '../../core/archive/tables/evidence.ts'
import { listFolders, saveFolder as writeFolder } from '../../core/archive/tables/folders.ts'
import {
  arrangeSearches,
  listSavedSearches,
  removeSavedSearch,
  saveSearch as writeSearch,
} from '../../core/archive/tables/saved-searches.ts'
import { listUsers } from '../../core/archive/tables/users.ts'
import { mayRead, rightToFolder, viewerOf, visibleFolderIds } from '../../core/archive/tables/viewer.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { NOT_FOUND, viewerFor, visibleCase } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { workDone } from '../work/work-done.ts'
import { countLapsing } from './evidence-cover.ts'
import { historyRows } from './history-rows.ts'
import { RENEWAL_LEAD_MS } from './renew-evidence.ts'

type Table = typeof bridge.archive

export async function listSaved(office: Office, context: Context) {
  const rows = listSavedSearches(office.archive.db, actorOf(context).userId)
  return ok({ rows: rows.map((row) => ({ ...row, query: SearchQuery.parse(row.query) })) })
}

export async function saveSearch(office: Office, input: InputOf<Table['saveSearch']>, context: Context) {
  const id = office.archive.transaction((db) =>
    writeSearch(db, actorOf(context).userId, input, office.clock.now()),
  )
  return ok({ id })
}

export async function arrangeSaved(
  office: Office,
  input: InputOf<Table['arrangeSavedSearches']>,
  context: Context,
) {
  office.archive.transaction((db) => arrangeSearches(db, actorOf(context).userId, input.rows))
  return ok({})
}

export async function removeSearch(
  office: Office,
  input: InputOf<Table['removeSavedSearch']>,
  context: Context,
) {
  office.archive.transaction((db) => removeSavedSearch(db, actorOf(context).userId, input.id))
  return ok({})
}

export async function searchHistory(office: Office, input: InputOf<Table['changes']>, context: Context) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const { rows, total } = searchChanges(db, input, input, (caseId) => mayRead(db, viewer, caseId))
  return ok({ rows: historyRows(db, rows), total })
}

/** Folders one may look into; who keeps the archive sees all of them. */
export async function folders(office: Office, context: Context) {
  const { db } = office.archive
  const actor = actorOf(context)
  const visible = visibleFolderIds(db, viewerFor(actor))
  const keeps = isPermitted(actor.roles, 'archive.manage')
  const rows = listFolders(db).filter(({ id }) => keeps || visible.includes(id))
  return ok({
    rows: rows.map((row) => ({ ...row, roles: [...row.roles], departments: [...row.departments] })),
  })
}

export async function whoSees(office: Office, input: InputOf<Table['whoSees']>) {
  const rows = listUsers(office.archive.db)
    .filter((user) => user.active)
    .flatMap((user) => {
      const by = rightToFolder(viewerOf(user), input)
      return by === undefined ? [] : [{ displayName: user.displayName, department: user.department, by }]
    })
  return ok({ rows })
}

export async function saveFolder(office: Office, input: InputOf<Table['saveFolder']>, context: Context) {
  const change = changeBy(context, office.clock)
  try {
    const id = office.archive.transaction((db) => {
      const saved = writeFolder(db, input, change)
      record(db, change, 'folder.saved', { data: { name: input.name } })
      return saved
    })
    return ok({ id })
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'ROW_NOT_FOUND') return NOT_FOUND
    throw error
  }
}

export async function moveToFolder(office: Office, input: InputOf<Table['moveToFolder']>, context: Context) {
  if (input.caseIds.some((caseId) => visibleCase(office, context, caseId) === undefined)) return NOT_FOUND
  const { folderId } = input
  if (folderId !== null && !listFolders(office.archive.db).some((folder) => folder.id === folderId))
    return NOT_FOUND
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    for (const caseId of input.caseIds) {
      writeFolderOf(db, caseId, folderId, change)
      record(db, change, 'case.moved-to-folder', { caseId, data: { folderId } })
    }
  })
  for (const caseId of input.caseIds) announceCase(office, caseId)
  return ok({})
}

export async function setHold(office: Office, input: InputOf<Table['setHold']>, context: Context) {
  if (visibleCase(office, context, input.caseId) === undefined) return NOT_FOUND
  const change = changeBy(context, office.clock, input.why)
  office.archive.transaction((db) => {
    writeHold(db, input.caseId, input.hold, change)
    record(db, change, input.hold ? 'case.held' : 'case.released', {
      caseId: input.caseId,
      data: { why: input.why },
    })
  })
  announceCase(office, input.caseId)
  return ok({})
}

export async function disposalList(office: Office, context: Context) {
  const { db } = office.archive
  const candidates = listDisposalCandidates(db, japaneseDay(office.clock.now()))
  const summaries = readCaseSummaries(
    db,
    candidates.map((candidate) => candidate.caseId),
    viewerFor(actorOf(context)),
  )
  const byId = new Map(summaries.map((summary) => [summary.id, summary]))
  const rows = candidates.flatMap(({ caseId, retentionEndsOn, proposedBy, proposedByName }) => {
    const summary = byId.get(caseId)
    return summary === undefined ? [] : [{ ...summary, retentionEndsOn, proposedBy, proposedByName }]
  })
  return ok({ rows })
}

export async function proposeDisposal(
  office: Office,
  input: InputOf<Table['proposeDisposal']>,
  context: Context,
) {
  const change = { ...changeBy(context, office.clock, input.why), userId: actorOf(context).userId }
  return disposing(office, input.caseIds, () =>
    office.archive.transaction((db) => {
      for (const caseId of input.caseIds) {
        writeProposal(db, caseId, change)
        record(db, change, 'disposal.proposed', { caseId, data: { why: input.why } })
      }
      return ok({})
    }),
  )
}

/** The second person confirms: rows first (durable), then the files' keys are destroyed, then the certificate. */
export async function confirmDisposal(
  office: Office,
  input: InputOf<Table['confirmDisposal']>,
  context: Context,
) {
  const change = { ...changeBy(context, office.clock), userId: actorOf(context).userId }
  const confirmed = await disposing(office, input.caseIds, () =>
    office.archive.transaction((db) => {
      const made = input.caseIds.map((caseId) => {
        const disposal = writeConfirmation(db, caseId, change)
        record(db, change, 'disposal.confirmed', { caseId, data: { files: disposal.files.length } })
        return disposal
      })
      return ok(made)
    }),
  )
  if (!confirmed.ok) return confirmed
  await destroyFiles(office)
  const bytes = await disposalCertificate(office, confirmed.value)
  const ticket = office.tickets.issue(context.connection, {
    fileName: '廃棄証明書.pdf',
    contentType: 'application/pdf',
    disposition: 'inline',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}

/** Also run at every start: a kill between the rows and the files leaves nothing behind. */
export async function destroyFiles({ archive }: Office): Promise<void> {
  await finishDisposals(archive, (fileId) => archive.transaction((db) => forgetFile(db, fileId)))
}

export async function evidenceState(office: Office) {
  const { files, firstUntil } = countEvidence(office.archive.db)
  const lapsing = countLapsing(office)
  const nextRenewalAt = firstUntil === null ? null : ((firstUntil - RENEWAL_LEAD_MS) as EpochMs)
  return ok({ files, lapsing, nextRenewalAt })
}

const OBSTACLES: readonly DisposalObstacle[] = [
  'RETENTION_NOT_ENDED',
  'ON_HOLD',
  'NOT_PROPOSED',
  'SAME_PERSON',
]

async function disposing<T>(office: Office, caseIds: readonly CaseId[], work: () => T) {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
    if (error.code === 'ROW_NOT_FOUND') return NOT_FOUND
    const obstacle = OBSTACLES.find((candidate) => candidate === error.data.reason)
    if (obstacle === undefined) throw error
    office.logger.info('disposal.refused', { code: obstacle, cases: caseIds.length })
    return fail(obstacle, {})
  }
}

async function disposalCertificate(office: Office, disposals: readonly Disposal[]): Promise<Uint8Array> {
  const { town } = readSettings(office.archive.db)
  const [first] = disposals
  if (first === undefined) throw new Error('Nothing was disposed of')
  return workDone(
    await office.work.runTask('make-disposal-certificate', {
      number: first.caseId.slice(0, 12).toUpperCase(),
      townName: town.townName,
      disposedAt: first.confirmedAt,
      basis: first.why,
      requestedBy: first.proposedByName,
      approvedBy: first.confirmedByName,
      items: disposals.map((disposal) => {
        const { fields } = requireCase(office.archive.db, disposal.caseId)
        return {
          contractNumber: disposal.contractNumber,
          title: disposal.title,
          counterparty: fields.counterparties.map((party) => party.name).join('、'),
          contractDate: fields.contractDate === null ? '' : formatBothDates(fields.contractDate),
          retention: fields.retentionYears === null ? '' : `${fields.retentionYears}年`,
          retentionEnd: formatBothDates(disposal.retentionEndsOn),
          files: disposal.files.map(({ title, sha256 }) => ({ name: title, sha256 })),
        }
      }),
    }),
  )
}
