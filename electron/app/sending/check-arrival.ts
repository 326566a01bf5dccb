/**
 * 到達確認: a number goes to the address before a contract does, and whoever reads it tells it back on another way. It shows that
 * the address arrives, and at the person the clerk has on the telephone; it needs neither portal nor link.
 */
import { createHash } from 'node:crypto'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { MailId, type SignerId } from '../../../shared/model/brand.ts'
import type { CaseState } from '../../../shared/model/case.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import { listArrivalChecks } from '../../core/archive/tables/mail-lists.ts'
import { changeSigner, readSigner } from '../../core/archive/tables/signers.ts'
import { newId } from '../../core/kit/ids.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import { needsLink } from '../cases/workflow.ts'
import type { Context } from '../context.ts'
import { queueCaseMail } from '../mails/queue-case-mail.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { addressee } from './queue-notices.ts'

/** Before the request goes out: afterwards the request itself shows whether the address arrives. */
const BEFORE_SENDING: readonly CaseState[] = ['draft', 'approval', 'approved']

export async function checkArrival(office: Office, input: { readonly signerId: SignerId }, context: Context) {
  const found = signerToCheck(office, context, input.signerId)
  if (!('signer' in found)) return found
  const { signer, owner } = found
  if (signer.fields.mailAddress === '') return fail('MAIL_ADDRESS_MISSING', { name: signer.fields.name })
  const change = changeBy(context, office.clock)
  const id = MailId.parse(newId())
  office.archive.transaction((db) => {
    queueCaseMail(
      db,
      {
        id,
        kind: 'arrival-check',
        caseId: owner.id,
        signerId: signer.id,
        linkId: null,
        to: { address: signer.fields.mailAddress, name: signer.fields.name },
        values: { ...addressee(signer), title: owner.title, checkNumber: checkNumberOf(id) },
      },
      change.at,
    )
    record(db, change, 'signer.arrival-asked', {
      caseId: owner.id,
      data: { signer: signer.fields.name, to: signer.fields.mailAddress },
    })
  })
  office.wake()
  announceCase(office, owner.id)
  return ok({})
}

export async function confirmArrival(
  office: Office,
  input: InputOf<typeof bridge.sending.confirmArrival>,
  context: Context,
) {
  const found = signerToCheck(office, context, input.signerId)
  if (!('signer' in found)) return found
  const { signer, owner } = found
  const told = input.number.normalize('NFKC').replace(/\D/g, '')
  const numbers = listArrivalChecks(office.archive.db, owner.id)
    .filter((mail) => mail.signerId === signer.id && mail.to === signer.fields.mailAddress)
    .map((mail) => checkNumberOf(mail.id))
  const isRight = numbers.includes(told)
  const change = changeBy(context, office.clock)
  office.archive.transaction((db) => {
    if (isRight) changeSigner(db, signer.id, { addressConfirmedBy: 'arrival' }, change)
    record(db, change, isRight ? 'signer.arrival-confirmed' : 'signer.arrival-refused', {
      caseId: owner.id,
      data: { signer: signer.fields.name, to: signer.fields.mailAddress },
    })
  })
  announceCase(office, owner.id)
  return isRight ? ok({}) : fail('ARRIVAL_NUMBER_WRONG', {})
}

function signerToCheck(
  office: Office,
  context: Context,
  signerId: SignerId,
): { readonly signer: CaseSigner; readonly owner: CaseRecord } | typeof NOT_FOUND | typeof STATE_FORBIDS {
  const signer = readSigner(office.archive.db, signerId)
  const owner = signer === undefined ? undefined : visibleCase(office, context, signer.caseId)
  if (signer === undefined || owner === undefined) return NOT_FOUND
  return BEFORE_SENDING.includes(owner.state) && needsLink(signer) ? { signer, owner } : STATE_FORBIDS
}

/** Six digits that only the mail tells: they follow from its random id, so that nothing besides the mail has to be kept. */
function checkNumberOf(mailId: MailId): string {
  const digest = createHash('sha256').update(`arrival-check|${mailId}`).digest()
  return String(digest.readUInt32BE(0) % 1_000_000).padStart(6, '0')
}
