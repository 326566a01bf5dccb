import type { Bridge } from '../../shared/bridge/bridge.ts'
import type { BridgeTable, SystemError } from '../../shared/bridge/define.ts'

type CodesOf<Table extends BridgeTable> = {
  [G in keyof Table]: { [N in keyof Table[G]]: keyof Table[G][N]['errors'] & string }[keyof Table[G]]
}[keyof Table]

/** Failures of `/uploads`, which travel beside the bridge. */
export type UploadCode = 'UPLOAD_TOO_LARGE' | 'UPLOAD_CANCELLED' | 'UPLOAD_INCOMPLETE'

/** Every code a person can meet: all the bridge table declares, what any call can have, and the uploads' own. */
export type ErrorCode = CodesOf<Bridge> | SystemError['code'] | UploadCode
