/** The built-in portal is a program of its own: started as a child, started again when it dies. */
import type { Logger } from '../../core/kit/logger.ts'
import { describeError } from '../dispatch.ts'

export type PortalChild = {
  readonly url: string
  readonly stop: () => Promise<void>
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<void>
}

/** How a host starts the portal: a Node child process, or Electron's utilityProcess. */
export type PortalLauncher = (options: {
  readonly dataDir: string
  readonly port: number
  readonly officeToken: string
}) => Promise<PortalChild>

export type SupervisedPortal = {
  readonly current: () => PortalChild | undefined
  readonly stop: () => Promise<void>
}

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 30_000

export function superviseChild(launch: () => Promise<PortalChild>, logger: Logger): SupervisedPortal {
  let current: PortalChild | undefined
  let stopping = false
  let endPause: () => void = () => undefined
  const run = async () => {
    let waitMs = FIRST_WAIT_MS
    while (!stopping) {
      try {
        current = await launch()
        waitMs = FIRST_WAIT_MS
        if (stopping) await current.stop()
        await current.ended
        current = undefined
        if (!stopping) logger.warn('portal.ended')
      } catch (error) {
        current = undefined
        logger.error('portal.start-failed', describeError(error))
      }
      if (stopping) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        endPause = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
    }
  }
  const ended = run()
  return {
    current: () => current,
    stop: async () => {
      stopping = true
      endPause()
      await current?.stop()
      await ended
    },
  }
}
