import { mkdtemp, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { composeApplication } from '../../../electron/app/compose.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { sentenceOf } from '../../../renderer/i18n/ja/errors.ts'
import { bridge } from '../../../shared/bridge/bridge.ts'
import { createClient } from '../../../shared/bridge/client.ts'
import { deskWith } from '../../support/command-line.ts'
import { PASSWORD } from '../../support/office.ts'
import { must, type OfficeProcess, startOfficeProcess } from '../../support/office-process.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

let folder: string
let data: string
let first: OfficeProcess
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keiyaku-two-'))
  data = join(folder, 'data')
  first = await startOfficeProcess(data)
  const person = { loginName: 'tanaka', displayName: '田中 一子', department: '行政課', password: PASSWORD }
  must(await first.client.session.setUp({ townName: '扶桑町', ...person }))
})
afterAll(async () => {
  await first.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a command on the archive of a running office is refused in words that name the program to end', async () => {
  const environment = { KEIYAKU_USER: 'tanaka', KEIYAKU_PASSWORD: PASSWORD }
  for (const verb of ['check', 'search']) {
    const outcome = await deskWith(environment, 'archive', verb, '--data', data)
    expect(outcome.code).toBe(1)
    expect(outcome.messages).toContain('動いている別の電子契約デスクが使っています')
    expect(outcome.messages).toContain(`PC「${hostname()}」、プロセス番号 ${first.processId}`)
  }
})

test('a second program on the same folder is refused at its log-in, and the first goes on', async () => {
  const second = await composeApplication({
    dataDir: data,
    logger: silentLogger,
    services: {
      keychain: undefined,
      startProgram: () => {
        throw new Error('Nothing is started before the archive is open')
      },
    },
  })
  const client = createClient(bridge, (channel, input) =>
    second.call(channel, input, { id: 'window', from: 'window' }),
  )
  const answer = await client.session.logIn({ loginName: 'tanaka', password: PASSWORD })
  expect(answer).toMatchObject({ error: { code: 'ARCHIVE_IN_USE', data: { pid: first.processId } } })
  if (!answer.ok) expect(sentenceOf(answer.error)).toContain(`プロセス番号 ${first.processId}`)
  await second.close()
  must(await first.client.cases.list({}))
})

test('two log-ins at the same moment on a closed archive both come in: the second waits for the first', async () => {
  await first.stop()
  first = await startOfficeProcess(data)
  const logIn = () => first.client.session.logIn({ loginName: 'tanaka', password: PASSWORD })
  const answers = await Promise.all([logIn(), logIn(), logIn()])
  expect(answers.map(({ ok }) => ok)).toEqual([true, true, true])
})
