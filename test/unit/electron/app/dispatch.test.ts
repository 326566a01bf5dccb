import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createDispatch, type Incident } from '../../../../electron/app/dispatch.ts'
import type { Connection } from '../../../../electron/app/host-port.ts'
import { procedure } from '../../../../shared/bridge/define.ts'
import type { Role } from '../../../../shared/model/user.ts'
import { fail, ok, type Result } from '../../../../shared/result.ts'

const table = {
  cases: {
    rename: procedure({
      permission: 'case.write',
      input: z.object({ id: z.string(), title: z.string().max(20), tags: z.array(z.string()).default([]) }),
      output: z.object({ title: z.string() }),
      errors: ['TITLE_TAKEN'],
    }),
  },
  session: {
    town: procedure({ permission: 'anyone', input: z.null(), output: z.string() }),
    mine: procedure({ permission: 'signed-in', input: z.null(), output: z.string() }),
  },
} as const

type Actor = { readonly name: string; readonly roles: readonly Role[] }
const clerk: Actor = { name: '山田', roles: ['clerk'] }
const auditor: Actor = { name: '監査', roles: ['auditor'] }
const connection: Connection = { id: 'window-1', from: 'window' }

type Rename = (input: {
  id: string
  title: string
  tags: string[]
}) => Promise<Result<{ title: string }, { readonly code: 'TITLE_TAKEN'; readonly data: { title: string } }>>

/** A dispatch over the table above whose one interesting handler and actor are given by the test. */
function setUp(actor: Actor | undefined, rename: Rename = async ({ title }) => ok({ title })) {
  const incidents: Incident[] = []
  const dispatch = createDispatch<typeof table, Actor>(
    table,
    {
      cases: { rename },
      session: {
        town: async () => ok('扶桑町'),
        mine: async (_input, { actor: caller }) => ok(caller?.name ?? 'nobody'),
      },
    },
    { actorOf: () => actor, reportIncident: (incident) => incidents.push(incident) },
  )
  return { incidents, call: (channel: string, input: unknown) => dispatch(channel, input, connection) }
}

