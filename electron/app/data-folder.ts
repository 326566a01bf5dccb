import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where the archive of this PC lies: `--data`, else the variable KEIYAKU_DATA, else the place the operating system
 * has for an application's data. The folder need not exist.
 */
export function dataFolder(
  option: string | undefined,
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = option ?? environment.KEIYAKU_DATA
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  const home = environment.HOME ?? environment.USERPROFILE ?? homedir()
  if (platform === 'win32')
    return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'KeiyakuDesk')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'KeiyakuDesk')
  return join(environment.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'keiyaku-desk')
}
