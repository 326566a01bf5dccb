/** The whole of one readable file: forms, one pass over the bytes, evidence, timestamps newest first, then signatures. */
import type { SignatureReport, VerificationReport } from '../../../../shared/model/verification.ts'
import { systemClock } from '../../kit/clock.ts'
import { SigningError } from '../errors.ts'
import { asDictionary } from '../pdf/objects.ts'
import type { PdfFile } from '../pdf/reader.ts'
import type { Budget } from './budget.ts'
import {
  type JudgedSignature,
  judgeSignature,
  type ReadSignature,
  readSignature,
} from './crypto/signature-crypto.ts'
import { compareRevisions } from './diff/compare-revisions.ts'
import { readDemand, type SignatureDemand } from './diff/permissions.ts'
import type { Change } from './diff/step.ts'
import {
  addAdobeRevocation,
  addCertificate,
  addCrl,
  addOcsp,
  createStore,
  readSecurityStore,
} from './evidence/evidence-store.ts'
import type { FileInput } from './file-input.ts'
import { type FormTree, findSignatures, readForm } from './format/find-signatures.ts'
import { digestRanges } from './format/range-digest.ts'
import { createRawScan } from './format/raw-scan.ts'
import { checkFormat, type SignatureFormat } from './format/signature-gates.ts'
import { bytesAfterEnd, findXrefFaults } from './format/structure-gates.ts'
import { type JudgingSignature, judgeAll } from './judge-signatures.ts'
import { type ReasonCode, reason } from './reason-codes.ts'
import { createPool } from './trust/path-building.ts'
import { findUnreached } from './unreached-signatures.ts'
import { worstVerdict } from './verdict.ts'
import { documentWarnings } from './warnings.ts'

export async function judgeFile(input: FileInput): Promise<VerificationReport> {
  const { file, source, budget } = input
  const forms = await readForms(file, budget)
  const found = findSignatures(file, forms)
  const formats = found.map((one) => checkFormat(file, one))
  const reads = formats.map(readSignature)
  const scan = createRawScan()
  const digests = await digestRanges(source, requestsOf(reads), budget, scan.visit)
  const unreached = await findUnreached(file, scan.hits, formats, budget)
  const problems = unreached.map((one) =>
    reason(one.isUsageRights ? 'NOTE_USAGE_RIGHTS' : 'SIGNATURE_NOT_REACHED'),
  )
  if (found.some((one) => one.lastRevision < file.revisions.length - 1))
    problems.push(reason('SIGNATURE_REMOVED'))
  if (reads.length === 0) return unsignedReport(input, problems)
  const store = createStore(createPool(input.options.anchors, input.options.otherCertificates ?? []))
  for (const der of input.options.crls ?? []) addCrl(store, der, 'outside')
  gatherEvidence(file, reads, store, budget)
  const judged = reads.map((read, index) =>
    judgeSignature(read, digests.get(String(index)), (test) => store.pool.find(test)),
  )
  const demands = demandsOf(file, formats)
  const changes = await changesOf(input, { forms, formats, demands, judged })
  const signatures = await judgeAll({
    input,
    store,
    nowMs: input.options.at?.getTime() ?? systemClock.now(),
    items: itemsOf(reads, judged),
    demands,
    changes,
    structureFaults: await structureFaults(file, budget),
    warnings: await documentWarnings(file, forms, budget),
  })
  problems.push(...certificationProblems(file, formats, demands))
  return {
    verdict: fileVerdict(signatures, problems),
    signatures: [...signatures],
    problems: uniqueReasons(problems),
  }
}

function itemsOf(
  reads: readonly ReadSignature[],
  judged: readonly JudgedSignature[],
): readonly JudgingSignature[] {
  return reads.flatMap((read, index) => {
    const result = judged[index]
    return result === undefined ? [] : [{ id: String(index), read, judged: result }]
  })
}

async function readForms(file: PdfFile, budget: Budget): Promise<readonly FormTree[]> {
  const forms: FormTree[] = []
  for (const revision of file.revisions) {
    await budget.pause()
    forms.push(readFormOrNothing(file, revision.index, budget))
  }
  return forms
}

/** A form that cannot be read hides signatures: the raw scan finds them, and a revision like that is a change. */
function readFormOrNothing(file: PdfFile, revision: number, budget: Budget): FormTree {
  try {
    return readForm(file.viewAt(revision), budget)
  } catch (error) {
    if (error instanceof SigningError || error instanceof RangeError)
      return { acroForm: undefined, roots: [], all: [] }
    throw error
  }
}

function requestsOf(reads: readonly ReadSignature[]) {
  return reads.flatMap(({ format, rangeHash }, index) =>
    format.range === undefined || rangeHash === undefined
      ? []
      : [{ id: String(index), hash: rangeHash, ...format.range }],
  )
}

async function unsignedReport(
  input: FileInput,
  problems: readonly { readonly code: string; readonly text: string }[],
): Promise<VerificationReport> {
  const isBroken = problems.some((problem) => problem.code === 'SIGNATURE_NOT_REACHED')
  const all = [...problems]
  if (!isBroken) all.push(reason('NO_SIGNATURE'))
  if (bytesAfterEnd(input.file)) all.push(reason('DATA_AFTER_LAST_REVISION'))
  return {
    verdict: isBroken ? 'broken' : input.isTruncated ? 'unreadable' : 'unsigned',
    signatures: [],
    problems: uniqueReasons(all),
  }
}

