import { z } from 'zod'
import type { CaseId, EpochMs, MailId, SignerId } from '../../../shared/model/brand.ts'
import type { MailKind } from '../../../shared/model/mail.ts'
import type { WritableDb } from '../../core/archive/database.ts'
import { queueMail } from '../../core/archive/tables/mails.ts'
import { newId } from '../../core/kit/ids.ts'
import { type MailValues, renderMail } from '../../core/mail/render-template.ts'
import { readSettings } from '../settings/read-settings.ts'

/**
 * The body of a queued mail: both parts, rendered when it was queued, and how often it was put off. It may carry a link and
 * is wiped after sending.
 */
export const StoredBody = z.object({
  text: z.string(),
  html: z.string(),
  queuedAt: z.number(),
  refusals: z.number().default(0),
})

export type CaseMail = {
  readonly id?: MailId
  readonly kind: MailKind
  readonly caseId: CaseId | null
  readonly signerId: SignerId | null
  readonly linkId: string | null
  readonly to: { readonly address: string; readonly name: string }
  readonly values: Omit<MailValues, 'townName' | 'office'>
}

/** Renders a mail with the settings of this moment and writes it to the outbox, in the transaction of its cause. */
export function queueCaseMail(db: WritableDb, mail: CaseMail, at: EpochMs): void {
  const { town } = readSettings(db)
  const rendered = renderMail(mail.kind, {
    ...mail.values,
    townName: town.townName,
    office: { division: town.divisionName, phone: town.divisionPhone, mailAddress: town.divisionMail },
  })
  queueMail(
    db,
    {
      ...(mail.id === undefined ? {} : { id: mail.id }),
      caseId: mail.caseId,
      signerId: mail.signerId,
      linkId: mail.linkId,
      kind: mail.kind,
      to: mail.to.address,
      toName: mail.to.name,
      subject: rendered.subject,
      body: JSON.stringify({ text: rendered.text, html: rendered.html, queuedAt: at } satisfies z.input<
        typeof StoredBody
      >),
      messageId: newId(),
    },
    at,
  )
}
