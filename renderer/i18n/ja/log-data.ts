import type { EpochMs } from '../../../shared/model/brand.ts'
import { type LogDataName, logDataNames } from '../../../shared/model/log-data.ts'
import { formatTimeBoth, hasCalendarDay } from '../format.ts'
import {
  documentRoleLabel,
  findingLabel,
  labelOf,
  mailKindLabel,
  roleLabel,
  signatureTypeLabel,
  signerStateLabel,
} from './labels.ts'
import { settingsText } from './settings.ts'

const TIMES: ReadonlySet<string> = new Set<LogDataName>(['consentedAt', 'receivedAt', 'until'])

const settingLabel = { ...settingsText.sections, backup: 'バックアップ' }

/** Words of the values that are codes. */
const WORDS: Readonly<Partial<Record<LogDataName, Readonly<Record<string, string>>>>> = {
  active: { true: 'はい', false: 'いいえ' },
  group: settingLabel,
  kind: mailKindLabel,
  linkState: {
    open: '有効',
    answered: '回答済み',
    superseded: '新しいリンクに交代',
    lapsed: '期限切れ',
    withdrawn: '取りやめ',
  },
  part: settingLabel,
  role: documentRoleLabel,
  roles: roleLabel,
  signerState: signerStateLabel,
  slot: settingsText.certificates.slots,
  type: signatureTypeLabel,
  verdict: findingLabel,
}

/** What an entry of the 操作ログ carries, on one line. Digests are cut short; the export has them whole. */
export function logDataText(data: Readonly<Record<string, unknown>>): string {
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${labelOf(logDataNames, name)}：${shown(name, value)}`)
    .join('　')
}

function shown(name: string, value: unknown): string {
  if (TIMES.has(name) && typeof value === 'number' && hasCalendarDay(value))
    return formatTimeBoth(value as EpochMs)
  const words = Object.hasOwn(WORDS, name) ? WORDS[name as LogDataName] : undefined
  const plain = typeof value === 'string' ? value : JSON.stringify(value)
  if (words !== undefined)
    return plain
      .split(',')
      .map((code) => labelOf(words, code))
      .join('、')
  return /^[0-9a-f]{64}$/.test(plain) ? `${plain.slice(0, 12)}…` : plain
}