describe('dispatch', () => {
  test('runs a permitted call, fills defaults and gives the handler the actor', async () => {
    const seen: unknown[] = []
    const { call } = setUp(clerk, async (input) => {
      seen.push(input)
      return ok({ title: input.title })
    })
    expect(await call('cases.rename', { id: '1', title: '橋梁補修' })).toEqual(ok({ title: '橋梁補修' }))
    expect(seen).toEqual([{ id: '1', title: '橋梁補修', tags: [] }])
    expect(await call('session.mine', null)).toEqual(ok('山田'))
  })

  test('drops fields of the output that the table does not promise', async () => {
    const secret: { title: string; passwordHash: string } = { title: 'a', passwordHash: 'x' }
    const { call } = setUp(clerk, async () => ok(secret))
    expect(await call('cases.rename', { id: '1', title: 'a' })).toEqual(ok({ title: 'a' }))
  })

  test.each(['cases.delete', 'cases', '', 'constructor.name', '__proto__.toString', 'cases.rename.x'])(
    'answers an unknown channel %j with INTERNAL and does not repeat the name in the log',
    async (channel) => {
      const { call, incidents } = setUp(clerk)
      const answer = await call(channel, {})
      expect(answer).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
      expect(incidents).toMatchObject([{ channel: '(unknown)', kind: 'unknown-channel' }])
    },
  )

  test('refuses a call without log-in before it looks at the input', async () => {
    const { call, incidents } = setUp(undefined)
    expect(await call('cases.rename', 'nonsense')).toEqual(fail('NOT_SIGNED_IN', {}))
    expect(await call('session.mine', null)).toEqual(fail('NOT_SIGNED_IN', {}))
    expect(await call('session.town', null)).toEqual(ok('扶桑町'))
    expect(incidents).toEqual([])
  })

  test('refuses an actor whose roles lack the permission, and the handler does not run', async () => {
    let runs = 0
    const { call } = setUp(auditor, async ({ title }) => {
      runs += 1
      return ok({ title })
    })
    expect(await call('cases.rename', { id: '1', title: 'a' })).toEqual(
      fail('FORBIDDEN', { permission: 'case.write' }),
    )
    expect(runs).toBe(0)
  })

  test('names the paths of bad input once each and never the values', async () => {
    const { call } = setUp(clerk)
    const answer = await call('cases.rename', { id: 7, title: '一'.repeat(21), tags: ['a', 2] })
    expect(answer).toEqual(fail('INPUT_INVALID', { paths: ['id', 'title', 'tags.1'] }))
  })

  test('passes a declared error through', async () => {
    const { call } = setUp(clerk, async () => fail('TITLE_TAKEN', { title: 'a' }))
    expect(await call('cases.rename', { id: '1', title: 'a' })).toEqual(fail('TITLE_TAKEN', { title: 'a' }))
  })

  test('turns a declared error with data of the wrong shape into an incident', async () => {
    const rename = (async () =>
      JSON.parse('{"ok":false,"error":{"code":"TITLE_TAKEN","data":{"a":{}}}}')) as Rename
    const { call, incidents } = setUp(clerk, rename)
    expect(await call('cases.rename', { id: '1', title: 'a' })).toMatchObject({ error: { code: 'INTERNAL' } })
    expect(incidents).toMatchObject([{ kind: 'error-undeclared', detail: 'TITLE_TAKEN: data' }])
  })

  test.each(['DISK_FULL', 'constructor', 'toString'])(
    'does not let the undeclared code %s out',
    async (code) => {
      const rename = (async () => JSON.parse(JSON.stringify(fail(code, {})))) as Rename
      const { call, incidents } = setUp(clerk, rename)
      expect(await call('cases.rename', { id: '1', title: 'a' })).toMatchObject({
        error: { code: 'INTERNAL' },
      })
      expect(incidents).toMatchObject([{ kind: 'error-undeclared', detail: code, channel: 'cases.rename' }])
    },
  )

  test('turns an output of the wrong shape into an incident that names paths only', async () => {
    const rename = (async () => JSON.parse('{"ok":true,"value":{"title":7}}')) as Rename
    const { call, incidents } = setUp(clerk, rename)
    expect(await call('cases.rename', { id: '1', title: 'a' })).toMatchObject({ error: { code: 'INTERNAL' } })
    expect(incidents).toMatchObject([{ kind: 'output-invalid', detail: 'title' }])
  })

  test('turns a thrown error into an incident whose log text carries no message', async () => {
    const { call, incidents } = setUp(clerk, async ({ title }) => {
      throw new TypeError(`cannot save ${title}`, {
        cause: new Error('株式会社あおば\n    at 株式会社あおば'),
      })
    })
    const answer = await call('cases.rename', { id: '1', title: '髙橋建設' })
    expect(answer).toEqual(fail('INTERNAL', { incidentId: incidents[0]?.id }))
    expect(incidents[0]?.kind).toBe('thrown')
    expect(incidents[0]?.detail).toMatch(/^TypeError\n\s+at .*dispatch\.test\.ts[\s\S]*caused by Error\n/)
    expect(JSON.stringify(incidents)).not.toMatch(/髙橋|あおば|cannot save/)
  })

  test('answers even when a non-error is thrown, the actor look-up fails or the log itself fails', async () => {
    const answers = await Promise.all([
      setUp(clerk, async () => Promise.reject('text')).call('cases.rename', { id: '1', title: 'a' }),
      createDispatch<typeof table, Actor>(table, handlersThatSucceed, {
        actorOf: () => Promise.reject(new Error('no session table')),
        reportIncident: () => undefined,
      })('session.town', null, connection),
      createDispatch<typeof table, Actor>(table, handlersThatSucceed, {
        actorOf: () => undefined,
        reportIncident: () => {
          throw new Error('disk full')
        },
      })('no.such', null, connection),
    ])
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
  })

  test('will not start with a procedure that has no handler', () => {
    const incomplete = { ...handlersThatSucceed, session: {} } as typeof handlersThatSucceed
    const options = { actorOf: () => undefined, reportIncident: () => undefined }
    expect(() => createDispatch<typeof table, Actor>(table, incomplete, options)).toThrow('session.town')
  })
})

const handlersThatSucceed = {
  cases: { rename: async ({ title }: { title: string }) => ok({ title }) },
  session: { town: async () => ok('扶桑町'), mine: async () => ok('me') },
}
