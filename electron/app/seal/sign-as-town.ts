/** 町が署名する (当事者型): one case or three hundred with one PIN, each finished before the next, cancellable in between. */
import type { CaseId } from '../../../shared/model/brand.ts'
import { fail, ok } from '../../../shared/result.ts'
import { moveSigner } from '../../core/archive/tables/signers.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { assertCertificateMaySign } from '../../core/signing/keys/may-sign.ts'
import type { SigningKey } from '../../core/signing/keys/signing-key.ts'
import { readFacts, settleCase } from '../cases/case-facts.ts'
import { visibleCase } from '../cases/guard-case.ts'
import { townSignersDue } from '../cases/workflow.ts'
import { type Actor, actorOf, type Context } from '../context.ts'
import { describeError } from '../dispatch.ts'
import { advanceCase } from '../jobs/advance-case.ts'
import { CodedFailure, outcomeOfError } from '../jobs/failure-codes.ts'
import { announceCase, type Office } from '../office.ts'
import { changeOf, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { applySignature } from './apply-signature.ts'

export type SealRow = {
  readonly caseId: CaseId
  readonly title: string
  state: 'waiting' | 'signed' | 'failed' | 'stopped' | 'cancelled'
  code: string | null
}
export type SealResult = { readonly rows: SealRow[] }

type Input = { readonly caseIds: readonly CaseId[]; readonly pin: string }

const KEY_CODES = [
  'PIN_MISSING',
  'KEY_PASSWORD_WRONG',
  'TOKEN_UNAVAILABLE',
  'TOKEN_PIN_WRONG',
  'TOKEN_PIN_LOCKED',
  'TOKEN_KEY_MISSING',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_NOT_YET_VALID',
  'CERTIFICATE_NOT_FOR_SIGNING',
  'KEY_ALGORITHM_REFUSED',
] as const
type KeyCode = (typeof KEY_CODES)[number]

export async function signAsTown(office: Office, input: Input, context: Context) {
  const actor = actorOf(context)
  const rows: SealRow[] = []
  for (const caseId of new Set(input.caseIds)) {
    const found = visibleCase(office, context, caseId)
    if (found === undefined || townSignersDue(readFacts(office.archive.db, caseId)).length === 0)
      return fail('NOT_READY', { title: found?.title ?? '' })
    rows.push({ caseId, title: found.title, state: 'waiting', code: null })
  }
  const opened = await openKey(office, input.pin)
  if (!opened.ok) return opened
  const key = opened.value
  const taskId = office.tasks.start<SealResult>(
    context.connection,
    'seal',
    { rows },
    async (control, result) => {
      try {
        let done = 0
        for (const row of result.rows) {
          if (control.signal.aborted) return leaveRest(result, 'cancelled')
          await signOne(office, actor, key, row)
          done += 1
          control.progress(done, result.rows.length)
          if (KEY_IS_GONE.includes(row.code)) return leaveRest(result, 'stopped')
        }
      } finally {
        key.wipe()
        office.wake()
      }
    },
  )
  return ok({ taskId })
}

/** After one of these no other case of the run can be signed: the card was taken out, or its driver died. */
const KEY_IS_GONE: readonly (string | null)[] = ['TOKEN_UNAVAILABLE', 'TOKEN_PIN_LOCKED', 'TOKEN_PIN_WRONG']

/** What was not begun is told apart from what failed. */
function leaveRest({ rows }: SealResult, state: 'stopped' | 'cancelled'): void {
  for (const row of rows) if (row.state === 'waiting') row.state = state
}

async function openKey(office: Office, pin: string) {
  try {
    const key = await office.services.keys.open('town', pin)
    assertCertificateMaySign(key.certificate, office.clock.now())
    return ok(key)
  } catch (error) {
    const code = error instanceof SigningError || error instanceof CodedFailure ? error.code : undefined
    const known = KEY_CODES.find((candidate) => candidate === code)
    if (known !== undefined) return fail<KeyCode, Record<string, never>>(known, {})
    throw error
  }
}

async function signOne(office: Office, actor: Actor, key: SigningKey, row: SealRow): Promise<void> {
  try {
    await office.caseLocks.withCase(row.caseId, () => signCase(office, actor, key, row.caseId))
    row.state = 'signed'
  } catch (error) {
    const { code } = outcomeOfError(error)
    office.logger.error('seal.failed', describeError(error), { code })
    row.state = 'failed'
    row.code = code
    // What keeps the town's signature waiting stands beside the signer, for the next try with a PIN.
    office.archive.transaction((db) => {
      for (const signer of townSignersDue(readFacts(db, row.caseId)))
        moveSigner(db, signer.id, { problem: code }, changeOf(actor, office.clock))
    })
  }
  announceCase(office, row.caseId)
}

async function signCase(office: Office, actor: Actor, key: SigningKey, caseId: CaseId): Promise<void> {
  const { town } = readSettings(office.archive.db)
  for (const signer of townSignersDue(readFacts(office.archive.db, caseId))) {
    const mailAddress = signer.fields.mailAddress === '' ? town.divisionMail : signer.fields.mailAddress
    const consentedAt = office.clock.now()
    await applySignature(office, {
      signer,
      key,
      claims: { name: signer.fields.name, mailAddress, consentedAt, type: 'party' },
    })
    const change = changeOf(actor, office.clock)
    office.archive.transaction((db) => {
      moveSigner(db, signer.id, { state: 'signed', signedAt: change.at, problem: null }, change)
      record(db, change, 'signer.signed', { caseId, data: { signer: signer.fields.name, type: 'party' } })
      advanceCase(db, caseId, change)
      settleCase(db, caseId, change)
    })
  }
}

export async function sealOutcome(office: Office, input: { readonly taskId: string }, context: Context) {
  const entry = office.tasks.find(context.connection, input.taskId)
  if (entry === undefined) return fail('NOT_FOUND', {})
  const { rows } = entry.result as SealResult
  return ok({ done: entry.state !== 'running', rows: rows.map((row) => ({ ...row })) })
}
