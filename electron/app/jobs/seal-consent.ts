/** The consent of a counterparty becomes a 立会人型 signature on every document; a dead TSA leaves a clear state and is asked again. */

import type { CaseSigner } from '../../../shared/model/signer.ts'
import { requireCase } from '../../core/archive/tables/cases.ts'
import { listLinks } from '../../core/archive/tables/links.ts'
import { moveSigner, readSigner } from '../../core/archive/tables/signers.ts'
import { settleCase } from '../cases/case-facts.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBySystem, record } from '../record.ts'
import { applySignature } from '../seal/apply-signature.ts'
import { advanceCase } from './advance-case.ts'
import { CodedFailure } from './failure-codes.ts'
import { sealConsentJob } from './job-kinds.ts'
import { tellSigner } from './request-signer.ts'
import { jobHandler } from './runner.ts'

async function sealConsent(office: Office, signerId: CaseSigner['id']): Promise<void> {
  const { db } = office.archive
  const signer = readSigner(db, signerId)
  if (signer?.state !== 'consented') return
  const { consent } = signer
  if (consent === null) throw new Error('A consented signer without a consent')
  if (requireCase(db, signer.caseId).state !== 'signing') return
  requireConsentCovers(office, signer, consent.documents)
  const key = await office.services.keys.open('witness', '')
  try {
    await applySignature(office, {
      signer,
      key,
      claims: {
        name: signer.fields.name,
        mailAddress: signer.fields.mailAddress,
        consentedAt: consent.consentedAt,
        type: 'witness',
      },
    })
  } finally {
    key.wipe()
  }
  const change = changeBySystem(office.clock.now())
  office.archive.transaction((writing) => {
    moveSigner(writing, signer.id, { state: 'signed', signedAt: change.at, problem: null }, change)
    record(writing, change, 'signer.signed', {
      caseId: signer.caseId,
      data: { signer: signer.fields.name, type: 'witness' },
    })
    advanceCase(writing, signer.caseId, change)
    settleCase(writing, signer.caseId, change)
  })
  office.wake()
  announceCase(office, signer.caseId)
}

/** The digests the signer's own browser computed must be those of what one of the signer's links carried (L2). */
function requireConsentCovers(
  office: Office,
  signer: CaseSigner,
  shown: readonly { readonly sha256: string }[],
): void {
  const isCovered = listLinks(office.archive.db, signer.caseId).some((link) => {
    if (link.signerId !== signer.id || link.purpose !== 'sign') return false
    const sent = new Set<string>(link.documents.map((document) => document.sha256))
    return shown.every((document) => sent.has(document.sha256))
  })
  if (!isCovered) throw new CodedFailure('CONSENT_MISMATCH')
}

export const sealConsentHandler = jobHandler(
  sealConsentJob,
  async (office, { signerId }) => {
    const signer = readSigner(office.archive.db, signerId)
    if (signer !== undefined)
      await office.caseLocks.withCase(signer.caseId, () => sealConsent(office, signerId))
    return 'done'
  },
  tellSigner,
)
