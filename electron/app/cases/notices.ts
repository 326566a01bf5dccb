import type { Notice } from '../../../shared/bridge/common.ts'
import { caseNotices } from '../../../shared/rules/case-notices.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import { listSigners } from '../../core/archive/tables/signers.ts'
import type { Office } from '../office.ts'
import { readSettings } from '../settings/read-settings.ts'
import { amountBefore, inheritedApplicationDate } from './contract-chain.ts'
import { needsLink } from './workflow.ts'

/** What the rules of the law and the town say about a case now; `stop` forbids sending. */
export function noticesOf(office: Office, found: CaseRecord): Notice[] {
  const { db } = office.archive
  const asked = listSigners(db, found.id).flatMap((signer) => signer.requestedAt ?? [])
  const sentOn =
    asked.length === 0 ? null : japaneseDay(asked.reduce((first, at) => (at < first ? at : first)))
  // L7: a mailed link is one factor; the second one is a code the counterparty gave on another way.
  const withoutCode = found.fields.twoFactorRequired
    ? listSigners(db, found.id).filter((signer) => needsLink(signer) && !signer.fields.hasAccessCode)
    : []
  const originalAmountYen = amountBefore(db, found)
  const secondFactor: Notice[] = withoutCode.map((signer) => ({
    code: 'SECOND_FACTOR_MISSING',
    severity: 'stop',
    data: { name: signer.fields.name },
  }))
  const ofRules = caseNotices(found.fields, readSettings(db).rules, {
    today: japaneseDay(office.clock.now()),
    sentOn,
    ...(originalAmountYen === undefined ? {} : { originalAmountYen }),
    inheritedApplicationDate: inheritedApplicationDate(db, found),
  })
  return [...secondFactor, ...ofRules.map((notice) => ({ ...notice, data: { ...notice.data } }))]
}
