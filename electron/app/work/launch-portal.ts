import { z } from 'zod'
import { sha256Hex } from '../../core/kit/bytes.ts'
import type { RunningProgram, StartProgram } from '../host-services.ts'
import type { PortalLauncher } from '../services/portal-process.ts'

const START_TIMEOUT_MS = 20_000
const Started = z.object({ url: z.url() })

/** The built-in portal as a process of its own (`desk portal`). It gets the digest of the office's token, not the token. */
export function portalLauncher(startProgram: StartProgram): PortalLauncher {
  return async ({ dataDir, port, officeToken }) => {
    const program = startProgram([
      'portal',
      ...['--data', dataDir],
      ...['--port', String(port)],
      ...['--office-token-sha256', sha256Hex(officeToken)],
      '--json',
    ])
    try {
      const url = await firstUrl(program)
      return { url, stop: program.stop, ended: program.exited.then(() => undefined) }
    } catch (error) {
      await program.stop()
      throw error
    }
  }
}

function firstUrl(program: RunningProgram): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The portal did not start in time')), START_TIMEOUT_MS)
    const settle = (action: () => void) => {
      clearTimeout(timer)
      action()
    }
    program.onLine((line) => {
      const started = Started.safeParse(parseLine(line))
      if (started.success) settle(() => resolve(started.data.url))
    })
    program.exited.then(
      (code) => settle(() => reject(new Error(`The portal ended at its start with code ${code}`))),
      (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
    )
  })
}

/** Lines that are no JSON are not ours. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
