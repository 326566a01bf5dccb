/** The main side of the bridge: every procedure and the use case that runs it. Names only; no logic. */
import { ok } from '../../shared/result.ts'
import { listUsers } from '../core/archive/tables/users.ts'
import { decideApproval } from './approval/decide-approval.ts'
import { requestApproval } from './approval/request-approval.ts'
import {
  confirmDisposal,
  disposalCertificate,
  disposalList,
  disposals,
  proposeDisposal,
  withdrawDisposal,
} from './archive/dispose.ts'
import { exportSpan } from './archive/export-span.ts'
import { findHitPages, findSnippets } from './archive/find-in-documents.ts'
import {
  arrangeSaved,
  evidenceState,
  folders,
  listSaved,
  moveToFolder,
  removeSearch,
  saveFolder,
  saveSearch,
  searchHistory,
  setHold,
  whoSees,
} from './archive/manage-archive.ts'
import { renewalResult, startRenewal } from './archive/renew-evidence.ts'
import { searchArchive } from './archive/search-archive.ts'
import { outcomes, taskResult } from './archive/span-tasks.ts'
import { verifySpan } from './archive/verify-span.ts'
import { logCheckResult, startLogCheck } from './audit/check-log.ts'
import { exportLog, listLog } from './audit/read-log.ts'
import { issueApplicationForm, readApplicationForm } from './cases/application-form.ts'
import { createCase } from './cases/create-case.ts'
import { removeCase, reopenCase, switchToPaper, withdrawCase } from './cases/end-case.ts'
import { listCases, overview } from './cases/list-cases.ts'
import { listEvents, listHistory, readCaseDetail } from './cases/read-case.ts'
import { updateCase } from './cases/update-case.ts'
import { changeDocument, removeDocument } from './documents/change-document.ts'
import { importDocument } from './documents/import-document.ts'
import { openDocument } from './documents/open-document.ts'
import { preflightUpload } from './documents/preflight-upload.ts'
import { proposeFields, saveFields } from './documents/save-fields.ts'
import { saveSigners } from './documents/save-signers.ts'
import type { Handlers, Parts } from './handler-parts.ts'
import { readHelp } from './help.ts'
import { keepingHandlers } from './keeping-handlers.ts'
import { listMails, readInbox, retryMail } from './mails/manage-mails.ts'
import { dismissMail, markReturned, readBounce } from './mails/returned-mails.ts'
import type { RunningOffice } from './open-office.ts'
import type { Runtime } from './runtime.ts'
import { loadSamples, removeSamples } from './samples/samples.ts'
import { retrySeals } from './seal/retry-seals.ts'
import { sealOutcome, signAsTown } from './seal/sign-as-town.ts'
import { checkArrival, confirmArrival } from './sending/check-arrival.ts'
import { correctSigner, extendDeadline, remindSigner, unlockSigner } from './sending/manage-signer.ts'
import { reissueDownload } from './sending/reissue-download.ts'
import { sendCase } from './sending/send-case.ts'
import { changePassword, logIn, recover } from './session/log-in.ts'
import { confirmRecoverySheet, renewRecoverySheet } from './session/recovery-sheet.ts'
import { setUp } from './session/set-up.ts'
import { logOut, readStatus } from './session/status.ts'
import { createUser, resetPassword, updateUser } from './session/users.ts'
import { exportAnchors } from './settings/export-anchors.ts'
import { readinessOf } from './settings/readiness.ts'
import { openSealImage, writeSealImage } from './settings/seal-image.ts'
import { testSettings } from './settings/test-settings.ts'
import { listTokenModules, listTokens, writeTokenCertificate } from './settings/token-certificate.ts'
import { resetCertificate, writeCertificate } from './settings/write-certificate.ts'
import {
  readSettingsView,
  writeNetwork,
  writePortal,
  writeRules,
  writeSmtp,
  writeTown,
  writeTsa,
} from './settings/write-settings.ts'
import {
  openSignedRevision,
  printVerification,
  verifyDocument,
  verifyFile,
} from './verification/verify-document.ts'

export function createHandlers(runtime: Runtime, running: () => RunningOffice | undefined): Handlers {
  const parts: Parts = {
    runtime,
    running,
    // Only logged-in people get here, and nobody is logged in before the archive is open.
    inOffice: (useCase) => (input, context) => {
      const office = runtime.office()
      if (office === undefined) throw new Error('A use case was called before the archive was open')
      return useCase(office, input, context)
    },
  }
  return {
    ...sessionHandlers(parts),
    ...settingsHandlers(parts),
    ...caseHandlers(parts),
    ...signingHandlers(parts),
    ...archiveHandlers(parts),
    ...keepingHandlers(parts),
  }
}

function sessionHandlers({ runtime, inOffice }: Parts): Pick<Handlers, 'session' | 'users' | 'help'> {
  return {
    session: {
      status: (_input, context) => readStatus(runtime, context),
      setUp: (input, context) => setUp(runtime, input, context),
      logIn: (input, context) => logIn(runtime, input, context),
      logOut: (_input, context) => logOut(runtime, context),
      touch: async (_input, context) => {
        runtime.connections.touch(context.connection)
        return ok({})
      },
      changePassword: inOffice(changePassword),
      recover: (input, context) => recover(runtime, input, context),
    },
    users: {
      list: inOffice(async (office) => ok({ users: listUsers(office.archive.db) })),
      create: inOffice(createUser),
      update: inOffice(updateUser),
      resetPassword: inOffice(resetPassword),
      renewRecoverySheet: inOffice((office, _input, context) => renewRecoverySheet(office, context)),
      confirmRecoverySheet: inOffice((office, _input, context) => confirmRecoverySheet(office, context)),
    },
    help: { read: () => readHelp(runtime) },
  }
}

