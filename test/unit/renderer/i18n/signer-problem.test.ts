import { expect, test } from 'vitest'
import { signerProblemSentence } from '../../../../renderer/i18n/ja/signer-problem.ts'

test('a problem that mends itself is said to; one that a person must mend names what to do', () => {
  expect(signerProblemSentence('TSA_HTTP_ERROR', false)).toContain('自動でやり直します')
  for (const code of ['SMTP_REFUSED_RECIPIENT', 'CONSENT_MISMATCH', 'SIGNATURE_NOT_VALID'])
    expect(signerProblemSentence(code, false)).toMatch(/ください。$/)
})

test('the town’s own run does not promise to repeat itself', () => {
  expect(signerProblemSentence('TSA_UNREACHABLE', true)).toContain('「署名する」')
  expect(signerProblemSentence('TSA_UNREACHABLE', true)).not.toContain('自動')
})

test('an unknown code is shown and promises nothing', () => {
  expect(signerProblemSentence('SOMETHING_NEW', false)).toBe('処理が止まっています（SOMETHING_NEW）。')
})
