import type { Result } from '../../../shared/result.ts'
import { CodedFailure } from '../jobs/failure-codes.ts'

/** The value of a task that nobody cancelled; a crashed worker is a failure of ours. */
export function workDone<T>(result: Result<T, { readonly code: string }>): T {
  if (result.ok) return result.value
  throw new CodedFailure(result.error.code)
}
