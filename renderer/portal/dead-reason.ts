import type { PortalLinkKind } from '../../shared/portal-api/link.ts'
import type { PortalPublicStatus } from '../../shared/portal-api/wire.ts'
import type { DeadReason } from './ja.ts'
import type { PageFailure } from './portal-client.ts'

/** Why there is nothing to do with this link; undefined = it is alive. */
export function deadReasonOfStatus(status: PortalPublicStatus): DeadReason | undefined {
  switch (status.state) {
    case 'uploading':
      return 'unknown'
    case 'answered':
    case 'replaced':
      return status.state
    case 'revoked':
    case 'expired':
      return forKind(status.state, status.kind)
    case 'open':
      return status.locked ? 'locked' : undefined
  }
}

const REASONS: Readonly<Record<PageFailure['code'], DeadReason>> = {
  LINK_UNKNOWN: 'unknown',
  TOKEN_WRONG: 'link-damaged',
  LINK_LOCKED: 'locked',
  LINK_ANSWERED: 'answered',
  LINK_EXPIRED: 'expired',
  LINK_REVOKED: 'revoked',
  LINK_REPLACED: 'replaced',
  LINK_NOT_READY: 'unknown',
  LINK_DIFFERS: 'unknown',
  NETWORK_REFUSED: 'network',
  OFFICE_TOKEN_WRONG: 'unreachable',
  ORIGIN_REFUSED: 'browser',
  REQUEST_INVALID: 'unreachable',
  TOO_LARGE: 'unreachable',
  TOO_MANY_REQUESTS: 'busy',
  STORAGE_FULL: 'busy',
  INTERNAL: 'busy',
  UNREACHABLE: 'unreachable',
}

export function deadReasonOf(failure: PageFailure, kind: PortalLinkKind): DeadReason {
  const reason = REASONS[failure.code]
  return reason === 'expired' || reason === 'revoked' ? forKind(reason, kind) : reason
}

function forKind(reason: 'expired' | 'revoked', kind: PortalLinkKind): DeadReason {
  return kind === 'download' ? `download-${reason}` : reason
}

/** True for failures that may pass: the same request can be tried again. */
export function isPassing(failure: PageFailure): boolean {
  return ['unreachable', 'busy'].includes(REASONS[failure.code])
}
