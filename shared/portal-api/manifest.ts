/** What the page learns once it has opened a package. Travels encrypted; the portal never reads it. */
import { z } from 'zod'
import { DocumentId, EpochMs, FieldId, Sha256Hex } from '../model/brand.ts'
import { PortalLinkId, PortalLinkKind } from './link.ts'

const ShortText = z.string().max(500)

/** A place where a signature will show. Points, origin bottom left of the unrotated page; pages count from 1. */
export const PortalField = z.object({
  id: FieldId,
  page: z.number().int().min(1),
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
  label: ShortText,
  /** True: this is the place of the person who opened the link. */
  mine: z.boolean(),
})
export type PortalField = z.output<typeof PortalField>

/** sign 署名する文書, view 参考; signed 締結済みの文書 and certificate 締結証明書 belong to downloads. */
export const PortalDocumentRole = z.enum(['sign', 'view', 'signed', 'certificate'])
export type PortalDocumentRole = z.output<typeof PortalDocumentRole>

export const PortalDocument = z.object({
  id: DocumentId,
  title: ShortText,
  fileName: ShortText,
  role: PortalDocumentRole,
  sha256: Sha256Hex,
  sizeBytes: z.number().int().min(1),
  pages: z.number().int().min(1),
  fields: z.array(PortalField),
})
export type PortalDocument = z.output<typeof PortalDocument>

/** Whom to ask; shown on every page, also when the link is dead. */
export const PortalContact = z.object({
  townName: ShortText,
  /** 担当課 */
  department: ShortText,
  phone: ShortText,
  mailAddress: ShortText,
  /** 受付時間 */
  hours: ShortText,
})
export type PortalContact = z.output<typeof PortalContact>

export const PortalSigner = z.object({
  company: ShortText,
  /** 役職 */
  position: ShortText,
  name: ShortText,
  mailAddress: ShortText,
})
export type PortalSigner = z.output<typeof PortalSigner>

/** P-256 key as JSON Web Key (RFC 7518 §6.2). */
export const EcPublicJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
})
export type EcPublicJwk = z.output<typeof EcPublicJwk>
export const EcPrivateJwk = EcPublicJwk.extend({ d: z.string() })
export type EcPrivateJwk = z.output<typeof EcPrivateJwk>

/** The facts of a package as the office knows them. */
export const PortalManifestFacts = z.object({
  /** The office's id for this sending (envelope and signer); comes back with the response. */
  packageId: z.string().regex(/^[0-9a-z_-]{1,64}$/i),
  kind: PortalLinkKind,
  /** 件名・業務名 */
  caseTitle: ShortText,
  /** 契約番号; empty = none. */
  contractNumber: ShortText,
  signer: PortalSigner,
  documents: z.array(PortalDocument).min(1).max(100),
  /** The sentence the signer agrees to; stored with the consent. Empty for downloads. */
  consentStatement: z.string().max(2000),
  /** 留意事項, one sentence each. */
  notes: z.array(z.string().max(1000)).max(30),
  /** 回答期限, or the end of the download period. */
  deadline: EpochMs,
  contact: PortalContact,
  accessCodeRequired: z.boolean(),
})
export type PortalManifestFacts = z.output<typeof PortalManifestFacts>

export const PortalManifest = PortalManifestFacts.extend({
  version: z.literal(1),
  linkId: PortalLinkId,
  /** Bytes of plain text per chunk of a document. */
  chunkBytes: z.number().int().min(1024),
  /** Responses are sealed to this key (HPKE). */
  officePublicKey: EcPublicJwk,
  /** Signs the response: only who could open this manifest has it. Absent in downloads. */
  responseKey: EcPrivateJwk.optional(),
})
export type PortalManifest = z.output<typeof PortalManifest>
