import type { ByteSource } from '../../kit/byte-source.ts'
import type { PdfFile } from '../pdf/reader.ts'
import type { Budget } from './budget.ts'
import type { VerifyOptions } from './options.ts'

/** One readable file, or the readable beginning of one, on its way to a verdict. */
export type FileInput = {
  readonly file: PdfFile
  /** All bytes, also those behind a truncated `file`. */
  readonly source: ByteSource
  readonly options: VerifyOptions
  readonly budget: Budget
  /** True when `file` is only the readable beginning of `source`. */
  readonly isTruncated: boolean
}
