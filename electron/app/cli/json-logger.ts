import type { Logger } from '../../core/kit/logger.ts'
import { describeError } from '../dispatch.ts'

/** Technical log, one JSON value a line. Errors are written without their messages: those may quote a person's input. */
export function jsonLogger(write: (line: string) => void): Logger {
  const line = (level: string, event: string, fields: object = {}) =>
    write(JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }))
  return {
    info: (event, fields) => line('info', event, fields),
    warn: (event, fields) => line('warn', event, fields),
    error: (event, error, fields) =>
      line('error', event, { ...fields, error: typeof error === 'string' ? error : describeError(error) }),
  }
}
