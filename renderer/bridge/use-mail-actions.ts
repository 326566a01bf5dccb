import type { MailId } from '../../shared/model/brand.ts'
import { useOfficeBridge } from './office-bridge.ts'
import { useAction } from './use-action.ts'

type Order =
  | { readonly do: 'retry' | 'dismiss'; readonly mailId: MailId }
  | { readonly do: 'returned'; readonly mailId: MailId; readonly reply: string }

/** What a clerk can do with one mail of the outbox, one thing at a time. */
export function useMailActions() {
  const { client } = useOfficeBridge()
  return useAction((order: Order) => {
    switch (order.do) {
      case 'retry':
        return client.mails.retry({ mailId: order.mailId })
      case 'dismiss':
        return client.mails.dismiss({ mailId: order.mailId })
      case 'returned':
        return client.mails.markReturned({ mailId: order.mailId, reply: order.reply })
    }
  })
}
