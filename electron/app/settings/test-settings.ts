/** 接続の確認: tries the stored settings for real and says what answered. */
import { createHash, randomBytes } from 'node:crypto'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { MailId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { writeSetting } from '../../core/archive/tables/settings.ts'
import { newId } from '../../core/kit/ids.ts'
import { renderMail } from '../../core/mail/render-template.ts'
import { displayName } from '../../core/signing/cms/names.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { parseTimestampToken } from '../../core/signing/timestamp/parse-timestamp-token.ts'
import type { Context } from '../context.ts'
import { CodedFailure } from '../jobs/failure-codes.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from './read-settings.ts'

type Input = InputOf<typeof bridge.settings.test>

export async function testSettings(office: Office, input: Input, context: Context) {
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'settings.tested', { data: { part: input.part } }),
  )
  try {
    switch (input.part) {
      case 'smtp':
        return await testMail(office, input.mailTo)
      case 'tsa':
        return await testTimestamp(office, context)
      case 'portal':
        return await testPortal(office)
    }
  } catch (error) {
    if (error instanceof CodedFailure && error.code === 'NETWORK_SWITCHED_OFF')
      return fail('NETWORK_SWITCHED_OFF', {})
    throw error
  }
}

async function testMail(office: Office, mailTo: string | undefined) {
  const { town, smtp } = readSettings(office.archive.db)
  const transport = office.services.mailTransport()
  if (mailTo === undefined || mailTo === '') {
    const checked = await transport.check()
    return checked.ok ? ok({ detail: '' }) : mailFailure(checked.error)
  }
  const rendered = renderMail('test', {
    townName: town.townName,
    office: { division: town.divisionName, phone: town.divisionPhone, mailAddress: town.divisionMail },
  })
  const sent = await transport.send({
    id: MailId.parse(newId()),
    from: { name: `${town.townName} 電子契約`, address: smtp.fromAddress },
    to: { name: '', address: mailTo },
    replyTo: null,
    ...rendered,
    date: office.clock.now(),
    attachments: [],
  })
  return sent.ok ? ok({ detail: sent.value.reply }) : mailFailure(sent.error)
}

function mailFailure(failure: { readonly code: string; readonly data: { readonly reply: string | null } }) {
  const data = { reply: failure.data.reply ?? '' }
  switch (failure.code) {
    case 'SMTP_AUTH_FAILED':
    case 'SMTP_TLS_FAILED':
    case 'SMTP_REFUSED_RECIPIENT':
      return fail(failure.code, data)
    case 'SMTP_REFUSED_MESSAGE':
    case 'SMTP_REFUSED_SENDER':
    case 'MAIL_INVALID':
      return fail('SMTP_REFUSED_MESSAGE', data)
    default:
      return fail('SMTP_UNREACHABLE', data)
  }
}

async function testTimestamp(office: Office, context: Context) {
  const authority = office.services.timestampAuthority()
  try {
    const digest = createHash('sha256').update(randomBytes(32)).digest()
    const { certificate } = parseTimestampToken(await authority.stamp(digest, 'SHA-256'))
    const name = certificate === undefined ? authority.name : displayName(certificate.subject)
    const accredited = certificate !== undefined && office.services.isAccreditedTsa(certificate.der)
    const { tsa } = readSettings(office.archive.db)
    office.archive.transaction((db) =>
      writeSetting(
        db,
        'tsa-check',
        { url: tsa.url, accredited, authority: name },
        changeBy(context, office.clock),
      ),
    )
    return ok({ detail: name })
  } catch (error) {
    if (!(error instanceof SigningError)) throw error
    switch (error.code) {
      case 'TSA_UNREACHABLE':
      case 'TSA_HTTP_ERROR':
      case 'TSA_REFUSED':
      case 'TSA_ANSWER_INVALID':
        return fail(error.code, { ...error.data })
      default:
        throw error
    }
  }
}

async function testPortal(office: Office) {
  const portal = office.services.portal()
  if (portal === undefined) return fail('NETWORK_SWITCHED_OFF', {})
  const health = await portal.client.health()
  if (health.ok) return ok({ detail: portal.publicUrl })
  switch (health.error.code) {
    case 'PORTAL_REFUSED_TOKEN':
    case 'PORTAL_ANSWER_INVALID':
      return fail(health.error.code, {})
    default:
      return fail('PORTAL_UNREACHABLE', {})
  }
}
