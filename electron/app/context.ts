import type { UserId } from '../../shared/model/brand.ts'
import type { Role } from '../../shared/model/user.ts'
import type { CallContext } from './dispatch.ts'

/** The person behind a call. Names are copied into logs as they are at that moment. */
export type Actor = {
  readonly userId: UserId
  readonly loginName: string
  readonly displayName: string
  readonly department: string
  readonly roles: readonly Role[]
}

export type Context = CallContext<Actor>

/** What the program does by itself (jobs, timers). */
export const SYSTEM_ACTOR_NAME = 'システム'

/** The actor of a call that `dispatch` let through; only procedures for `anyone` may have none. */
export function actorOf(context: Context): Actor {
  if (context.actor === undefined) throw new Error('A procedure that needs an actor was called without one')
  return context.actor
}