/** Certificates, CRLs and OCSP answers with the place each was met first. */
function gatherEvidence(
  file: PdfFile,
  reads: readonly ReadSignature[],
  store: ReturnType<typeof createStore>,
  budget: Budget,
): void {
  const seen = new Set<string>()
  const isNew = (kind: string, der: Uint8Array): boolean => {
    const key = `${kind}${Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1')}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  }
  for (const { index: revision } of file.revisions) {
    const dss = readStoreOrNothing(file, revision, budget)
    for (const der of dss?.certificates ?? []) if (isNew('c', der)) addCertificate(store, der, { revision })
    for (const der of dss?.crls ?? []) if (isNew('l', der)) addCrl(store, der, { revision })
    for (const der of dss?.responses ?? []) if (isNew('o', der)) addOcsp(store, der, { revision })
  }
  for (const [index, read] of reads.entries()) {
    const place = { revision: read.format.revision ?? file.revisions.length - 1, contentsOf: String(index) }
    for (const certificate of read.certificates) addCertificate(store, certificate.der, place)
    for (const der of read.signedData?.crls ?? []) addCrl(store, der, place)
    if (read.signer === undefined) continue
    addAdobeRevocation(store, read.signer, place)
    for (const der of read.timestampCertificates) addCertificate(store, der, place)
  }
}

function readStoreOrNothing(file: PdfFile, revision: number, budget: Budget) {
  try {
    return readSecurityStore(file, file.viewAt(revision), budget)
  } catch (error) {
    if (error instanceof SigningError || error instanceof RangeError) return undefined
    throw error
  }
}

function demandsOf(file: PdfFile, formats: readonly SignatureFormat[]): readonly SignatureDemand[] {
  return formats.flatMap((format) => {
    if (format.revision === undefined) return []
    try {
      const view = file.viewAt(format.revision)
      return [readDemand(view, format.revision, format.found.dictionary, format.found.field.dictionary)]
    } catch (error) {
      if (error instanceof SigningError || error instanceof RangeError) return []
      throw error
    }
  })
}

type ChangeInput = {
  readonly forms: readonly FormTree[]
  readonly formats: readonly SignatureFormat[]
  readonly demands: readonly SignatureDemand[]
  readonly judged: readonly JudgedSignature[]
}

async function changesOf(input: FileInput, { forms, formats, demands }: ChangeInput) {
  const { file, budget, isTruncated } = input
  const placed = formats.flatMap((format) => format.revision ?? [])
  const certified = demands.filter((demand) => demand.isCertification).map((demand) => demand.revision)
  const changes = new Map<number, readonly Change[]>(
    placed.length === 0
      ? []
      : await compareRevisions({
          file,
          forms,
          firstSigned: Math.min(...placed),
          certifiedAt: certified.length === 0 ? undefined : Math.min(...certified),
          budget,
        }),
  )
  if (isTruncated || bytesAfterEnd(file))
    changes.set(file.revisions.length, [{ code: 'DATA_AFTER_LAST_REVISION', level: 'other' }])
  return changes
}

async function structureFaults(file: PdfFile, budget: Budget): Promise<readonly (readonly ReasonCode[])[]> {
  const faults: (readonly ReasonCode[])[] = []
  for (const revision of file.revisions) faults.push(await findXrefFaults(file, revision.index, budget))
  return faults
}

/** At most one certification, the first signature, listed in /Perms (ISO 32000-2 §12.8.4). */
function certificationProblems(
  file: PdfFile,
  formats: readonly SignatureFormat[],
  demands: readonly SignatureDemand[],
) {
  const certifying = demands.filter((demand) => demand.isCertification)
  const [certification] = certifying
  if (certification === undefined) return []
  const problems = []
  if (certifying.length > 1) problems.push(reason('CERTIFICATION_REPEATED'))
  const revisions = formats.flatMap((format) => (format.kind === 'signature' ? (format.revision ?? []) : []))
  if (certifying.some((one) => revisions.some((revision) => revision < one.revision)))
    problems.push(reason('CERTIFICATION_NOT_FIRST'))
  const permissions = asDictionary(file.resolve(file.catalog.entries.get('Perms')))
  if (permissions?.entries.has('DocMDP') !== true) problems.push(reason('CERTIFICATION_NOT_LISTED'))
  return problems
}

function fileVerdict(
  signatures: readonly SignatureReport[],
  problems: readonly { readonly code: string }[],
): VerificationReport['verdict'] {
  const verdicts = signatures.map((signature) => signature.verdict)
  if (problems.some((problem) => problem.code === 'SIGNATURE_NOT_REACHED')) verdicts.push('broken')
  if (problems.some((problem) => problem.code === 'SIGNATURE_REMOVED')) verdicts.push('changed')
  return worstVerdict(verdicts)
}

function uniqueReasons<T extends { readonly code: string; readonly text: string }>(
  reasons: readonly T[],
): T[] {
  return [...new Map(reasons.map((one) => [`${one.code} ${one.text}`, one])).values()]
}
