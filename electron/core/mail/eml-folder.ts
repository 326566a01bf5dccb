import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '../kit/durable-file.ts'
import type { ReceivedMail } from './mail-sink.ts'

/** Keeps received mails as `NN-recipient.eml`; says whether this one was new. */
export type EmlFolder = { readonly store: (mail: ReceivedMail) => Promise<'stored' | 'duplicate'> }

/**
 * A folder of readable mails for the demo and for tests. In clear: never for the app's own archive.
 * A Message-ID that came before is answered `duplicate` and not written again (see [Note: at least once]).
 */
export async function openEmlFolder(folder: string): Promise<EmlFolder> {
  await mkdir(folder, { recursive: true })
  let count = (await readdir(folder)).filter((name) => name.endsWith('.eml')).length
  const seen = new Set<string>()
  return {
    store: async (mail) => {
      if (mail.messageId !== '' && seen.has(mail.messageId)) return 'duplicate'
      seen.add(mail.messageId)
      count += 1
      const recipient = (mail.envelopeTo[0] ?? 'unknown').replace(/[^A-Za-z0-9@._-]/g, '_')
      await writeFileDurably(join(folder, `${String(count).padStart(2, '0')}-${recipient}.eml`), mail.raw)
      return 'stored'
    },
  }
}