function settingsHandlers({ runtime, inOffice }: Parts): Pick<Handlers, 'settings'> {
  return {
    settings: {
      read: inOffice((office) => readSettingsView(office)),
      writeTown: inOffice(writeTown),
      writeSmtp: inOffice(writeSmtp),
      writeTsa: inOffice(writeTsa),
      writePortal: inOffice(writePortal),
      writeRules: inOffice(writeRules),
      writeNetwork: inOffice(writeNetwork),
      writeCertificate: inOffice(writeCertificate),
      tokenModules: () => listTokenModules(runtime.resourcesDir),
      listTokens: inOffice(listTokens),
      writeTokenCertificate: inOffice(writeTokenCertificate),
      resetCertificate: inOffice(resetCertificate),
      writeSealImage: inOffice(writeSealImage),
      openSealImage: inOffice((office, _input, context) => openSealImage(office, context)),
      test: inOffice(testSettings),
      readiness: inOffice(async (office) => ok({ items: readinessOf(office) })),
      exportAnchors: inOffice((office, _input, context) => exportAnchors(office, context)),
      loadSamples: inOffice((office, _input, context) => loadSamples(office, runtime.resourcesDir, context)),
      removeSamples: inOffice((office, _input, context) => removeSamples(office, context)),
    },
  }
}

function caseHandlers({ inOffice }: Parts): Pick<Handlers, 'cases' | 'documents' | 'approval'> {
  return {
    cases: {
      overview: inOffice((office, _input, context) => overview(office, context)),
      list: inOffice(listCases),
      read: inOffice(readCaseDetail),
      create: inOffice(createCase),
      update: inOffice(updateCase),
      remove: inOffice(removeCase),
      withdraw: inOffice(withdrawCase),
      switchToPaper: inOffice(switchToPaper),
      reopen: inOffice(reopenCase),
      events: inOffice(listEvents),
      history: inOffice(listHistory),
      issueApplicationForm: inOffice(issueApplicationForm),
      readApplicationForm: inOffice(readApplicationForm),
    },
    documents: {
      preflight: inOffice(preflightUpload),
      import: inOffice(importDocument),
      change: inOffice(changeDocument),
      remove: inOffice(removeDocument),
      open: inOffice(openDocument),
      saveFields: inOffice(saveFields),
      proposeFields: inOffice(proposeFields),
      saveSigners: inOffice(saveSigners),
    },
    approval: { request: inOffice(requestApproval), decide: inOffice(decideApproval) },
  }
}

function signingHandlers({
  running,
  inOffice,
}: Parts): Pick<Handlers, 'sending' | 'seal' | 'verification' | 'mails' | 'tasks'> {
  return {
    sending: {
      send: inOffice(sendCase),
      remind: inOffice(remindSigner),
      correctSigner: inOffice(correctSigner),
      unlock: inOffice(unlockSigner),
      extendDeadline: inOffice(extendDeadline),
      reissueDownload: inOffice(reissueDownload),
      checkArrival: inOffice(checkArrival),
      confirmArrival: inOffice(confirmArrival),
      poll: async () => {
        await running()?.poll.pollNow()
        return ok({})
      },
    },
    seal: { sign: inOffice(signAsTown), outcome: inOffice(sealOutcome), retry: inOffice(retrySeals) },
    verification: {
      document: inOffice(verifyDocument),
      file: inOffice(verifyFile),
      openSignedRevision: inOffice(openSignedRevision),
      print: inOffice(printVerification),
    },
    mails: {
      list: inOffice(listMails),
      retry: inOffice(retryMail),
      readBounce: inOffice(readBounce),
      markReturned: inOffice(markReturned),
      dismiss: inOffice(dismissMail),
      inbox: inOffice((office) => readInbox(office)),
    },
    tasks: {
      cancel: inOffice(async (office, input: { readonly taskId: string }, context) => {
        office.tasks.cancel(context.connection, input.taskId)
        return ok({})
      }),
    },
  }
}

function archiveHandlers({ inOffice }: Parts): Pick<Handlers, 'archive' | 'audit'> {
  return {
    archive: {
      search: inOffice(searchArchive),
      snippets: inOffice(findSnippets),
      hitPages: inOffice(findHitPages),
      savedSearches: inOffice((office, _input, context) => listSaved(office, context)),
      saveSearch: inOffice(saveSearch),
      arrangeSavedSearches: inOffice(arrangeSaved),
      removeSavedSearch: inOffice(removeSearch),
      changes: inOffice(searchHistory),
      export: inOffice(exportSpan),
      verifySpan: inOffice(verifySpan),
      outcomes: inOffice((office, _input, context) => outcomes(office, context)),
      taskResult: inOffice(taskResult),
      folders: inOffice((office, _input, context) => folders(office, context)),
      whoSees: inOffice(whoSees),
      saveFolder: inOffice(saveFolder),
      moveToFolder: inOffice(moveToFolder),
      setHold: inOffice(setHold),
      disposalList: inOffice(disposalList),
      proposeDisposal: inOffice(proposeDisposal),
      withdrawDisposal: inOffice(withdrawDisposal),
      confirmDisposal: inOffice(confirmDisposal),
      disposals: inOffice(disposals),
      disposalCertificate: inOffice(disposalCertificate),
      evidence: inOffice((office, _input, context) => evidenceState(office, context)),
      renew: inOffice((office, _input, context) => startRenewal(office, context)),
      renewalResult: inOffice(renewalResult),
    },
    audit: {
      list: inOffice(listLog),
      check: inOffice((office, _input, context) => startLogCheck(office, context)),
      checked: inOffice(logCheckResult),
      export: inOffice(exportLog),
    },
  }
}
