import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import { ROLE_PERMISSIONS } from '../../../shared/model/user.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { fakeId, makeUser } from './fake-records.ts'

type Parts = Pick<BridgeHandlers<FakeContext>, 'session' | 'users'>

/** Log-in and users of the fake office. Three wrong passwords slow the fourth. */
export function sessionHandlers(office: FakeOffice): Parts {
  const { state } = office
  return {
    session: {
      status: async (_input, { actor }) =>
        ok({
          phase: actor ? 'ready' : state.phase === 'first-start' ? 'first-start' : 'locked',
          townName: state.townName,
          user: actor ?? null,
          permissions: actor ? [...new Set(actor.roles.flatMap((role) => [...ROLE_PERMISSIONS[role]]))] : [],
          lockAfterMs: office.lockAfterMs,
          testParts: actor ? 5 : 0,
          appVersion: '0.1.0',
        }),
      setUp: async (input, { connection }) => {
        if (state.phase !== 'first-start') return fail('ALREADY_SET_UP', {})
        const made = {
          ...makeUser(input.loginName, input.displayName, input.department, ['administrator']),
          password: input.password,
        }
        state.users.push(made)
        state.phase = 'locked'
        state.townName = input.townName
        office.actors.set(connection.id, made.user)
        return ok({
          user: made.user,
          recoverySheet: office.ticketFor(await office.anyPdf(), '復旧シート.pdf'),
        })
      },
      logIn: async ({ loginName, password }, { connection }) => {
        if (state.loginFailures >= 3) {
          state.loginFailures = 0
          return fail('LOGIN_SLOWED', { retryAfterMs: 4000 })
        }
        const found = state.users.find(
          (entry) => entry.user.loginName === loginName && entry.password === password,
        )
        if (!found) {
          state.loginFailures += 1
          return fail('LOGIN_FAILED', {})
        }
        state.loginFailures = 0
        office.actors.set(connection.id, found.user)
        office.announce({ topic: 'session-changed' })
        return ok({ user: found.user })
      },
      logOut: async (_input, { connection }) => {
        office.actors.delete(connection.id)
        office.announce({ topic: 'session-changed' })
        return ok({})
      },
      touch: async () => ok({}),
      changePassword: async ({ current, next }, { actor }) => {
        const found = state.users.find((entry) => entry.user.id === actor?.id)
        if (found?.password !== current) return fail('LOGIN_FAILED', {})
        if (current === next) return fail('PASSWORD_SAME', {})
        found.password = next
        return ok({})
      },
      recover: async ({ recoveryCode, loginName, newPassword }, { connection }) => {
        if (recoveryCode.trim() !== 'FUSO-2026') return fail('RECOVERY_CODE_WRONG', {})
        const found = state.users.find((entry) => entry.user.loginName === loginName)
        if (!found) return fail('USER_UNKNOWN', {})
        found.password = newPassword
        office.actors.set(connection.id, found.user)
        return ok({ user: found.user })
      },
    },
    users: {
      list: async () => ok({ users: state.users.map((entry) => entry.user) }),
      create: async (input) => {
        if (state.users.some((entry) => entry.user.loginName === input.loginName))
          return fail('LOGIN_NAME_TAKEN', {})
        const made = {
          ...makeUser(input.loginName, input.displayName, input.department, input.roles),
          password: input.password,
        }
        state.users.push(made)
        return ok({ user: made.user })
      },
      update: async (input) => {
        const found = state.users.find((entry) => entry.user.id === input.userId)
        if (!found) return fail('USER_UNKNOWN', {})
        const { userId, password, ...rest } = input
        if (input.active && !found.user.active) {
          if (password === undefined) return fail('PASSWORD_MISSING', {})
          found.password = password
        }
        found.user = { ...found.user, ...rest, id: userId }
        return ok({ user: found.user })
      },
      resetPassword: async (input) => {
        const found = state.users.find((entry) => entry.user.id === input.userId)
        if (!found) return fail('USER_UNKNOWN', {})
        if (!found.user.active) return fail('USER_INACTIVE', {})
        found.password = input.password
        return ok({})
      },
      confirmRecoverySheet: async () => ok({}),
      renewRecoverySheet: async () =>
        ok({ ticket: office.ticketFor(await office.anyPdf(), `復旧シート${fakeId('')}.pdf`) }),
    },
  }
}
