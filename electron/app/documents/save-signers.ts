import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { Notice } from '../../../shared/bridge/common.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { fail, ok } from '../../../shared/result.ts'
import { checkMailAddress } from '../../../shared/rules/mail-address.ts'
import {
  listSigners,
  type SignerEdit,
  saveSigners as writeSigners,
} from '../../core/archive/tables/signers.ts'
import { settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import { mayEditEnvelope } from '../cases/workflow.ts'
import type { Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

/** 署名者を決める. Shared mailboxes and free mail are warned of, not forbidden. */
export async function saveSigners(
  office: Office,
  input: InputOf<typeof bridge.documents.saveSigners>,
  context: Context,
) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (!mayEditEnvelope(found.state)) return STATE_FORBIDS
  const lacking = input.signers.find(
    (signer) => signer.mailAddress === '' && !(signer.side === 'town' && signer.signatureType === 'party'),
  )
  if (lacking !== undefined) return fail('MAIL_ADDRESS_MISSING', { name: lacking.name })
  const change = changeBy(context, office.clock)
  const signers = office.archive.transaction((db) => {
    const before = listSigners(db, input.caseId)
    const saved = writeSigners(
      db,
      input.caseId,
      input.signers.map((edit) => withConfirmation(edit, before)),
      change,
    )
    settleCase(db, input.caseId, change)
    record(db, change, 'signers.saved', { caseId: input.caseId, data: { count: saved.length } })
    return saved
  })
  announceCase(office, input.caseId)
  const notices = input.signers.flatMap((signer) => warningsOf(signer.mailAddress, signer.name))
  return ok({ signers, notices })
}

/** A number that was told back confirmed one address; another one is not confirmed by it. */
function withConfirmation(edit: SignerEdit, before: readonly CaseSigner[]): SignerEdit {
  if (edit.addressConfirmedBy !== 'arrival') return edit
  const known = before.find(({ id }) => id === edit.id)?.fields
  const isKnown = known?.addressConfirmedBy === 'arrival' && known.mailAddress === edit.mailAddress
  return isKnown ? edit : { ...edit, addressConfirmedBy: 'unconfirmed' }
}

function warningsOf(mailAddress: string, name: string): Notice[] {
  if (mailAddress === '') return []
  const check = checkMailAddress(mailAddress)
  if (!check.ok) return [{ code: check.code, severity: 'warn', data: { name, mailAddress } }]
  return check.warnings.map((code) => ({ code, severity: 'warn' as const, data: { name, mailAddress } }))
}
