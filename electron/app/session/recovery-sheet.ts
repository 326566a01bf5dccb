import { ok } from '../../../shared/result.ts'
import { addKeyslot, listKeyslots, removeKeyslot } from '../../core/archive/keyslots.ts'
import { newRecoveryCode } from '../../core/archive/recovery-code.ts'
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
  office.archive.transaction((db) => record(db, changeBy(context, office.clock), 'recovery-sheet.renewed'))
  await addKeyslot(
    folder,
    office.archive.master(),
    { label, secret: { kind: 'recovery', code } },
    office.clock,
  )
  for (const slot of older) await removeKeyslot(folder, office.archive.master(), 'recovery', slot.label)
  return ok({ ticket: await makeRecoverySheetTicket(office, context, code) })
}
