/** 締結証明書: made once from the facts as they were signed, sealed by the witness key, kept with the case. */

import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { contractKindNames, contractMethodNames } from '../../../shared/model/names.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { formatBothDates } from '../../../shared/rules/japanese-date.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import { fileOfVersion, insertDocument, listDocuments } from '../../core/archive/tables/documents.ts'
import { writeEvidence } from '../../core/archive/tables/evidence.ts'
import { listSigners } from '../../core/archive/tables/signers.ts'
import { listCaseEntries } from '../../core/audit/log.ts'
import { appendedSource, memorySource } from '../../core/kit/byte-source.ts'
import type { CertificateSigner, CompletionCertificateData } from '../../core/pages/completion-certificate.ts'
import { parseCertificateCached } from '../../core/signing/cms/certificate.ts'
import { displayName } from '../../core/signing/cms/names.ts'
import { hasIssued } from '../../core/signing/keys/chain-order.ts'
import { openPdf } from '../../core/signing/pdf/reader.ts'
import { readSignatures } from '../../core/signing/read-signatures.ts'
import { evidenceUntil } from '../../core/signing/renew.ts'
import { signPdf } from '../../core/signing/sign-pdf.ts'
import type { Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { readSettings, type Settings } from '../settings/read-settings.ts'
import { countTestParts } from '../settings/readiness.ts'
import { verifyVersion } from '../verification/verify-version.ts'
import { workDone } from '../work/work-done.ts'
import { eventText } from './event-texts.ts'
import { pdfFieldName } from './field-names.ts'

export async function issueCertificate(office: Office, found: CaseRecord): Promise<void> {
  const { archive, clock, services } = office
  if (listDocuments(archive.db, found.id).some((document) => document.role === 'certificate')) return
  const settings = readSettings(archive.db)
  const data = await certificateData(office, found, settings)
  const source = memorySource(workDone(await office.work.runTask('make-completion-certificate', data)))
  const key = await services.keys.open('witness', '')
  const signed = await signPdf(source, {
    key,
    clock,
    timestampAuthority: services.timestampAuthority(),
    options: {
      name: settings.town.townName,
      contactInfo: settings.town.divisionMail,
      reason: '締結証明書の発行',
    },
  }).finally(() => key.wipe())
  const whole = appendedSource(source, source.sizeBytes, signed.appended)
  const file = await archive.vault.put(whole)
  const until = evidenceUntil(whole)?.untilMs
  archive.transaction((db) => {
    const change = changeBySystem(clock.now())
    const document = insertDocument(
      db,
      {
        caseId: found.id,
        title: '締結証明書',
        fileName: '締結証明書.pdf',
        role: 'certificate',
        pages: [...openPdf(whole).pages()].length,
        preflight: null,
        file,
        reason: 'made',
      },
      change,
    )
    writeEvidence(db, document.current.id, {
      level: signed.level,
      until: until === undefined ? null : (until as EpochMs),
    })
    record(db, change, 'certificate.issued', { caseId: found.id, data: { sha256: file.sha256 } })
  })
}

async function certificateData(
  office: Office,
  found: CaseRecord,
  settings: Settings,
): Promise<CompletionCertificateData> {
  const { db } = office.archive
  const test = countTestParts(office) > 0
  const documents = listDocuments(db, found.id).filter(
    (document) => document.role === 'sign' || document.role === 'view',
  )
  const first = documents.find((document) => document.role === 'sign')
  const report =
    first === undefined
      ? undefined
      : (await verifyVersion(office, { documentId: first.id, versionId: first.current.id })).report
  const keys = first === undefined ? [] : keysUsed(office, first)
  const { amount, taxMode, contractDate, kind, method, counterparties } = found.fields
  const tax = { included: '(税込)', excluded: '(税抜)', exempt: '(不課税・非課税)' }[taxMode]
  return {
    certificateNumber: found.id.slice(0, 12).toUpperCase(),
    issuedAt: office.clock.now(),
    townName: settings.town.townName,
    test: test || keys.some(({ isTest }) => isTest),
    concludedAt: found.concludedAt ?? office.clock.now(),
    case: {
      title: found.title,
      contractNumber: found.contractNumber,
      amount: amount === null ? '金額の記載なし(単価契約など)' : `${amount.toLocaleString('ja-JP')}円${tax}`,
      contractDate: contractDate === null ? '記載なし' : formatBothDates(contractDate),
      kind: contractKindNames[kind],
      method: contractMethodNames[method],
      department: found.department,
      counterparties: counterparties.map((party) => party.name),
    },
    documents: documents.map((document) => ({
      title: document.title,
      fileName: document.fileName,
      role: document.role === 'sign' ? ('sign' as const) : ('view' as const),
      shownSha256: shownVersion(document).sha256,
      signedSha256: document.role === 'sign' ? document.current.sha256 : null,
      pageCount: document.pages,
      sizeBytes: document.current.sizeBytes,
    })),
    signers: listSigners(db, found.id).map((signer, position) =>
      signerFacts(signer, signatureAt(report, position), keyAt(keys, position)),
    ),
    events: listCaseEntries(db, found.id).flatMap(({ at, actor, action, data }) => {
      const text = eventText(action, data)
      return text === undefined ? [] : [{ at, actor, text }]
    }),
  }
}

/** The file as it was approved and first shown: with all fields, before any signature. */
function shownVersion(document: CaseDocument) {
  return document.versions.findLast((version) => version.reason === 'fields') ?? document.current
}

type Report = Awaited<ReturnType<typeof verifyVersion>>['report']
type Signature = Report['signatures'][number]

type KeyUsed = {
  readonly field: string
  readonly certificate: NonNullable<CertificateSigner['certificate']>
  /** Of the embedded test authority. */
  readonly isTest: boolean
}

/** The certificates inside the signatures themselves: the keys in the settings may have been replaced since. */
function keysUsed(office: Office, document: CaseDocument): readonly KeyUsed[] {
  const { archive, services } = office
  const source = archive.vault.open(fileOfVersion(archive.db, document.current.id).fileId)
  try {
    const testAnchors = services.testOperation.anchors().map(parseCertificateCached)
    return readSignatures(openPdf(source)).flatMap(({ fieldName, certificate, signedData }) => {
      if (certificate === undefined) return []
      const { subject, issuer, serial } = certificate
      const withIssuers = [certificate, ...(signedData?.certificates ?? [])]
      return {
        field: fieldName,
        certificate: { subject: displayName(subject), issuer: displayName(issuer), serialNumber: serial },
        isTest: testAnchors.some((anchor) => withIssuers.some((one) => hasIssued(anchor, one))),
      }
    })
  } finally {
    source.close()
  }
}

function keyAt(keys: readonly KeyUsed[], position: number): CertificateSigner['certificate'] {
  return keys.find(({ field }) => field === pdfFieldName(position))?.certificate ?? null
}

/** By its field, not by its name: two signers may be called the same. */
function signatureAt(report: Report | undefined, position: number): Signature | undefined {
  return report?.signatures.find((candidate) => candidate.field === pdfFieldName(position))
}

function signerFacts(
  signer: CaseSigner,
  signature: Signature | undefined,
  certificate: CertificateSigner['certificate'],
): CertificateSigner {
  const { side, signatureType, company, position, name, mailAddress, hasAccessCode } = signer.fields
  return {
    side,
    signatureType,
    company,
    position,
    name,
    mailAddress,
    authentication: [
      ...(mailAddress === '' || signer.consent === null ? [] : ['メールで送った本人用リンク']),
      ...(hasAccessCode ? ['アクセスコード'] : []),
      ...(signer.consent === null ? ['職員のログインと署名鍵'] : []),
    ],
    requestedAt: signer.requestedAt,
    viewedAt: signer.viewedAt,
    consentedAt: signer.consent?.consentedAt ?? signer.signedAt,
    signedAt: signer.signedAt,
    ipAddress: signer.consent?.ipAddress ?? '',
    userAgent: signer.consent?.userAgent ?? '',
    consentStatement: signer.consent?.statement ?? '',
    certificate,
    timestamp:
      signature?.timestamp == null
        ? null
        : {
            time: Date.parse(signature.timestamp.time) as EpochMs,
            authority: signature.timestamp.authority,
            accredited: signature.timestamp.accredited === true,
          },
  }
}
