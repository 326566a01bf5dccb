import { setTimeout } from 'node:timers/promises'
import { type ArchiveDesk, must, stopIfEnded } from './desk.ts'

const LOOK_EVERY_MS = 500

/**
 * After an update of the program the search index is made anew while the archive is open. A person at the screen sees
 * how many cases are still missing; a script would take an incomplete answer for a complete one, so a command waits.
 */
export async function waitForWholeIndex(desk: ArchiveDesk): Promise<void> {
  let tell: ((done: number) => void) | undefined
  let first = 0
  for (;;) {
    const { waiting } = must(await desk.client.archive.search({ limit: 1 }))
    if (waiting === 0) return
    if (tell === undefined) {
      first = waiting
      tell = desk.longWork.counter('検索の索引の作り直し', first)
    }
    tell(Math.max(0, first - waiting))
    await setTimeout(LOOK_EVERY_MS)
    stopIfEnded(desk.io)
  }
}
