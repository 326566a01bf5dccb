/** What time and crashes ask of the links: ends, forgetting, finishing what was half done. */
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { PortalLinkId } from '../../../shared/portal-api/link.ts'
import { sha256Hex } from '../kit/bytes.ts'
import { type Context, clear, current, inTurn, save } from './link-context.ts'
import type { StoredLink } from './link-files.ts'

/** After this long a dead link is forgotten altogether: its page then says that the link is unknown. */
const FORGET_AFTER_MS = 400 * 24 * 3600_000
/** A package that is not whole after this long never will be: the office starts anew with another link. */
const UPLOAD_WITHIN_MS = 24 * 3600_000

/** Marks lapsed links, and forgets those that are long dead or never became whole. Deleting comes first: it makes room. */
export async function sweep(context: Context): Promise<void> {
  for (const linkId of [...context.uncleared])
    await inTurn(context, linkId, () => clearAgain(context, linkId))
  for (const { linkId } of [...context.known.values()])
    await inTurn(context, linkId, async () => {
      if (!context.known.has(linkId)) return
      const link = await current(context, linkId)
      if (!isForgotten(link, context.clock.now())) return
      await context.files.deleteAll(linkId)
      context.known.delete(linkId)
    })
}

async function clearAgain(context: Context, linkId: PortalLinkId): Promise<void> {
  const link = context.known.get(linkId)
  if (link !== undefined && isDead(link)) await clear(context, linkId)
  else context.uncleared.delete(linkId) // Removed meanwhile, or even registered anew.
}

function isDead(link: StoredLink): boolean {
  return link.state !== 'uploading' && link.state !== 'open'
}

function isForgotten(link: StoredLink, now: EpochMs): boolean {
  if (link.state === 'uploading') return now - link.createdAt >= UPLOAD_WITHIN_MS
  return link.closedAt !== null && now - link.closedAt >= FORGET_AFTER_MS
}

/**
 * After a crash: a response that is in the log but not in its link's file is entered there, and ciphertext of dead links is deleted.
 * The log is compacted only after its writer has entered the answer, so nothing can be missing from it here.
 */
export async function reconcile(context: Context): Promise<void> {
  for (const event of context.events.history()) {
    if (event.kind !== 'response') continue
    const link = context.known.get(event.linkId)
    if (link === undefined || link.answer !== null) continue
    const sealedSha256 = sha256Hex(Buffer.from(event.sealed, 'base64url'))
    const answer = { receivedAt: event.receivedAt, sealedSha256 }
    await save(context, { ...link, state: 'answered', closedAt: event.receivedAt, answer })
  }
  for (const link of context.known.values()) if (isDead(link)) await clear(context, link.linkId)
}
