/** How check, backup and restore open an archive: without the office, with a password or with the recovery sheet. */
import { listKeyslots, loginLabel, openKeyslots, type SlotKey } from '../../../core/archive/keyslots.ts'
import { parseRecoveryCode } from '../../../core/archive/recovery-code.ts'
import { systemClock } from '../../../core/kit/clock.ts'
import { ask } from '../ask-secret.ts'
import { Refusal } from '../command.ts'

export const SECRET_USAGE = `保管庫を開くには、利用者のログイン名とパスワードを入力します（環境変数 KEIYAKU_USER と KEIYAKU_PASSWORD でも可）。
  --recovery  パスワードの代わりに復旧シートの番号を使う（環境変数 KEIYAKU_RECOVERY_CODE でも可）`

export async function secretFor(
  folder: string,
  { recovery }: { readonly recovery: boolean },
): Promise<SlotKey> {
  if (!recovery) {
    const loginName = await ask({ variable: 'KEIYAKU_USER', prompt: 'ログイン名', hidden: false })
    const password = await ask({ variable: 'KEIYAKU_PASSWORD', prompt: 'パスワード', hidden: true })
    return { label: loginLabel(loginName), secret: { kind: 'password', password } }
  }
  const typed = await ask({ variable: 'KEIYAKU_RECOVERY_CODE', prompt: '復旧シートの番号', hidden: false })
  const code = parseRecoveryCode(typed)
  return recoverySheet(folder, code)
}

/** A person has the sheet's code, not its number: the sheet that opens is the one. */
async function recoverySheet(folder: string, code: string): Promise<SlotKey> {
  const sheets = (await listKeyslots(folder)).filter((slot) => slot.kind === 'recovery')
  const keys = sheets.map(({ label }): SlotKey => ({ label, secret: { kind: 'recovery', code } }))
  const [last] = keys.slice(-1)
  if (last === undefined) throw new Refusal('SLOT_NOT_FOUND', '復旧シートが登録されていません。')
  for (const key of keys.slice(0, -1)) {
    try {
      const master = await openKeyslots(folder, key, systemClock)
      master.wipe()
      return key
    } catch (error) {
      const isOtherSheet = error instanceof Error && 'code' in error && error.code === 'WRONG_SECRET'
      if (!isOtherSheet) throw error
    }
  }
  return last
}
