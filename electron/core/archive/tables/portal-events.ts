/** How far the portal's events were read, and which ones had their effect: the same event twice has one effect. */
import type { EpochMs } from '../../../../shared/model/brand.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'

export type PortalEvent = {
  readonly portal: string
  readonly eventId: string
  readonly sequence: number
  readonly kind: string
  readonly linkId: string | null
}

/** Last sequence number that had its effect; 0 = none. Ask the portal for what is after it. */
export function readPortalCursor(db: ReadableDb, portal: string): number {
  return (
    db.first(query.selectFrom('portal_cursors').select('last_sequence').where('portal', '=', portal))
      ?.last_sequence ?? 0
  )
}

/**
 * Call first in the transaction that gives the event its effect.
 * @returns false: it had its effect before; do nothing
 */
export function takePortalEvent(db: WritableDb, event: PortalEvent, at: EpochMs): boolean {
  const isNew =
    db.run(
      query
        .insertInto('portal_events')
        .values({
          event_id: event.eventId,
          portal: event.portal,
          sequence: event.sequence,
          link_id: event.linkId,
          kind: event.kind,
          received_at: at,
        })
        .onConflict((conflict) => conflict.doNothing()),
    ) === 1
  if (event.sequence > readPortalCursor(db, event.portal))
    db.run(
      query
        .insertInto('portal_cursors')
        .values({ portal: event.portal, last_sequence: event.sequence, updated_at: at })
        .onConflict((conflict) =>
          conflict.column('portal').doUpdateSet({ last_sequence: event.sequence, updated_at: at }),
        ),
    )
  return isNew
}
