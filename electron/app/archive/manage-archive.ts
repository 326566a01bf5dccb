/** Folders, hold, saved searches, history, evidence: what records staff do with the archive. Disposal: dispose.ts. */

import { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { isPermitted } from '../../../shared/model/user.ts'
import { ok } from '../../../shared/result.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { moveToFolder as writeFolderOf, setHold as writeHold } from '../../core/archive/tables/cases.ts'
import { searchChanges } from '../../core/archive/tables/changes.ts'
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
import { NOT_FOUND, viewerFor, visibleCase } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { countLapsing, listLapsing } from './evidence-cover.ts'
import { historyRows } from './history-rows.ts'
import { RENEWAL_LEAD_MS } from './renew-evidence.ts'
import { createPause } from './span-tasks.ts'

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
  const { rows, ...counted } = await searchChanges(db, input, input, {
    mayRead: (caseId) => mayRead(db, viewer, caseId),
    pause: createPause(),
  })
  return ok({ rows: historyRows(db, viewer, rows), ...counted })
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
  const folder = listFolders(office.archive.db).find(({ id }) => id === folderId)
  if (folderId !== null && folder === undefined) return NOT_FOUND
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    for (const caseId of input.caseIds) {
      writeFolderOf(db, caseId, folderId, change)
      record(db, change, 'case.moved-to-folder', { caseId, data: { folder: folder?.name ?? null } })
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

/** The screen lists so many of them; the others follow when these are mended. */
const MOST_LAPSING = 100

export async function evidenceState(office: Office, context: Context) {
  const { files, firstUntil } = countEvidence(office.archive.db)
  const lapsing = countLapsing(office)
  const nextRenewalAt = firstUntil === null ? null : ((firstUntil - RENEWAL_LEAD_MS) as EpochMs)
  const rows = lapsing === 0 ? [] : listLapsing(office, viewerFor(actorOf(context)), MOST_LAPSING)
  return ok({ files, lapsing, nextRenewalAt, rows })
}
