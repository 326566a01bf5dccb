import type { z } from 'zod'
import {
  NetworkSettings,
  PortalSettings,
  RuleSettings,
  SmtpSettings,
  TownSettings,
  TsaSettings,
} from '../../../shared/model/settings.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { readSecret, readSetting } from '../../core/archive/tables/settings.ts'
import {
  DEFAULT_NETWORK,
  DEFAULT_PORTAL,
  DEFAULT_RULES,
  DEFAULT_SMTP,
  DEFAULT_TOWN,
  DEFAULT_TSA,
} from './defaults.ts'

export type Settings = {
  readonly town: z.output<typeof TownSettings>
  readonly smtp: z.output<typeof SmtpSettings>
  readonly tsa: z.output<typeof TsaSettings>
  readonly portal: z.output<typeof PortalSettings>
  readonly rules: z.output<typeof RuleSettings>
  readonly network: z.output<typeof NetworkSettings>
}

/** The settings in force now: what was written, else the defaults. Secrets are apart (`readSecretText`). */
export function readSettings(db: ReadableDb): Settings {
  return {
    town: readSetting(db, 'town', TownSettings) ?? DEFAULT_TOWN,
    smtp: readSetting(db, 'smtp', SmtpSettings) ?? DEFAULT_SMTP,
    tsa: readSetting(db, 'tsa', TsaSettings) ?? DEFAULT_TSA,
    portal: readSetting(db, 'portal', PortalSettings) ?? DEFAULT_PORTAL,
    rules: readSetting(db, 'rules', RuleSettings) ?? DEFAULT_RULES,
    network: readSetting(db, 'network', NetworkSettings) ?? DEFAULT_NETWORK,
  }
}

/** Names of the secrets kept in the encrypted database. */
export type SecretName =
  | 'smtp-password'
  | 'tsa-password'
  | 'portal-token'
  | 'portal-response-key'
  | 'certificate-town'
  | 'certificate-town-password'
  | 'certificate-witness'
  | 'certificate-witness-password'
  | 'seal-image'
  | 'test-authority'

export function readSecretText(db: ReadableDb, name: SecretName): string | undefined {
  const bytes = readSecret(db, name)
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}
