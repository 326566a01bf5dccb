import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  addKeyslot,
  listKeyslots,
  loginLabel,
  openKeyslots,
} from '../../../electron/core/archive/keyslots.ts'
import { archiveExists, createArchive } from '../../../electron/core/archive/open.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { temporaryFolder } from '../../support/archive/temporary-archive.ts'
import { openTestOffice, PASSWORD, type TestOffice } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'

vi.setConfig({ testTimeout: 90_000 })

let office: TestOffice
let folder: string
beforeAll(async () => {
  office = await openTestOffice()
  folder = join(office.dataDir, 'archive')
})
afterAll(() => office.close())

/** Whether a stolen folder would open with this password. */
async function opens(loginName: string, password: string): Promise<boolean> {
  const key = { label: loginLabel(loginName), secret: { kind: 'password', password } } as const
  try {
    ;(await openKeyslots(folder, key, office.clock)).wipe()
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'WRONG_SECRET' })
    return false
  }
}

async function find(loginName: string) {
  const { users } = must(await office.clerk.client.users.list({}))
  const user = users.find((each) => each.loginName === loginName)
  if (user === undefined) throw new Error('No such user')
  const { displayName, department, roles } = user
  return { userId: user.id, displayName, department, roles }
}

// First: the next start logs everybody in with the password they began with.
test('a slot that a crash left without its account is gone after the next start', async () => {
  const { archive } = office.running().office
  const secret = { kind: 'password', password: 'never-acknowledged', scryptCost: 2 ** 10 } as const
  await addKeyslot(folder, archive.master(), { label: loginLabel('ghost'), secret }, office.clock)
  expect(await opens('ghost', 'never-acknowledged')).toBe(true)
  await office.restart()
  expect(await opens('ghost', 'never-acknowledged')).toBe(false)
  const { rows } = must(await office.clerk.client.audit.list({ action: 'user.keys-removed' }))
  expect(rows).toHaveLength(1)
})

test('who is deactivated can no longer open the archive, not even a stolen copy; coming back needs a new password', async () => {
  const person = await office.addPerson('leaver', ['clerk'])
  expect(await opens('leaver', PASSWORD)).toBe(true)
  const edit = await find('leaver')
  const update = (more: { active: boolean; password?: string }) =>
    office.clerk.client.users.update({ ...edit, roles: [...edit.roles], ...more })
  must(await update({ active: false }))
  expect(await opens('leaver', PASSWORD)).toBe(false)
  const labels = (await listKeyslots(folder)).map(({ label }) => label)
  expect(labels).not.toContain(loginLabel('leaver'))
  expect(
    await office.clerk.client.users.resetPassword({ userId: edit.userId, password: PASSWORD }),
  ).toMatchObject({ error: { code: 'USER_INACTIVE' } })
  expect(await update({ active: true })).toMatchObject({ error: { code: 'PASSWORD_MISSING' } })
  must(await update({ active: true, password: 'a-quite-different-one' }))
  expect([await opens('leaver', PASSWORD), await opens('leaver', 'a-quite-different-one')]).toEqual([
    false,
    true,
  ])
  must(await person.client.session.logIn({ loginName: 'leaver', password: 'a-quite-different-one' }))
})

test('after a change of password, by the person or by an administrator, the old one opens nothing', async () => {
  const person = await office.addPerson('changer', ['clerk'])
  must(await person.client.session.changePassword({ current: PASSWORD, next: 'second-long-password' }))
  expect([await opens('changer', PASSWORD), await opens('changer', 'second-long-password')]).toEqual([
    false,
    true,
  ])
  const { userId } = await find('changer')
  must(await office.clerk.client.users.resetPassword({ userId, password: 'third-long-password' }))
  expect(await opens('changer', 'second-long-password')).toBe(false)
  expect(await opens('changer', 'third-long-password')).toBe(true)
})

test('a first start that was cut off can be done again: until its account is in it, the folder is no archive', async () => {
  const cut = temporaryFolder()
  const keys = [{ label: 'x', secret: { kind: 'password', password: 'p', scryptCost: 2 ** 10 } }] as const
  const options = { folder: cut, clock: systemClock }
  const attempt = createArchive(options, keys, () => {
    throw new Error('the process is gone')
  })
  await expect(attempt).rejects.toThrow('the process is gone')
  expect([archiveExists(cut), existsSync(join(cut, 'archive.db'))]).toEqual([false, true])
  const archive = await createArchive(options, keys)
  archive.close()
})
