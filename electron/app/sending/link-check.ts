/** What the office keeps of a link to judge its answer: never the secret, and nothing with which an answer could be made. */
import { z } from 'zod'
import { EcPublicJwk, PortalManifestFacts } from '../../../shared/portal-api/manifest.ts'

export const LinkCheck = z.object({ responsePublicKey: EcPublicJwk, facts: PortalManifestFacts })
export type LinkCheck = z.output<typeof LinkCheck>

export function encodeLinkCheck(check: LinkCheck): Uint8Array {
  return Buffer.from(JSON.stringify(check))
}

export function decodeLinkCheck(bytes: Uint8Array): LinkCheck {
  return LinkCheck.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
}
