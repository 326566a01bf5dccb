import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { desk } from '../../support/command-line.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keiyaku-cli-portal-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it.each([
  ['--trusted-proxy', '192.0.2.0/40'],
  ['--office-network', 'proxy.example.jp'],
])(
  'does not start with %s %s, which would shut everybody out or let everybody in',
  async (option, network) => {
    const outcome = await desk('portal', '--data', folder, '--port', '0', option, network)
    expect(outcome.code).toBe(2)
    expect(outcome.messages).toContain(`${option} はIPアドレスかCIDR`)
    expect(outcome.messages).toContain(network)
    expect(await readdir(folder)).toEqual([])
  },
)
