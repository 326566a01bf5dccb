/** A program that delivers an outbox kept in one file, to be killed at any moment: `node outbox-child.ts STATE.json PORT`. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { silentLogger } from '../../../electron/core/kit/logger.ts'
import { deliverOutbox, recoverOutbox } from '../../../electron/core/mail/deliver-outbox.ts'
import type { OutboxStore } from '../../../electron/core/mail/outbox-store.ts'
import { createSmtpTransport } from '../../../electron/core/mail/smtp-transport.ts'
import type { MailId } from '../../../shared/model/brand.ts'
import { sampleMail } from './sample-mail.ts'

type Row = { state: 'queued' | 'sending' | 'sent' | 'dead'; attempts: number; wiped: boolean }
type State = Record<string, Row>

const [, , path = '', port = ''] = process.argv
const rows = JSON.parse(readFileSync(path, 'utf8')) as State

function commit(): void {
  const file = openSync(`${path}.new`, 'w')
  writeSync(file, JSON.stringify(rows))
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
}

function change(id: MailId, values: Partial<Row>): void {
  const row = rows[id]
  if (!row) throw new Error(`No mail ${id}`)
  Object.assign(row, values)
  commit()
}

const store: OutboxStore = {
  recoverInterrupted: () => {
    const interrupted = Object.values(rows).filter((row) => row.state === 'sending')
    for (const row of interrupted) row.state = 'queued'
    commit()
    const unwiped = Object.entries(rows).filter(([, row]) => row.state === 'sent' && !row.wiped)
    return { requeued: interrupted.length, unwiped: unwiped.map(([id]) => id as MailId) }
  },
  claimNext: () => {
    const found = Object.entries(rows).find(([, row]) => row.state === 'queued')
    if (!found) return null
    const [id, row] = found
    change(id as MailId, { state: 'sending', attempts: row.attempts + 1 })
    return { mail: sampleMail(id), attempt: row.attempts, refusals: 0 }
  },
  markSent: (id) => change(id, { state: 'sent' }),
  markFailed: (id) => change(id, { state: 'queued' }),
  markDead: (id) => change(id, { state: 'dead' }),
  wipeSecret: (id) => change(id, { wiped: true }),
  nextDueAt: () => null,
}

const transport = createSmtpTransport({
  host: '127.0.0.1',
  port: Number(port),
  security: 'none',
  auth: null,
  ca: null,
})
const dependencies = { store, transport, clock: systemClock, logger: silentLogger }
await recoverOutbox(dependencies)
await deliverOutbox(dependencies)
transport.close()
