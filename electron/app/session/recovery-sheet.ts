import { z } from 'zod'
import { ok } from '../../../shared/result.ts'
import { addKeyslot, listKeyslots, removeKeyslot } from '../../core/archive/keyslots.ts'
import { newRecoveryCode } from '../../core/archive/recovery-code.ts'
import { writeSetting } from '../../core/archive/tables/settings.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { workDone } from '../work/work-done.ts'

/** The sheet as PDF. The code is on the page only and is not kept anywhere. */
export async function makeRecoverySheetTicket(
  office: Office,
  context: Context,
  code: string,
): Promise<string> {
  const { town } = readSettings(office.archive.db)
  const bytes = workDone(
    await office.work.runTask('make-recovery-sheet', {
      townName: town.townName,
      archiveId: (await listKeyslots(office.archive.folder))[0]?.id.slice(0, 8).toUpperCase() ?? '',
      createdAt: office.clock.now(),
      codeGroups: code.split('-'),
    }),
  )
  return office.tickets.issue(context.connection, {
    fileName: '復旧シート.pdf',
    contentType: 'application/pdf',
    disposition: 'inline',
    open: () => memorySource(bytes),
  })
}

/** A new sheet; every older one stops working once the new one can open the archive. */
export async function renewRecoverySheet(office: Office, context: Context) {
  const { folder } = office.archive
  const older = (await listKeyslots(folder)).filter((slot) => slot.kind === 'recovery')
  const code = newRecoveryCode()
  const label = String(1 + Math.max(0, ...older.map((slot) => Number(slot.label))))
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    writeSetting(db, RECOVERY_SHEET_SETTING, { keptAt: null }, change)
    record(db, change, 'recovery-sheet.renewed')
  })
  await addKeyslot(
    folder,
    office.archive.master(),
    { label, secret: { kind: 'recovery', code } },
    office.clock,
  )
  for (const slot of older) await removeKeyslot(folder, office.archive.master(), 'recovery', slot.label)
  return ok({ ticket: await makeRecoverySheetTicket(office, context, code) })
}

/** Key of the setting that says whether the newest sheet was put away. */
export const RECOVERY_SHEET_SETTING = 'recovery-sheet'
export const RecoverySheetSetting = z.object({ keptAt: z.number().nullable() })

/** 「金庫に保管しました」: what a person says; the program cannot see it. */
export async function confirmRecoverySheet(office: Office, context: Context) {
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    writeSetting(db, RECOVERY_SHEET_SETTING, { keptAt: change.at }, change)
    record(db, change, 'recovery-sheet.kept')
  })
  office.announce({ topic: 'settings-changed' })
  return ok({})
}
