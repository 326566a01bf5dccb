/** What every change of a link needs: the link as it is now, one change at a time, durable before it is answered. */
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { PortalLinkId } from '../../../shared/portal-api/link.ts'
import type { PortalRefusalCode } from '../../../shared/portal-api/wire.ts'
import type { Clock } from '../kit/clock.ts'
import type { Logger } from '../kit/logger.ts'
import { PortalRefusal } from './errors.ts'
import type { EventLog, NewPortalEvent } from './event-log.ts'
import type { LinkFiles, StoredLink } from './link-files.ts'
import { networkMatcher } from './networks.ts'

/** Who asks, as the portal sees it. */
export type Visitor = { readonly ipAddress: string; readonly userAgent: string }

/** The same visit (link, document, visitor) is told to the office once in this time. */
const REPEAT_AFTER_MS = 10 * 60_000
/** A link makes at most this many events of one kind besides its response. */
const MAX_VISIT_EVENTS = 500
/** Fewer of those that anybody can cause who has seen the address of the page. */
const MAX_REFUSED_EVENTS = 50

/** What the portal knows and works with; one for each running portal. */
export type Context = {
  readonly files: LinkFiles
  readonly events: EventLog
  readonly clock: Clock
  readonly logger: Logger
  readonly known: Map<PortalLinkId, StoredLink>
  readonly turns: Map<PortalLinkId, Promise<unknown>>
  readonly visits: Map<PortalLinkId, Map<string, EpochMs>>
  /** Dead links whose ciphertext could not be deleted yet: the next sweep tries again. */
  readonly uncleared: Set<PortalLinkId>
}

/** Tells the office of a visit, but not of every reload of the same visitor. */
export async function tell(context: Context, event: NewPortalEvent, subject: string): Promise<void> {
  const seen = context.visits.get(event.linkId) ?? new Map<string, EpochMs>()
  context.visits.set(event.linkId, seen)
  const key = `${event.kind}|${subject}|${event.ipAddress}|${event.userAgent}`
  const last = seen.get(key)
  if (last !== undefined && event.receivedAt - last < REPEAT_AFTER_MS) return
  const most = event.kind === 'network-refused' ? MAX_REFUSED_EVENTS : MAX_VISIT_EVENTS
  const told = [...seen.keys()].filter((known) => known.startsWith(`${event.kind}|`)).length
  if (last === undefined && told >= most) return
  await context.events.append(event)
  seen.set(key, event.receivedAt)
}

/** The link as it is now: lapsed when its time is over. @throws PortalRefusal 'LINK_UNKNOWN' */
export async function current(context: Context, linkId: PortalLinkId): Promise<StoredLink> {
  const link = linkOf(context, linkId)
  const isAlive = link.state === 'uploading' || link.state === 'open'
  if (!isAlive || context.clock.now() < link.expiresAt) return link
  const lapsed: StoredLink = { ...link, state: 'expired', closedAt: context.clock.now() }
  await finish(context, lapsed)
  return lapsed
}

/** @throws PortalRefusal 'LINK_UNKNOWN' */
export function linkOf(context: Context, linkId: PortalLinkId): StoredLink {
  const link = context.known.get(linkId)
  if (link === undefined) throw new PortalRefusal('LINK_UNKNOWN')
  return link
}

/** Durable before it is known. */
export async function save(context: Context, link: StoredLink): Promise<void> {
  await context.files.save(link)
  context.known.set(link.linkId, link)
}

/** A link that is alive no more keeps its state, and none of its ciphertext. */
export async function finish(context: Context, link: StoredLink): Promise<void> {
  await save(context, link)
  await clear(context, link.linkId)
}

/** Only for a link whose end is on disk. That its ciphertext cannot be deleted now does not undo the end. */
export async function clear(context: Context, linkId: PortalLinkId): Promise<void> {
  context.visits.delete(linkId)
  try {
    await context.files.deleteCiphertext(linkId)
    context.uncleared.delete(linkId)
  } catch (error) {
    context.uncleared.add(linkId)
    context.logger.error('portal.ciphertext-kept', error)
  }
}

const CLOSED: Record<StoredLink['state'], PortalRefusalCode> = {
  uploading: 'LINK_NOT_READY',
  open: 'LINK_DIFFERS',
  answered: 'LINK_ANSWERED',
  revoked: 'LINK_REVOKED',
  replaced: 'LINK_REPLACED',
  expired: 'LINK_EXPIRED',
}

/** @throws PortalRefusal with the code of the state the link is in */
export function assertState(link: StoredLink, allowed: readonly StoredLink['state'][]): void {
  if (!allowed.includes(link.state)) throw new PortalRefusal(CLOSED[link.state])
}

/**
 * Checked before anything is told of a link, and told to the office while the link is alive.
 * @throws PortalRefusal 'NETWORK_REFUSED'
 */
export async function assertNetwork(context: Context, link: StoredLink, visitor: Visitor): Promise<void> {
  if (networkMatcher(link.allowedNetworks)(visitor.ipAddress)) return
  if (link.state === 'open') {
    const { linkId } = link
    await tell(context, { kind: 'network-refused', linkId, receivedAt: context.clock.now(), ...visitor }, '')
  }
  throw new PortalRefusal('NETWORK_REFUSED')
}

/** One after the other for each link, so that parallel guesses are all counted. */
export function inTurn<T>(context: Context, linkId: PortalLinkId, work: () => Promise<T>): Promise<T> {
  const before = context.turns.get(linkId) ?? Promise.resolve()
  const mine = before.then(work, work)
  const settled = mine.then(
    () => undefined,
    (error: unknown) => error,
  )
  context.turns.set(linkId, settled)
  void settled.then(() => {
    if (context.turns.get(linkId) === settled) context.turns.delete(linkId)
  })
  return mine
}
