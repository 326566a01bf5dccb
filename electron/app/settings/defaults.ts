/** What holds before anybody changed a setting: the embedded parts, and the law's and the model town's figures. */
import type { z } from 'zod'
import type {
  NetworkSettings,
  PortalSettings,
  RuleSettings,
  SmtpSettings,
  TownSettings,
  TsaSettings,
} from '../../../shared/model/settings.ts'
import { DEFAULT_RULES as TOWN_RULES } from '../../../shared/rules/default-rules.ts'

export const DEFAULT_TOWN: z.output<typeof TownSettings> = {
  townName: '扶桑町',
  headOfTown: '扶桑町長',
  divisionName: '行政課',
  divisionMail: 'gyousei_sc@town.fuso.lg.jp',
  divisionPhone: '',
  departments: [
    '行政課',
    '土木課',
    '都市整備課',
    '福祉児童課',
    '健康推進課',
    '学校教育課',
    '生涯学習課',
    '産業環境課',
  ],
  lockAfterMinutes: 15,
  downloadDays: 14,
  reminderDays: [5, 10],
}

export const DEFAULT_SMTP: z.output<typeof SmtpSettings> = {
  mode: 'built-in',
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  fromAddress: 'keiyaku@town.example.jp',
  fromName: '',
}

export const DEFAULT_TSA: z.output<typeof TsaSettings> = { mode: 'built-in', url: '', user: '' }

export const DEFAULT_PORTAL: z.output<typeof PortalSettings> = { mode: 'built-in', url: '', publicUrl: '' }

export const DEFAULT_NETWORK: z.output<typeof NetworkSettings> = {
  mail: true,
  timestamp: true,
  portal: true,
  revocation: true,
  proxyUrl: '',
}

export const DEFAULT_RULES: z.output<typeof RuleSettings> = {
  ...TOWN_RULES,
  retentionYearsByKind: {
    construction: 10,
    service: 5,
    design: 5,
    purchase: 5,
    manufacture: 5,
    lease: 5,
    property: 0,
    agreement: 10,
    other: 5,
  },
}
