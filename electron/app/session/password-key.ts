import { loginLabel, type SlotKey } from '../../core/archive/keyslots.ts'
import type { Runtime } from '../runtime.ts'

const QUICK = { scryptCost: 2 ** 10 } as const

/** The key of somebody's new password, as slots are made with it. */
export function passwordKey(
  { quickKeys }: Pick<Runtime, 'quickKeys'>,
  loginName: string,
  password: string,
): SlotKey {
  const cost = quickKeys === true ? QUICK : {}
  return { label: loginLabel(loginName), secret: { kind: 'password', password, ...cost } }
}
