import type { OutgoingMail } from '../../../electron/core/mail/mail-message.ts'
import type { OutboxStore } from '../../../electron/core/mail/outbox-store.ts'
import type { EpochMs, MailId } from '../../../shared/model/brand.ts'

export type MemoryRow = {
  mail: OutgoingMail
  state: 'queued' | 'sending' | 'sent' | 'dead'
  attempts: number
  refusals: number
  dueAt: EpochMs
  reply: string | null
  code: string | null
  wiped: boolean
}

/** The outbox port in memory, with the order of calls kept so that tests can see what was durable before what. */
export function memoryOutboxStore(mails: readonly OutgoingMail[] = []): OutboxStore & {
  readonly rows: Map<MailId, MemoryRow>
  readonly calls: string[]
  readonly add: (mail: OutgoingMail) => void
} {
  const rows = new Map<MailId, MemoryRow>()
  const calls: string[] = []
  const add = (mail: OutgoingMail) => {
    rows.set(mail.id, {
      mail,
      state: 'queued',
      attempts: 0,
      refusals: 0,
      dueAt: 0 as EpochMs,
      reply: null,
      code: null,
      wiped: false,
    })
  }
  for (const mail of mails) add(mail)
  const rowOf = (id: MailId): MemoryRow => {
    const row = rows.get(id)
    if (!row) throw new Error(`No mail ${id}`)
    return row
  }
  return {
    rows,
    calls,
    add,
    recoverInterrupted: (now) => {
      let requeued = 0
      for (const row of rows.values())
        if (row.state === 'sending') {
          Object.assign(row, { state: 'queued', dueAt: now })
          requeued += 1
        }
      const unwiped = [...rows.values()]
        .filter((row) => row.state !== 'queued' && !row.wiped)
        .map((row) => row.mail.id)
      return { requeued, unwiped }
    },
    claimNext: (now) => {
      const row = [...rows.values()].find(
        (candidate) => candidate.state === 'queued' && candidate.dueAt <= now,
      )
      if (!row) return null
      row.state = 'sending'
      row.attempts += 1
      calls.push(`claim ${row.mail.id}`)
      return { mail: row.mail, attempt: row.attempts, refusals: row.refusals }
    },
    markSent: (id, acceptance) => {
      calls.push(`sent ${id}`)
      Object.assign(rowOf(id), { state: 'sent', reply: acceptance.reply })
    },
    markFailed: (id, failure) => {
      calls.push(`failed ${id}`)
      Object.assign(rowOf(id), {
        state: 'queued',
        dueAt: failure.nextAttemptAt,
        refusals: failure.refusals,
        reply: failure.reply,
        code: failure.code,
      })
    },
    markDead: (id, failure) => {
      calls.push(`dead ${id}`)
      Object.assign(rowOf(id), { state: 'dead', reply: failure.reply, code: failure.code })
    },
    wipeSecret: (id) => {
      calls.push(`wipe ${id}`)
      rowOf(id).wiped = true
    },
    nextDueAt: () => {
      const due = [...rows.values()].filter((row) => row.state === 'queued').map((row) => row.dueAt)
      return due.length === 0 ? null : (Math.min(...due) as EpochMs)
    },
  }
}
