/** Small messages to the portal that must arrive sooner or later. */
import { PortalLinkId } from '../../../shared/portal-api/link.ts'
import type { Office } from '../office.ts'
import { CodedFailure } from './failure-codes.ts'
import { closeLinkJob, unlockLinkJob } from './job-kinds.ts'
import { jobHandler } from './runner.ts'

/** A link the portal never heard of, or that is over there already, needs no closing. */
const FINE = ['PORTAL_LINK_UNKNOWN', 'PORTAL_LINK_CLOSED']

function portalOf(office: Office) {
  const portal = office.services.portal()
  if (portal === undefined) throw new CodedFailure('NETWORK_SWITCHED_OFF', { part: 'portal' })
  return portal.client
}

export const closeLinkHandler = jobHandler(closeLinkJob, async (office, { linkId, reason }) => {
  const answer = await portalOf(office).closeLink(PortalLinkId.parse(linkId), reason)
  if (!answer.ok && !FINE.includes(answer.error.code)) throw new CodedFailure(answer.error.code)
  return 'done'
})

export const unlockLinkHandler = jobHandler(unlockLinkJob, async (office, { linkId }) => {
  const answer = await portalOf(office).unlockLink(PortalLinkId.parse(linkId))
  if (!answer.ok && !FINE.includes(answer.error.code)) throw new CodedFailure(answer.error.code)
  return 'done'
})
