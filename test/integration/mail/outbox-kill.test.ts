import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startMailSink } from '../../../electron/core/mail/mail-sink.ts'

const MAILS = 80
const KILLS = 8

describe('the outbox under kill -9', () => {
  it('loses no mail, and sends at most one identical copy for each kill', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'outbox-')), 'state.json')
    const ids = Array.from({ length: MAILS }, (_value, index) => `mail${index}`)
    writeFileSync(
      path,
      JSON.stringify(
        Object.fromEntries(ids.map((id) => [id, { state: 'queued', attempts: 0, wiped: false }])),
      ),
    )
    const received: { id: string; raw: string }[] = []
    let onMail: () => void = () => undefined
    const sink = await startMailSink({
      port: 0,
      onMail: (mail) => {
        received.push({
          id: mail.messageId,
          raw: Buffer.from(mail.raw)
            .toString('latin1')
            .replace(/^Received:.*(\r\n\s.*)*\r\n/m, ''),
        })
        onMail()
      },
    })
    const child = new URL('../../support/mail/outbox-child.ts', import.meta.url).pathname
    const run = (killAfter: number) =>
      new Promise<number | null>((resolve) => {
        const program = spawn(process.execPath, [child, path, String(sink.port)], { stdio: 'inherit' })
        let left = killAfter
        onMail = () => {
          left -= 1
          // Between the sink's acceptance and the child's record, or shortly after it: the worst moments.
          if (left === 0) setTimeout(() => program.kill('SIGKILL'), received.length % 3)
        }
        program.on('exit', (code) => resolve(code))
      })
    for (let kill = 0; kill < KILLS; kill += 1) expect(await run(1 + (kill % 5))).toBeNull()
    expect(await run(Number.POSITIVE_INFINITY)).toBe(0)
    await sink.close()

    const state = Object.values(
      JSON.parse(readFileSync(path, 'utf8')) as Record<string, { state: string; wiped: boolean }>,
    )
    expect(state.every((row) => row.state === 'sent' && row.wiped)).toBe(true)
    const distinct = new Map(received.map(({ id, raw }) => [id, raw]))
    expect([...distinct.keys()].sort()).toEqual(ids.map((id) => `<${id}@town.fuso.lg.jp>`).sort())
    expect(received.length - MAILS).toBeLessThanOrEqual(KILLS)
    for (const { id, raw } of received) expect(raw).toBe(distinct.get(id))
  }, 60_000)
})
