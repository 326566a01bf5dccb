import { mkdir } from 'node:fs/promises'
import { sha256Hex } from '../../core/kit/bytes.ts'
import type { StartProgram } from '../host-services.ts'
import type { PortalLauncher } from './portal-process.ts'

const START_TIMEOUT_MS = 20_000

/** Starts `desk portal` as a child; it gets the token's digest only, and tells its address when it listens. */
export function portalLauncher(startProgram: StartProgram): PortalLauncher {
  return async ({ dataDir, port, officeToken }) => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    const program = startProgram([
      'portal',
      '--data',
      dataDir,
      '--port',
      String(port),
      '--office-token-sha256',
      sha256Hex(officeToken),
      '--json',
    ])
    const url = await firstUrl(program)
    return { url, stop: program.stop, ended: program.exited.then(() => undefined) }
  }
}

function firstUrl(program: ReturnType<StartProgram>): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      program.stop().then(() => reject(new Error('The portal did not start in time')), reject)
    }, START_TIMEOUT_MS)
    program.onLine((line) => {
      const answer: unknown = line.startsWith('{') ? JSON.parse(line) : undefined
      if (typeof answer !== 'object' || answer === null || !('url' in answer)) return
      clearTimeout(timer)
      resolve(String(answer.url))
    })
    program.exited.then((code) => {
      clearTimeout(timer)
      reject(new Error(`The portal ended with code ${code}`))
    }, reject)
  })
}
