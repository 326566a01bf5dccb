import { describe, expect, test } from 'vitest'
import { readBounce } from '../../../../../electron/core/mail/read-bounce.ts'
import { exchangeBounce, plainBounce, postfixBounce } from '../../../../support/mail/bounces.ts'

const ID = '0123456789abcdefghjkmnpqrs'
const facts = { messageId: `${ID}@town.fuso.example.jp`, to: 'takahash@example.jp' }

describe('a notice of non-delivery', () => {
  test('as RFC 3464 has it tells mail, address, status and the other server’s line', async () => {
    expect(await readBounce(postfixBounce(facts))).toEqual({
      mailIds: [ID],
      recipients: [
        {
          address: 'takahash@example.jp',
          action: 'failed',
          status: '5.1.1',
          diagnostic:
            '550 5.1.1 <takahash@example.jp>: Recipient address rejected: User unknown in virtual mailbox table',
        },
      ],
    })
  })

  test('that carries the whole mail in it names that mail', async () => {
    expect(await readBounce(exchangeBounce(facts))).toMatchObject({
      mailIds: [ID],
      recipients: [{ address: 'takahash@example.jp', action: 'failed', status: '5.1.10' }],
    })
  })

  test('of a delay is no failure', async () => {
    const bounce = await readBounce(postfixBounce(facts, 'delayed'))
    expect(bounce?.recipients[0]).toMatchObject({ action: 'delayed', status: '4.4.1' })
  })

  test('in free text gives the address and the reply beside it, and claims no more', async () => {
    expect(await readBounce(plainBounce('Sato@Example.NE.jp'))).toEqual({
      mailIds: [],
      recipients: [
        {
          address: 'sato@example.ne.jp',
          action: null,
          status: '5.1.1',
          diagnostic: '<Sato@Example.NE.jp>: 550 5.1.1 unknown user',
        },
      ],
    })
  })
})

test('our own mail, saved and dropped by mistake, is not taken for a notice of itself', async () => {
  const own = `From: a@town.jp\r\nSubject: x\r\nMessage-ID: <${facts.messageId}>\r\n\r\nbody\r\n`
  expect(await readBounce(Buffer.from(own))).toEqual({ mailIds: [], recipients: [] })
})

test.each([
  ['a PDF', Buffer.from('%PDF-1.7\n1 0 obj')],
  ['nothing', Buffer.alloc(0)],
  ['a mail in Outlook’s own format', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
])('%s is no mail', async (_name, bytes) => {
  expect(await readBounce(bytes)).toBeUndefined()
})
