import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { extractText } from '../../../electron/core/pages/extract-text.ts'
import { openTestOffice, PASSWORD, type TestOffice } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
import { readCase, registerCase } from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 60_000 })

const MINUTE_MS = 60_000

let office: TestOffice

beforeAll(async () => {
  office = await openTestOffice()
})
afterAll(() => office.close())

async function* pieces(bytes: Uint8Array) {
  yield bytes
}

describe('a log-in', () => {
  test('ends after the idle time, with its tickets and uploads; a sign of life keeps it', async () => {
    const person = await office.addPerson('idle', ['clerk'])
    const caseId = await registerCase(person)
    const documentId = (await readCase({ clerk: person }, caseId)).documents[0]?.id ?? ''
    const { ticket } = must(await person.client.documents.open({ documentId, purpose: 'view' }))
    office.clock.advance(14 * MINUTE_MS)
    must(await person.client.session.touch({}))
    office.clock.advance(14 * MINUTE_MS)
    must(await person.client.cases.list({}))
    office.clock.advance(2 * MINUTE_MS)
    expect(await person.client.cases.list({})).toMatchObject({ error: { code: 'NOT_SIGNED_IN' } })
    await expect(person.download(ticket)).rejects.toThrow('No such ticket')
    expect(await person.tryUpload('a.pdf', pieces(plainPdf(2000)))).toMatchObject({
      error: { code: 'NOT_SIGNED_IN' },
    })
    await person.logIn()
    must(await person.client.cases.list({}))
    await office.clerk.logIn()
    await office.approver.logIn()
  })

  test('of one window does not open the tickets and uploads of another', async () => {
    const { ticket } = must(await office.clerk.client.cases.issueApplicationForm({}))
    await expect(office.approver.download(ticket)).rejects.toThrow('No such ticket')
    const other = await office.addPerson('other-window', ['clerk'])
    const uploadId = await office.clerk.upload('契約書.pdf', plainPdf(2000))
    expect(await other.client.documents.preflight({ uploadId })).toMatchObject({
      error: { code: 'UPLOAD_UNKNOWN' },
    })
    must(await office.clerk.client.documents.preflight({ uploadId }))
  })

  test('ends at once when the account is deactivated or its roles change', async () => {
    const person = await office.addPerson('leaver', ['clerk'])
    const find = () => office.clerk.client.users.list({}).then(must)
    const user = (await find()).users.find(({ loginName }) => loginName === 'leaver')
    if (user === undefined) throw new Error('No user')
    const edit = { userId: user.id, displayName: user.displayName, department: user.department }
    must(await office.clerk.client.users.update({ ...edit, roles: ['auditor'], active: true }))
    expect(await person.client.cases.list({})).toMatchObject({ error: { code: 'NOT_SIGNED_IN' } })
    await person.logIn()
    must(await person.client.audit.list({}))
    must(await office.clerk.client.users.update({ ...edit, roles: ['auditor'], active: false }))
    expect(await person.client.audit.list({})).toMatchObject({ error: { code: 'NOT_SIGNED_IN' } })
    expect(await person.client.session.logIn({ loginName: 'leaver', password: PASSWORD })).toMatchObject({
      error: { code: 'LOGIN_FAILED' },
    })
  })

  test('with wrong passwords slows down, for that name only, and works again after the pause', async () => {
    const person = await office.addPerson('forgetful', ['clerk'])
    const codes: string[] = []
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const answer = await person.client.session.logIn({
        loginName: 'forgetful',
        password: `wrong-password-${attempt}`,
      })
      codes.push(answer.ok ? 'in' : answer.error.code)
    }
    expect(codes[0]).toBe('LOGIN_FAILED')
    expect(codes.at(-1)).toBe('LOGIN_SLOWED')
    expect(await person.client.session.logIn({ loginName: 'forgetful', password: PASSWORD })).toMatchObject({
      error: { code: 'LOGIN_SLOWED' },
    })
    await office.clerk.logIn()
    office.clock.advance(60 * MINUTE_MS)
    await person.logIn()
    await office.clerk.logIn()
  })

  test('forgotten for good is mended by the recovery sheet; the old sheet no longer works', async () => {
    const codeOf = async (ticket: string) => {
      const extracted = await extractText(await office.clerk.download(ticket))
      if (!extracted.ok) throw new Error('The sheet has no text')
      const text = extracted.value.pages.join(' ').normalize('NFKC')
      const code = /[0-9A-Z]{4,6}(?:[\s-]+[0-9A-Z]{4,6}){4,}/.exec(text)?.[0]
      if (code === undefined) throw new Error(`No code in: ${text}`)
      return code.trim().replace(/[\s-]+/g, '-')
    }
    const first = await codeOf(must(await office.clerk.client.users.renewRecoverySheet({})).ticket)
    const second = await codeOf(must(await office.clerk.client.users.renewRecoverySheet({})).ticket)
    expect(first).not.toBe(second)
    const person = await office.addPerson('lost', ['clerk'])
    const newPassword = 'another-long-password'
    const recover = (recoveryCode: string) =>
      person.client.session.recover({ recoveryCode, loginName: 'lost', newPassword })
    expect(await recover(first)).toMatchObject({ ok: false, error: { code: 'RECOVERY_CODE_WRONG' } })
    must(await recover(second))
    must(await person.client.session.logIn({ loginName: 'lost', password: newPassword }))
    expect(await person.client.session.logIn({ loginName: 'lost', password: PASSWORD })).toMatchObject({
      error: { code: 'LOGIN_FAILED' },
    })
  })
})
