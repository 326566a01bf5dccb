import { ArchiveError } from '../../core/archive/errors.ts'
import { SigningError } from '../../core/signing/errors.ts'

/** A failure with a code that a use case or job raises for itself. */
export class CodedFailure extends Error {
  readonly code: string
  readonly data: Readonly<Record<string, string | number>>
  constructor(code: string, data: Readonly<Record<string, string | number>> = {}) {
    super(code)
    this.name = 'CodedFailure'
    this.code = code
    this.data = data
  }
}

/** The code to show for an error, and whether trying again cannot help. */
export function outcomeOfError(error: unknown): { readonly code: string; readonly isBug: boolean } {
  if (error instanceof CodedFailure || error instanceof SigningError)
    return { code: error.code, isBug: false }
  if (error instanceof ArchiveError) return { code: error.code, isBug: false }
  return { code: 'INTERNAL', isBug: true }
}
