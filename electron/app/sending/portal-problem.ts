import { fail } from '../../../shared/result.ts'
import { CodedFailure } from '../jobs/failure-codes.ts'
import type { Office } from '../office.ts'

/** Asks the portal whether it is there, before anything is promised; undefined = it is. */
export async function portalProblem(office: Office) {
  try {
    const portal = office.services.portal()
    if (portal === undefined) return fail('NETWORK_SWITCHED_OFF', {})
    const health = await portal.client.health()
    if (health.ok) return undefined
    return health.error.code === 'PORTAL_REFUSED_TOKEN'
      ? fail('PORTAL_REFUSED_TOKEN', {})
      : fail('PORTAL_UNREACHABLE', {})
  } catch (error) {
    if (error instanceof CodedFailure) return fail('PORTAL_UNREACHABLE', {})
    throw error
  }
}
