/** What the page answers. Travels signed and sealed to the office (`response-sealing.ts`). */
import { z } from 'zod'
import { DocumentId, EpochMs, Sha256Hex } from '../model/brand.ts'
import { PortalLinkId } from './link.ts'
import { PortalDocumentRole } from './manifest.ts'

/** SHA-256 as the page computed it over the very bytes it gave to the viewer, not as the manifest claims it. */
export const ShownDocument = z.object({
  id: DocumentId,
  role: PortalDocumentRole,
  title: z.string(),
  sha256: Sha256Hex,
  /** When its tab was first shown, page's clock; null = never (view-only documents need not be opened). */
  firstShownAt: EpochMs.nullable(),
  /** The highest page number that was on the screen. */
  lastPageSeen: z.number().int().min(0),
})
export type ShownDocument = z.output<typeof ShownDocument>

const Common = {
  version: z.literal(1),
  packageId: z.string(),
  linkId: PortalLinkId,
  /** When the package was opened and when the last button was pressed, by the clock of the signer's computer. */
  openedAt: EpochMs,
  answeredAt: EpochMs,
  documents: z.array(ShownDocument),
}

export const PortalConsent = z.object({
  ...Common,
  kind: z.literal('consent'),
  /** The sentence agreed to, word for word as shown. */
  statement: z.string().min(1),
  /** Company, position and name as the confirmation showed them. */
  confirmedName: z.string().min(1),
})
export type PortalConsent = z.output<typeof PortalConsent>

export const PortalRefusal = z.object({
  ...Common,
  kind: z.literal('refusal'),
  reason: z.string().trim().min(1).max(2000),
})
export type PortalRefusal = z.output<typeof PortalRefusal>

export const PortalResponse = z.discriminatedUnion('kind', [PortalConsent, PortalRefusal])
export type PortalResponse = z.output<typeof PortalResponse>
