import type { Browser } from 'playwright-core'
import type { OfficeProcess } from '../support/office-process.ts'
import type { OfficeDesk } from './office-desk.ts'
import type { PostOffice } from './post-office.ts'

/** What every scene of the demo needs. */
export type Stage = {
  readonly out: string
  readonly browser: Browser
  readonly post: PostOffice
  readonly desk: OfficeDesk
  readonly office: () => OfficeProcess
  readonly tell: (line: string) => void
}
