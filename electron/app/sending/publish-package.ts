/** Makes a link, seals the case's files for it and puts them on the portal. The link's secret stays in memory until the mail is queued. */
import type {
  CaseId,
  DocumentId,
  EpochMs,
  Sha256Hex,
  SignerId,
  VersionId,
} from '../../../shared/model/brand.ts'
import { formatPortalLink, newPortalLink, type PortalLinkKind } from '../../../shared/portal-api/link.ts'
import type { PortalManifestFacts } from '../../../shared/portal-api/manifest.ts'
import { sealChunk, sealPackage } from '../../../shared/portal-api/package-sealing.ts'
import { CHUNK_BYTES } from '../../../shared/portal-api/wire.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import { endLink, insertLink, type Link, listLinks } from '../../core/archive/tables/links.ts'
import { isLinkMailed } from '../../core/archive/tables/mails.ts'
import type { VaultFile } from '../../core/archive/vault.ts'
import { CodedFailure } from '../jobs/failure-codes.ts'
import { closeLinkJob } from '../jobs/job-kinds.ts'
import type { Office } from '../office.ts'
import { encodeLinkCheck } from './link-check.ts'
import { officeKeyPair } from './office-key.ts'

export type PackageDocument = {
  readonly documentId: DocumentId
  readonly versionId: VersionId
  readonly sha256: Sha256Hex
}

export type PackageRequest = {
  readonly caseId: CaseId
  readonly signerId: SignerId | null
  readonly kind: PortalLinkKind
  readonly accessCode: string
  /** From where the link may be opened (CIDR); empty = from anywhere. */
  readonly allowedNetworks: readonly string[]
  readonly facts: Omit<PortalManifestFacts, 'packageId' | 'kind' | 'accessCodeRequired'>
  readonly documents: readonly PackageDocument[]
  readonly expiresAt: EpochMs
  readonly signal?: AbortSignal
}

/**
 * @returns the link's id and the URL for the mail (a secret: put it into the queued mail and nowhere else)
 * @throws CodedFailure with the portal's code (PORTAL_UNREACHABLE …): the link is ended here, and the portal is told to delete what it has of it
 */
export async function publishPackage(
  office: Office,
  request: PackageRequest,
): Promise<{ readonly linkId: string; readonly url: string }> {
  const portal = office.services.portal()
  if (portal === undefined) throw new CodedFailure('NETWORK_SWITCHED_OFF', { part: 'portal' })
  const link = newPortalLink(request.kind)
  const facts: PortalManifestFacts = {
    ...request.facts,
    packageId: link.linkId,
    kind: request.kind,
    accessCodeRequired: request.accessCode !== '',
  }
  const { publicKey } = await officeKeyPair(office)
  const sealed = await sealPackage({
    link,
    accessCode: request.accessCode,
    facts,
    officePublicKey: publicKey,
    allowedNetworks: request.allowedNetworks,
  })
  const { responsePublicKey } = sealed
  const purpose = request.kind === 'signing' ? 'sign' : 'download'
  // The row exists before the portal hears of the link: whatever dies in between, no link is unknown to the office.
  office.archive.transaction((db) => {
    endUnmailedLinks(db, { ...request, purpose }, office.clock.now())
    insertLink(db, {
      id: link.linkId,
      caseId: request.caseId,
      signerId: request.signerId,
      purpose,
      answerCheck: responsePublicKey === undefined ? null : encodeLinkCheck({ responsePublicKey, facts }),
      documents: request.documents,
      createdAt: office.clock.now(),
      expiresAt: request.expiresAt,
    })
  })
  const files = new Map<string, VaultFile>()
  try {
    const answer = await portal.client.putPackage(
      sealed.record,
      async (documentId, index) => {
        const document = request.documents.find((candidate) => candidate.documentId === documentId)
        if (document === undefined) throw new Error('The portal asks for a document of another package')
        const file =
          files.get(documentId) ??
          office.archive.vault.open(fileOfVersion(office.archive.db, document.versionId).fileId)
        files.set(documentId, file)
        const start = index * CHUNK_BYTES
        const chunkCount = Math.max(1, Math.ceil(file.sizeBytes / CHUNK_BYTES))
        const plain = file.read(start, Math.min(CHUNK_BYTES, file.sizeBytes - start))
        return sealChunk(sealed.contentKey, { linkId: link.linkId, documentId, index, chunkCount }, plain)
      },
      request.signal === undefined ? {} : { signal: request.signal },
    )
    if (!answer.ok) {
      office.archive.transaction((db) =>
        abandonLink(db, { ...request, linkId: link.linkId }, office.clock.now()),
      )
      office.wake()
      throw new CodedFailure(answer.error.code)
    }
  } finally {
    for (const file of files.values()) file.close()
    sealed.contentKey.fill(0)
  }
  const url = await formatPortalLink(portal.publicUrl, link)
  link.secret.fill(0)
  return { linkId: link.linkId, url }
}

/** What an attempt that was killed left behind: nobody was ever told of these links, and nobody knows their secrets any more. */
function endUnmailedLinks(
  db: WritableDb,
  of: Pick<Link, 'caseId' | 'signerId' | 'purpose'>,
  at: EpochMs,
): void {
  for (const { id, signerId, purpose, endedAt } of listLinks(db, of.caseId))
    if (
      signerId === of.signerId &&
      purpose === of.purpose &&
      endedAt === null &&
      !isLinkMailed(db, of.caseId, id)
    )
      abandonLink(db, { caseId: of.caseId, linkId: id }, at)
}

function abandonLink(
  db: WritableDb,
  { caseId, linkId }: { readonly caseId: CaseId; readonly linkId: string },
  at: EpochMs,
): void {
  if (endLink(db, linkId, 'withdrawn', at))
    closeLinkJob.queue(db, { linkId, reason: 'revoked' }, { at, caseId })
}
