import { archive } from './archive.ts'
import { audit } from './audit.ts'
import { cases, documents } from './cases.ts'
import type { Client, Handlers } from './define.ts'
import { imports } from './imports.ts'
import { backup, keys, papers } from './keeping.ts'
import { session, users } from './session.ts'
import { help, settings } from './settings.ts'
import { approval, mails, seal, sending, tasks, verification } from './signing.ts'

/**
 * The bridge: everything the renderer may ask of the main process. Business verbs only; no SQL, no file paths,
 * no channel names from the page. Bytes travel beside it (`/files/<ticket>`, `/uploads`).
 */
export const bridge = {
  session,
  users,
  settings,
  help,
  cases,
  documents,
  approval,
  sending,
  seal,
  verification,
  mails,
  tasks,
  archive,
  audit,
  backup,
  imports,
  keys,
  papers,
}
export type Bridge = typeof bridge
export type BridgeClient = Client<Bridge>
export type BridgeHandlers<Context> = Handlers<Bridge, Context>
