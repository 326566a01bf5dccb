import type { EpochMs } from '../../../shared/model/brand.ts'

/** A column of a table; shares divide the width of the page. */
export type ReportColumn = {
  readonly label: string
  readonly share: number
  readonly align?: 'left' | 'right' | 'center'
}

export type ReportBlock =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'subheading'; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string; readonly size?: number }
  | { readonly type: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | {
      readonly type: 'table'
      readonly columns: readonly ReportColumn[]
      readonly rows: readonly (readonly string[])[]
    }
  | { readonly type: 'code'; readonly lines: readonly string[] }
  | { readonly type: 'page-break' }

/** A file inside the PDF (ISO 32000-2 §7.11.4). `name` in ASCII. */
export type ReportAttachment = {
  readonly name: string
  readonly mimeType: string
  readonly description: string
  readonly bytes: Uint8Array
}

/** What is printed. Plain data: may cross to a worker thread. Texts are Japanese and final. */
export type Report = {
  readonly title: string
  /** Under the title, for example whom it was made for. */
  readonly subtitle?: string
  /** Top right: number and day, one line each. */
  readonly headLines?: readonly string[]
  /** Printed in red at the top of every page: テスト用, 写し. */
  readonly mark?: string
  readonly blocks: readonly ReportBlock[]
  /** Bottom left of every page. */
  readonly footer: string
  readonly author: string
  readonly createdAt: EpochMs
  readonly attachments?: readonly ReportAttachment[]
}

export type MadeReport = {
  readonly bytes: Uint8Array
  readonly pageCount: number
  /** Characters the font lacks, printed as 〓(U+XXXXX); empty in nearly every case. */
  readonly missingCharacters: readonly string[]
}
