import { BackupSettings } from '../../../shared/bridge/keeping.ts'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { readSetting } from '../../core/archive/tables/settings.ts'

/** Key of the group in `settings`. */
export const BACKUP_SETTING = 'backup'

export const DEFAULT_BACKUP: BackupSettings = { folder: '', dailyAt: '12:30', keepDaily: 30, keepMonthly: 24 }

const DAY_MS = 24 * 60 * 60_000

export function readBackupSettings(db: ReadableDb): BackupSettings {
  return readSetting(db, BACKUP_SETTING, BackupSettings) ?? DEFAULT_BACKUP
}

/** The newest moment at or before `now` for which a backup was planned. */
export function lastPlannedAt(settings: BackupSettings, now: EpochMs): EpochMs {
  const today = Date.parse(`${japaneseDay(now)}T${settings.dailyAt}:00+09:00`)
  return (today <= now ? today : today - DAY_MS) as EpochMs
}

export function nextPlannedAt(settings: BackupSettings, now: EpochMs): EpochMs {
  return (lastPlannedAt(settings, now) + DAY_MS) as EpochMs
}
