import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SigningError } from '../../../../../../electron/core/signing/errors.ts'
import type { TimestampMisbehaviour } from '../../../../../../electron/core/signing/local/answer-timestamp.ts'
import { localTimestampAuthority } from '../../../../../../electron/core/signing/local/local-services.ts'
import {
  type LocalTrustServices,
  startLocalTrustServices,
} from '../../../../../../electron/core/signing/local/local-trust-server.ts'
import {
  firstWorkingTimestampAuthority,
  httpTimestampAuthority,
} from '../../../../../../electron/core/signing/timestamp/http-timestamp-authority.ts'
import {
  checkTimestampToken,
  parseTimestampToken,
} from '../../../../../../electron/core/signing/timestamp/parse-timestamp-token.ts'
import { codeOf, type SigningWorld, signingWorld } from '../../../../../../test/support/signing-world.ts'

let world: SigningWorld
let services: LocalTrustServices
const DIGEST = createHash('sha256').update('契約書').digest()

beforeAll(async () => {
  world = await signingWorld()
  services = await startLocalTrustServices({ authority: world.authority, clock: world.clock, port: 0 })
})
afterAll(() => services.close())

const FAULTS: readonly (readonly [TimestampMisbehaviour, string])[] = [
  ['wrong-nonce', 'TSA_ANSWER_INVALID'],
  ['wrong-imprint', 'TSA_ANSWER_INVALID'],
  ['bad-signature', 'TSA_ANSWER_INVALID'],
  ['no-token', 'TSA_ANSWER_INVALID'],
  ['refuse', 'TSA_REFUSED'],
]

describe('a timestamp over HTTP', () => {
  it.each(['SHA-256', 'SHA-384', 'SHA-512'] as const)('covers the digest asked for: %s', async (hash) => {
    const digest = createHash(hash.replace('-', '').toLowerCase()).update('契約書').digest()
    const token = parseTimestampToken(
      await httpTimestampAuthority({ url: services.tsaUrl }).stamp(digest, hash),
    )
    expect([token.info.timeMs, token.info.hash, checkTimestampToken(token, () => digest)]).toEqual([
      world.clock.now(),
      hash,
      [],
    ])
  })

  it.each([
    ...FAULTS,
    ['garbage', 'TSA_ANSWER_INVALID'],
    ['too-large', 'TSA_ANSWER_INVALID'],
    ['http-500', 'TSA_HTTP_ERROR'],
    ['silence', 'TSA_UNREACHABLE'],
  ] as const)('is refused when the service shows %s: %s', async (tsa, code) => {
    services.misbehave({ tsa })
    const authority = httpTimestampAuthority({ url: services.tsaUrl, timeoutMs: 300 })
    expect(await codeOf(() => authority.stamp(DIGEST, 'SHA-256'))).toBe(code)
    services.misbehave({})
  })

  it('says that nothing answers when nothing listens, or the line is cut', async () => {
    expect(
      await codeOf(() => httpTimestampAuthority({ url: 'http://127.0.0.1:1/tsa' }).stamp(DIGEST, 'SHA-256')),
    ).toBe('TSA_UNREACHABLE')
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    expect(await codeOf(() => httpTimestampAuthority({ url }).stamp(DIGEST, 'SHA-256'))).toBe(
      'TSA_UNREACHABLE',
    )
    server.close()
  })

  it('sends user and password, given apart or in the address, and shows neither in its name', async () => {
    const basicAuth = { user: '扶桑町', password: 'p@ss:語' }
    const guarded = await startLocalTrustServices({
      authority: world.authority,
      clock: world.clock,
      port: 0,
      basicAuth,
    })
    const open = httpTimestampAuthority({ url: guarded.tsaUrl, ...basicAuth })
    expect((await open.stamp(DIGEST, 'SHA-256')).length).toBeGreaterThan(1000)
    const { user, password } = basicAuth
    const inAddress = guarded.tsaUrl.replace(
      '//',
      `//${encodeURIComponent(user)}:${encodeURIComponent(password)}@`,
    )
    const second = httpTimestampAuthority({ url: inAddress })
    expect((await second.stamp(DIGEST, 'SHA-256')).length).toBeGreaterThan(1000)
    expect(second.name).toBe(`127.0.0.1:${guarded.port}`)
    const refused = httpTimestampAuthority({ url: guarded.tsaUrl })
    await expect(refused.stamp(DIGEST, 'SHA-256')).rejects.toMatchObject({
      code: 'TSA_HTTP_ERROR',
      data: { status: 401 },
    })
    await guarded.close()
  })

  it('gives the reason a service refused with', async () => {
    const authority = localTimestampAuthority(world.authority, world.clock, 'refuse')
    await expect(authority.stamp(DIGEST, 'SHA-256')).rejects.toMatchObject({
      data: { status: 2, text: 'テスト用の拒否' },
    })
  })
})

describe('the local authority in process', () => {
  it.each(FAULTS)('shows %s as the HTTP client would see it: %s', async (fault, code) => {
    const authority = localTimestampAuthority(world.authority, world.clock, fault)
    expect(await codeOf(() => authority.stamp(DIGEST, 'SHA-256'))).toBe(code)
  })

  it('is refused when its certificate is not for timestamps alone', async () => {
    const authority = localTimestampAuthority(
      () => ({ ...world.authority(), timestamping: world.authority().town }),
      world.clock,
    )
    await expect(authority.stamp(DIGEST, 'SHA-256')).rejects.toMatchObject({
      code: 'TSA_ANSWER_INVALID',
      data: { problem: 'NOT_A_TIMESTAMPING_CERTIFICATE' },
    })
  })

  it('is refused when its certificate has expired', async () => {
    const late = {
      now: () => (world.clock.now() + 12 * 366 * 24 * 3600_000) as ReturnType<typeof world.clock.now>,
    }
    await expect(
      localTimestampAuthority(world.authority, late).stamp(DIGEST, 'SHA-256'),
    ).rejects.toMatchObject({
      data: { problem: 'TIME_OUTSIDE_CERTIFICATE' },
    })
  })
})

describe('several authorities in order', () => {
  const dead = httpTimestampAuthority({ url: 'http://127.0.0.1:1/' })

  it('ask the next one when the first fails', async () => {
    const chain = firstWorkingTimestampAuthority([
      dead,
      localTimestampAuthority(world.authority, world.clock),
    ])
    expect((await chain.stamp(DIGEST, 'SHA-256')).length).toBeGreaterThan(1000)
  })

  it('fail with the first reason when all fail, naming the others', async () => {
    const refusing = localTimestampAuthority(world.authority, world.clock, 'refuse')
    const error: unknown = await firstWorkingTimestampAuthority([dead, refusing])
      .stamp(DIGEST, 'SHA-256')
      .catch((reason: unknown) => reason)
    expect(error instanceof SigningError && [error.code, error.data.alsoFailed]).toEqual([
      'TSA_UNREACHABLE',
      'TSA_REFUSED',
    ])
  })
})
