/** A mail server for the demo: takes mails over real SMTP, keeps each as a file, and finds the link a person was sent. */
import { openEmlFolder } from '../../electron/core/mail/eml-folder.ts'
import { type ReceivedMail, startMailSink } from '../../electron/core/mail/mail-sink.ts'

export type PostOffice = {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** Mails that came a second time with the same Message-ID. */
  readonly duplicates: () => number
  /** The newest link mailed to a person; waits for the mail. `after`: how many mails of that person to skip. */
  readonly linkFor: (mailAddress: string, after?: number) => Promise<string>
  readonly close: () => Promise<void>
}

const WAIT_MS = 90_000

export async function openPostOffice(folder: string): Promise<PostOffice> {
  const emls = await openEmlFolder(folder)
  const received: ReceivedMail[] = []
  let duplicates = 0
  const sink = await startMailSink({
    port: 0,
    onMail: async (mail) => {
      if ((await emls.store(mail)) === 'duplicate') duplicates += 1
      else received.push(mail)
    },
  })
  return {
    port: sink.port,
    received,
    duplicates: () => duplicates,
    linkFor: async (mailAddress, after = 0) => {
      const end = Date.now() + WAIT_MS
      for (;;) {
        const mails = received.filter(
          (mail) => mail.envelopeTo.includes(mailAddress) && mail.links.length > 0,
        )
        const link = mails.slice(after).at(-1)?.links[0]
        if (link !== undefined) return link
        if (Date.now() > end) throw new Error(`No mail with a link came to ${mailAddress}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    close: () => sink.close(),
  }
}
