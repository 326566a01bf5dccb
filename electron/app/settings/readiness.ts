/** 本番前の確認: what is still a test part, and what else stands between this installation and real contracts. */
import { z } from 'zod'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CertificateInfo, ReadinessItem } from '../../../shared/model/settings.ts'
import type { Role } from '../../../shared/model/user.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { listSampleCases } from '../../core/archive/tables/case-list.ts'
import { readSetting } from '../../core/archive/tables/settings.ts'
import { listUsers } from '../../core/archive/tables/users.ts'
import { keepingWorkOf } from '../archive/keeping-lock.ts'
import type { Office } from '../office.ts'
import { RECOVERY_SHEET_SETTING, RecoverySheetSetting } from '../session/recovery-sheet.ts'
import { backupHealth } from './backup-runs.ts'
import { readSettings } from './read-settings.ts'

type Item = z.output<typeof ReadinessItem>

/** What the TSA's certificate said when it was last asked. */
export const TsaCheck = z.object({ url: z.string(), accredited: z.boolean(), authority: z.string() })

const TEST_PARTS: readonly Item['code'][] = [
  'town-certificate',
  'witness-certificate',
  'tsa',
  'smtp',
  'portal',
]

export function readinessOf(office: Office): Item[] {
  const { db } = office.archive
  const settings = readSettings(db)
  const town = office.services.keys.info('town')
  const witness = office.services.keys.info('witness')
  const users = listUsers(db).filter((user) => user.active)
  const portalUrl = settings.portal.publicUrl === '' ? settings.portal.url : settings.portal.publicUrl
  const samples = listSampleCases(db).length
  const backup = backupHealth(db, office.clock.now(), keepingWorkOf(office.archive) === 'backup')
  const keptAt = readSetting(db, RECOVERY_SHEET_SETTING, RecoverySheetSetting)?.keptAt ?? null
  const countOf = (role: Role) => users.filter((user) => user.roles.includes(role)).length
  const item = (code: Item['code'], done: boolean, data: Item['data'] = {}): Item => ({ code, done, data })
  return [
    item('town-certificate', isUsable(town, office.clock.now()), keyFacts(town)),
    item('witness-certificate', isUsable(witness, office.clock.now()), keyFacts(witness)),
    // L6: a 立会人 key that a contracting party owns does not make a witness.
    item('witness-key-owner', !isOwnedByTown(witness.owner, settings.town.townName), {
      owner: witness.owner,
    }),
    item('tsa', settings.tsa.mode === 'server', { url: settings.tsa.url }),
    item('tsa-accredited', settings.tsa.mode === 'server' && isAccredited(db, settings.tsa.url), {
      url: settings.tsa.url,
    }),
    item('smtp', settings.smtp.mode === 'server', { host: settings.smtp.host }),
    item('portal', settings.portal.mode === 'server', { url: portalUrl }),
    item('portal-https', settings.portal.mode === 'server' && portalUrl.startsWith('https://'), {
      url: portalUrl,
    }),
    item('backup', backup.warning === null, { reason: backup.warning ?? '', days: backup.days }),
    item('recovery-sheet', keptAt !== null, keptAt === null ? {} : { keptAt }),
    item('second-administrator', countOf('administrator') >= 2, { count: countOf('administrator') }),
    item('approver-exists', countOf('approver') >= 1, { count: countOf('approver') }),
    item('samples-removed', samples === 0, { count: samples }),
  ]
}

type Key = z.output<typeof CertificateInfo>

/** A town's own key whose certificate has not run out. */
function isUsable(key: Key, now: EpochMs): boolean {
  return !key.testPart && now <= key.notAfter
}

function keyFacts(key: Key): Item['data'] {
  return { subject: key.subject, notAfter: key.notAfter, test: key.testPart ? 1 : 0, token: key.token ?? '' }
}

/** How many embedded test parts are in force. */
export function countTestParts(office: Office): number {
  const isTest = (item: Item) => (item.data.test === undefined ? !item.done : item.data.test === 1)
  return readinessOf(office).filter((item) => TEST_PARTS.includes(item.code) && isTest(item)).length
}

/** Known from the last successful 接続の確認 of exactly this address. */
function isAccredited(db: ReadableDb, url: string): boolean {
  const check = readSetting(db, 'tsa-check', TsaCheck)
  return check !== undefined && check.url === url && check.accredited
}

function isOwnedByTown(owner: string, townName: string): boolean {
  return townName !== '' && owner.includes(townName)
}
