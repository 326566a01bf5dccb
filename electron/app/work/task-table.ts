/**
 * What runs off the main thread. Loaded by the worker threads only; the main side knows its type.
 * Add a task here when one call may take more than 50 ms. Bytes in, plain data or bytes out.
 */

import type { VerificationReport } from '../../../shared/model/verification.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { sha256Hex } from '../../core/kit/bytes.ts'
import { fillApplicationForm, makeApplicationForm } from '../../core/pages/application-form.ts'
import { makeCompletionCertificate } from '../../core/pages/completion-certificate.ts'
import { type CopyFrame, type CopyFrameData, makeCopyFrame } from '../../core/pages/copy-frame.ts'
import { type ExtractTextOptions, extractText, findWordPositions } from '../../core/pages/extract-text.ts'
import { makeReport } from '../../core/pages/make-report.ts'
import { makeDisposalCertificate } from '../../core/pages/office-papers.ts'
import { type ReadFormOptions, readApplicationForm } from '../../core/pages/read-application-form.ts'
import { makeRecoverySheet } from '../../core/pages/recovery-sheet.ts'
import type { Report } from '../../core/pages/report-model.ts'
import { makeSampleContract } from '../../core/pages/sample-contract.ts'
import { makeVerificationReport } from '../../core/pages/verification-report.ts'
import { type PreflightReport, preflight } from '../../core/signing/pdf/preflight.ts'
import { repair } from '../../core/signing/pdf/repair.ts'
import type { VerifyOptions } from '../../core/signing/verify/options.ts'
import { verifyPdf } from '../../core/signing/verify/verify-pdf.ts'
import { readImportTable } from '../archive/import-table.ts'
import { examineImportTask } from './examine-import.ts'
import type { WorkTask } from './messages.ts'
import { restoreDrillTask } from './restore-drill.ts'

type Answer<Run extends (...args: never[]) => unknown> = Awaited<ReturnType<Run>>
type Bytes = { readonly bytes: Uint8Array }

const extractTextTask: WorkTask<
  Bytes & { readonly options?: ExtractTextOptions },
  Answer<typeof extractText>
> = ({ bytes, options }) => extractText(bytes, options)

const findWordPositionsTask: WorkTask<
  Bytes & { readonly words: readonly string[] },
  Answer<typeof findWordPositions>
> = ({ bytes, words }) => findWordPositions(bytes, words)

const readFormTask: WorkTask<
  Bytes & { readonly options: ReadFormOptions },
  Answer<typeof readApplicationForm>
> = ({ bytes, options }) => readApplicationForm(bytes, options)

const makeFormTask: WorkTask<Parameters<typeof makeApplicationForm>[0], Uint8Array> = (options) =>
  makeApplicationForm(options)

const fillFormTask: WorkTask<Parameters<typeof fillApplicationForm>, Uint8Array> = (input) =>
  fillApplicationForm(...input)

const sampleContractTask: WorkTask<Parameters<typeof makeSampleContract>[0], Uint8Array> = (options) =>
  makeSampleContract(options)

const certificateTask: WorkTask<Parameters<typeof makeCompletionCertificate>[0], Uint8Array> = async (data) =>
  (await makeCompletionCertificate(data)).bytes

const recoverySheetTask: WorkTask<Parameters<typeof makeRecoverySheet>[0], Uint8Array> = async (data) =>
  (await makeRecoverySheet(data)).bytes

const verificationReportTask: WorkTask<Parameters<typeof makeVerificationReport>[0], Uint8Array> = async (
  data,
) => (await makeVerificationReport(data)).bytes

const disposalCertificateTask: WorkTask<Parameters<typeof makeDisposalCertificate>[0], Uint8Array> = async (
  data,
) => (await makeDisposalCertificate(data)).bytes

const copyFrameTask: WorkTask<CopyFrameData, CopyFrame> = (data) => makeCopyFrame(data)

const importTableTask: WorkTask<Bytes, Answer<typeof readImportTable>> = async ({ bytes }) =>
  readImportTable(bytes)

/** Any paper that needs no layout of its own. */
const reportTask: WorkTask<Report, Uint8Array> = async (report) => (await makeReport(report)).bytes

/** As `VerifyOptions`, without the functions, which cannot cross threads. Offline. */
export type VerifyTaskInput = Bytes &
  Pick<VerifyOptions, 'anchors' | 'otherCertificates' | 'crls' | 'at' | 'timeLimitMs'> & {
    /** SHA-256 (hex) of the certificates of accredited TSA services. */
    readonly accreditedTsaFingerprints?: readonly string[]
  }

const verifyTask: WorkTask<VerifyTaskInput, VerificationReport> = ({ bytes, ...input }, { signal }) => {
  const { accreditedTsaFingerprints = [], ...options } = input
  const accredited = new Set(accreditedTsaFingerprints)
  return verifyPdf(memorySource(bytes), {
    ...options,
    signal,
    isAccreditedTsa: (certificate) => accredited.has(sha256Hex(certificate)),
  })
}

const preflightTask: WorkTask<Bytes & { readonly maximumBytes?: number }, PreflightReport> = ({
  bytes,
  ...options
}) => preflight(memorySource(bytes), options)

/** Refuses instead of losing anything. @throws TaskError with the codes of `repair` */
const repairTask: WorkTask<Bytes, Uint8Array> = ({ bytes }) => repair(bytes)

export const tasks = {
  'verify-pdf': verifyTask,
  preflight: preflightTask,
  'repair-pdf': repairTask,
  'extract-text': extractTextTask,
  'find-word-positions': findWordPositionsTask,
  'read-application-form': readFormTask,
  'make-application-form': makeFormTask,
  'fill-application-form': fillFormTask,
  'make-sample-contract': sampleContractTask,
  'make-completion-certificate': certificateTask,
  'make-recovery-sheet': recoverySheetTask,
  'make-verification-report': verificationReportTask,
  'make-disposal-certificate': disposalCertificateTask,
  'make-copy-frame': copyFrameTask,
  'make-report': reportTask,
  'restore-drill': restoreDrillTask,
  'read-import-table': importTableTask,
  'examine-import': examineImportTask,
}
export type Tasks = typeof tasks
