/** 設定を変える: each group is one row with history; secrets go to their own encrypted place and into no log. */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { checkMailAddress } from '../../../shared/rules/mail-address.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { refreshRetentionEnds } from '../../core/archive/tables/retention.ts'
import { readSecret, writeSecret, writeSetting } from '../../core/archive/tables/settings.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSecretText, readSettings, type SecretName } from './read-settings.ts'

type Table = typeof bridge.settings

export async function readSettingsView(office: Office) {
  const { db } = office.archive
  const settings = readSettings(db)
  const has = (name: SecretName) => (readSecretText(db, name) ?? '') !== ''
  return ok({
    ...settings,
    smtp: { ...settings.smtp, hasPassword: has('smtp-password') },
    tsa: { ...settings.tsa, hasPassword: has('tsa-password') },
    portal: { ...settings.portal, hasToken: has('portal-token') },
    certificates: [office.services.keys.info('town'), office.services.keys.info('witness')],
    hasSealImage: readSecret(db, 'seal-image') !== undefined,
  })
}

export async function writeTown(office: Office, input: InputOf<Table['writeTown']>, context: Context) {
  return write(office, context, { key: 'town', value: input })
}

export async function writeNetwork(office: Office, input: InputOf<Table['writeNetwork']>, context: Context) {
  return write(office, context, { key: 'network', value: input })
}

export async function writeRules(office: Office, input: InputOf<Table['writeRules']>, context: Context) {
  return write(office, context, { key: 'rules', value: input }, refreshRetentionEnds)
}

export async function writeSmtp(office: Office, input: InputOf<Table['writeSmtp']>, context: Context) {
  const { password, ...smtp } = input
  if (smtp.mode === 'server' && smtp.host === '') return fail('HOST_MISSING', {})
  if (!checkMailAddress(smtp.fromAddress).ok) return fail('FROM_ADDRESS_INVALID', {})
  return write(office, context, { key: 'smtp', value: smtp }, secretWriter(office, 'smtp-password', password))
}

export async function writeTsa(office: Office, input: InputOf<Table['writeTsa']>, context: Context) {
  const { password, ...tsa } = input
  if (tsa.mode === 'server' && tsa.url === '') return fail('URL_MISSING', {})
  return write(office, context, { key: 'tsa', value: tsa }, secretWriter(office, 'tsa-password', password))
}

export async function writePortal(office: Office, input: InputOf<Table['writePortal']>, context: Context) {
  const { officeToken, ...portal } = input
  if (portal.mode === 'server') {
    if (portal.url === '') return fail('URL_MISSING', {})
    const token = officeToken ?? readSecretText(office.archive.db, 'portal-token') ?? ''
    if (token === '') return fail('TOKEN_MISSING', {})
  }
  return write(
    office,
    context,
    { key: 'portal', value: portal },
    secretWriter(office, 'portal-token', officeToken),
  )
}

/** undefined keeps, '' removes. */
function secretWriter(office: Office, name: SecretName, value: string | undefined): (db: WritableDb) => void {
  return (db) => {
    if (value === undefined) return
    writeSecret(db, name, value === '' ? undefined : Buffer.from(value), office.clock.now())
  }
}

function write(
  office: Office,
  context: Context,
  setting: { readonly key: string; readonly value: unknown },
  also: (db: WritableDb) => unknown = () => undefined,
) {
  const { key, value } = setting
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    writeSetting(db, key, value, change)
    also(db)
    record(db, change, 'settings.changed', { data: { group: key } })
  })
  office.wake()
  office.announce({ topic: 'settings-changed' })
  return ok({})
}
