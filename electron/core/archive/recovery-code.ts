import { randomInt } from 'node:crypto'
import { ArchiveError } from './errors.ts'

/**
 * The code of a recovery sheet: 7 groups of 5 symbols and 1 check symbol, 31 symbols without look-alikes (no 0 1 I O Z).
 * 35 symbols carry 173 bits. The check finds every single wrong symbol, every swap of neighbours
 * and every exchanged group, and says which group to read again.
 */
const SYMBOLS = '23456789ABCDEFGHJKLMNPQRSTUVWXY'
const GROUPS = 7
const DATA_SYMBOLS = 5

export function newRecoveryCode(): string {
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const values = Array.from({ length: DATA_SYMBOLS }, () => randomInt(SYMBOLS.length))
    return [...values, checkValue(values, group)].map((value) => SYMBOLS.charAt(value)).join('')
  })
  return groups.join('-')
}

/**
 * The code in its one written form, from what a person typed (lower case, full width, spaces).
 * @throws ArchiveError 'RECOVERY_CODE_MISTYPED', data.groups = 1-based numbers of the wrong groups
 */
export function parseRecoveryCode(typed: string): string {
  const symbols = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐‑–—―ー−]/g, '')
  const groups = symbols.match(new RegExp(`.{1,${DATA_SYMBOLS + 1}}`, 'gu')) ?? []
  const wrong = Array.from({ length: Math.max(GROUPS, groups.length) }, (_, index) => index).filter(
    (index) => index >= GROUPS || !isGoodGroup(groups[index] ?? '', index),
  )
  if (wrong.length > 0)
    throw new ArchiveError('RECOVERY_CODE_MISTYPED', 'Check symbols do not match', {
      data: { groups: wrong.map((index) => index + 1) },
    })
  return groups.join('-')
}

function isGoodGroup(group: string, index: number): boolean {
  const values = [...group].map((symbol) => SYMBOLS.indexOf(symbol))
  if (values.length !== DATA_SYMBOLS + 1 || values.includes(-1)) return false
  return values[DATA_SYMBOLS] === checkValue(values.slice(0, DATA_SYMBOLS), index)
}

/** Weighted sum modulo the prime 31: weights differ between neighbours, the group's number is mixed in. */
function checkValue(values: readonly number[], group: number): number {
  const sum = values.reduce((total, value, index) => total + value * (index + 1), (group + 1) * 3)
  return sum % SYMBOLS.length
}
