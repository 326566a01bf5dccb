/** The groups of `shared/bridge/keeping.ts` and the use cases that run them. Names only; no logic. */
import { exportHistory } from './archive/export-history.ts'
import {
  dryRun,
  importTaskResult,
  listAllImports,
  readTable,
  resumeImport,
  runNewImport,
  stampReceived,
} from './archive/import-contracts.ts'
import { printCase, printHistory } from './archive/print-papers.ts'
import type { Handlers, Parts } from './handler-parts.ts'
import { backupTaskResult, readBackup, startBackup, writeBackup } from './settings/backup.ts'
import { readKeys, rotateKey } from './settings/master-key.ts'
import { startDrill } from './settings/restore-drill.ts'

export function keepingHandlers({
  inOffice,
}: Parts): Pick<Handlers, 'backup' | 'imports' | 'keys' | 'papers'> {
  return {
    backup: {
      read: inOffice((office) => readBackup(office)),
      write: inOffice(writeBackup),
      run: inOffice((office, _input, context) => startBackup(office, context)),
      drill: inOffice(startDrill),
      taskResult: inOffice(backupTaskResult),
    },
    keys: { read: inOffice((office) => readKeys(office)), rotate: inOffice(rotateKey) },
    papers: {
      printCase: inOffice(printCase),
      printHistory: inOffice(printHistory),
      exportHistory: inOffice(exportHistory),
    },
    imports: {
      readTable: inOffice(readTable),
      dryRun: inOffice(dryRun),
      run: inOffice(runNewImport),
      resume: inOffice(resumeImport),
      list: inOffice((office) => listAllImports(office)),
      taskResult: inOffice(importTaskResult),
      stampReceived: inOffice((office, _input, context) => stampReceived(office, context)),
    },
  }
}
