/** The groups of `shared/bridge/keeping.ts` and the use cases that run them. Names only; no logic. */
import type { Handlers, Parts } from './handler-parts.ts'
import { backupTaskResult, readBackup, startBackup, writeBackup } from './settings/backup.ts'
import { startDrill } from './settings/restore-drill.ts'

export function keepingHandlers({ inOffice }: Parts): Pick<Handlers, 'backup'> {
  return {
    backup: {
      read: inOffice((office) => readBackup(office)),
      write: inOffice(writeBackup),
      run: inOffice((office, _input, context) => startBackup(office, context)),
      drill: inOffice(startDrill),
      taskResult: inOffice(backupTaskResult),
    },
  }
}
