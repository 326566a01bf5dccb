/** One signer's signature on every document of the envelope: PAdES B-T, appended as a new version of each. */
import type { EpochMs, SignerId } from '../../../shared/model/brand.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { formatEvidenceTime, formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import {
  addVersion,
  fileOfVersion,
  listDocuments,
  requireDocument,
} from '../../core/archive/tables/documents.ts'
import { writeEvidence } from '../../core/archive/tables/evidence.ts'
import { readSecret } from '../../core/archive/tables/settings.ts'
import { listSignatureFields, listSigners } from '../../core/archive/tables/signers.ts'
import { appendedSource } from '../../core/kit/byte-source.ts'
import type { SigningKey } from '../../core/signing/keys/signing-key.ts'
import { makeAppearance } from '../../core/signing/pdf/appearance.ts'
import { openPdf } from '../../core/signing/pdf/reader.ts'
import { listSignatureFields as listPdfFields } from '../../core/signing/pdf/signature-fields.ts'
import { bundledStampFont } from '../../core/signing/pdf/stamp-font.ts'
import { evidenceUntil } from '../../core/signing/renew.ts'
import { signPdf } from '../../core/signing/sign-pdf.ts'
import type { Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { pdfFieldName } from './field-names.ts'

/** What the signature says of its signer, inside its own bytes (L3). */
export type SignerClaims = {
  readonly name: string
  readonly mailAddress: string
  readonly consentedAt: EpochMs
  readonly type: 'witness' | 'party'
}

export type SignatureRun = {
  readonly signer: CaseSigner
  readonly claims: SignerClaims
  readonly key: SigningKey
}

/**
 * Signs what this signer has not signed yet. Each document's version is durable before the next begins, so a kill
 * leaves whole versions and a repetition goes on with the rest: one signature per signer and document.
 *
 * @throws SigningError TSA_* and others: documents signed before it stay signed, the run is repeated later
 */
export async function applySignature(office: Office, run: SignatureRun): Promise<void> {
  const { db } = office.archive
  for (const document of listDocuments(db, run.signer.caseId)) {
    if (document.role === 'sign') await signDocument(office, run, document)
  }
}

async function signDocument(office: Office, run: SignatureRun, document: CaseDocument): Promise<void> {
  const { archive, clock } = office
  const source = archive.vault.open(fileOfVersion(archive.db, document.current.id).fileId)
  try {
    const position = listSigners(archive.db, document.caseId).findIndex(
      (signer) => signer.id === run.signer.id,
    )
    const fieldName = pdfFieldName(position)
    const inFile = listPdfFields(openPdf(source))
    if (inFile.some((field) => field.name === fieldName && field.isSigned)) return
    const place = fieldsOf(office, document, run.signer.id)[0]
    const stamp =
      place === undefined || place.appearance === 'invisible'
        ? undefined
        : stampOf(office, run, place.appearance)
    const signed = await signPdf(source, {
      key: run.key,
      clock,
      timestampAuthority: office.services.timestampAuthority(),
      options: {
        fieldName,
        name: run.claims.name,
        contactInfo: run.claims.mailAddress,
        reason: reasonOf(run.claims),
        ...(stamp === undefined ? {} : { appearance: stamp }),
      },
    })
    const file = await archive.vault.put(appendedSource(source, source.sizeBytes, signed.appended))
    const until = evidenceUntil(appendedSource(source, source.sizeBytes, signed.appended))?.untilMs
    archive.transaction((db) => {
      if (requireDocument(db, document.id).current.id !== document.current.id)
        throw new Error('The document got another version while it was signed')
      const change = changeBySystem(clock.now(), run.claims.name)
      const version = addVersion(db, document.id, { file, reason: 'signature' }, change)
      writeEvidence(db, version.id, {
        level: signed.level,
        until: until === undefined ? null : (until as EpochMs),
      })
      record(db, change, 'document.signed', {
        caseId: document.caseId,
        data: {
          document: document.title,
          signer: run.claims.name,
          type: run.claims.type,
          sha256: file.sha256,
        },
      })
    })
  } finally {
    source.close()
  }
}

function fieldsOf(office: Office, document: CaseDocument, signerId: SignerId) {
  return listSignatureFields(office.archive.db, document.caseId).filter(
    (field) => field.documentId === document.id && field.signerId === signerId,
  )
}

function reasonOf(claims: SignerClaims): string {
  const what = claims.type === 'witness' ? '契約内容への同意（立会人型）' : '契約の締結（当事者型）'
  return `${what} ${claims.name} <${claims.mailAddress}> ${formatEvidenceTime(claims.consentedAt)}`
}

function stampOf(office: Office, run: SignatureRun, kind: 'seal-image' | 'text') {
  const image =
    kind === 'seal-image' && run.claims.type === 'party'
      ? readSecret(office.archive.db, 'seal-image')
      : undefined
  if (image !== undefined) return makeAppearance({ image }, bundledStampFont())
  if (kind === 'seal-image' && run.claims.type === 'party')
    return makeAppearance(
      { lines: sealColumns(office), isVertical: true, hasFrame: true, color: RED, maximumFontSize: 20 },
      bundledStampFont(),
    )
  const lines = [run.claims.name, '電子署名', formatJapaneseDateTime(run.claims.consentedAt)]
  return makeAppearance({ lines, hasFrame: true, color: RED }, bundledStampFont())
}

const RED = [0.72, 0.1, 0.1] as const

/** Without a picture of the seal: 「扶桑町長之印」 in two columns, as a square seal is cut. */
function sealColumns(office: Office): readonly string[] {
  const characters = [...`${readSettings(office.archive.db).town.headOfTown}之印`]
  const half = Math.ceil(characters.length / 2)
  return [characters.slice(0, half).join(''), characters.slice(half).join('')]
}
