/** The groups of `shared/bridge/keeping.ts` and `imports.ts` and the use cases that run them. Names only; no logic. */
import { exportHistory } from './archive/export-history.ts'
import {
  cancelImport,
  dryRun,
  listAllImports,
  readTable,
  resumeImport,
  runNewImport,
} from './archive/import-contracts.ts'
import { addFiles, discardImport, makeTableForm, readDraft } from './archive/import-draft.ts'
import { importResult, importTaskResult, makeImportReport } from './archive/import-report.ts'
import { stampReceived } from './archive/import-stamp.ts'
import { unpackDraft } from './archive/import-unpack.ts'
import { printCases, printFound } from './archive/print-copies.ts'
import { printHistory } from './archive/print-history.ts'
import type { Handlers, Parts } from './handler-parts.ts'
import { backupTaskResult, readBackup, startBackup, writeBackup } from './settings/backup.ts'
import { readKeys, rotateKey, rotationResult } from './settings/master-key.ts'
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
    keys: {
      read: inOffice((office) => readKeys(office)),
      rotate: inOffice(rotateKey),
      rotation: inOffice(rotationResult),
    },
    papers: {
      printCases: inOffice(printCases),
      printFound: inOffice(printFound),
      printHistory: inOffice(printHistory),
      exportHistory: inOffice(exportHistory),
    },
    imports: {
      draft: inOffice((office, _input, context) => readDraft(office, context)),
      addFiles: inOffice(addFiles),
      unpack: inOffice(unpackDraft),
      discard: inOffice(discardImport),
      tableForm: inOffice(makeTableForm),
      readTable: inOffice((office, input) => readTable(office, input)),
      dryRun: inOffice(dryRun),
      run: inOffice(runNewImport),
      resume: inOffice(resumeImport),
      cancel: inOffice((office, input) => cancelImport(office, input)),
      list: inOffice((office) => listAllImports(office)),
      result: inOffice(importResult),
      report: inOffice(makeImportReport),
      taskResult: inOffice(importTaskResult),
      stampReceived: inOffice((office, _input, context) => stampReceived(office, context)),
    },
  }
}
