import type { PortalSigner } from '../../shared/portal-api/manifest.ts'

/** Company, position and name in one line, as the confirmation shows them and the consent repeats them. */
export function signerLine(signer: PortalSigner): string {
  return [signer.company, signer.position, signer.name].filter((part) => part !== '').join(' ')
}
