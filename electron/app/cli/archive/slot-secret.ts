/** How check, backup and restore open an archive: without the office, with a password or with the recovery sheet. */
import { loginLabel, type OpeningKey } from '../../../core/archive/keyslots.ts'
import { parseRecoveryCode } from '../../../core/archive/recovery-code.ts'
import { ask } from '../ask-secret.ts'

export const SECRET_USAGE = `保管庫を開くには、利用者のログイン名とパスワードを入力します（環境変数 KEIYAKU_USER と KEIYAKU_PASSWORD でも可）。
  --recovery  パスワードの代わりに復旧シートの番号を使う（環境変数 KEIYAKU_RECOVERY_CODE でも可）`

export async function secretFor({ recovery }: { readonly recovery: boolean }): Promise<OpeningKey> {
  if (!recovery) {
    const loginName = await ask({ variable: 'KEIYAKU_USER', prompt: 'ログイン名', hidden: false })
    const password = await ask({ variable: 'KEIYAKU_PASSWORD', prompt: 'パスワード', hidden: true })
    return { label: loginLabel(loginName), secret: { kind: 'password', password } }
  }
  const typed = await ask({ variable: 'KEIYAKU_RECOVERY_CODE', prompt: '復旧シートの番号', hidden: false })
  // A person has the sheet's code, not its number: the sheet that opens is the one.
  return { label: null, secret: { kind: 'recovery', code: parseRecoveryCode(typed) } }
}
