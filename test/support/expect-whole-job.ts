import { expect } from 'vitest'
import type { JobOutcome } from './kill-drive.ts'

/** 締結済 with evidence, one signature for each signer, one mail for each event; a kill may repeat one mail, identically. */
export function expectWholeJob({ view, signerNames, verdicts, mails, kills }: JobOutcome): void {
  expect(view.detail).toMatchObject({ state: 'concluded', waitingFor: 'nothing' })
  expect(view.evidence?.level).toBe('B-LTA')
  expect(view.signers.map(({ state }) => state)).toEqual(['signed', 'signed'])
  expect(signerNames.map((names) => [...names].sort())).toEqual([
    view.signers.map(({ fields }) => fields.name).sort(),
  ])
  expect(verdicts).toEqual(['valid-with-permitted-changes'])
  const ids = (part: string) =>
    new Set(mails.filter(({ subject }) => subject.includes(part)).map(({ messageId }) => messageId)).size
  expect({ requests: ids('署名依頼'), completions: ids('完了') }).toEqual({ requests: 1, completions: 1 })
  const different = new Set(mails.map(({ messageId }) => messageId)).size
  expect(different).toBe(2)
  expect(mails.length - different).toBeLessThanOrEqual(kills)
}
