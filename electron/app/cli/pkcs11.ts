import { listTokens, type TokenListing } from '../../core/signing/keys/pkcs11.ts'
import { type Command, parseCommand, required, UsageError } from './command.ts'
import { serveToken } from './serve-token.ts'

const USAGE = `使い方: desk pkcs11 list --module モジュール [--pin PIN] [--json]

PKCS#11モジュールから見えるトークン、鍵、証明書を一覧にします。鍵は多くの場合PINを入れると見えます。`

const OPTIONS = {
  module: { type: 'string' },
  pin: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

export const pkcs11Command: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: OPTIONS, files: [1, 2] })
    const [action, modulePath] = positionals
    if (action === 'serve') {
      await serveToken(io)
      return 0
    }
    if (action !== 'list') throw new UsageError('pkcs11 に続けて list を指定してください。')
    const tokens = await listTokens(required('module', values.module ?? modulePath), values.pin)
    io.print(values.json ? JSON.stringify(tokens) : describe(tokens))
    return 0
  },
}

function describe(tokens: readonly TokenListing[]): string {
  if (tokens.length === 0) return 'トークンが挿入されていません。'
  return tokens
    .flatMap(({ slot, label, model, keys, certificates }) => [
      `トークン「${label}」（スロット ${slot}、${model}）`,
      ...keys.map((key) => `  鍵「${key.label}」（ID ${key.id}、${key.type}）`),
      ...certificates.map(({ label: name, holder }) => `  証明書「${name}」（${holder}）`),
    ])
    .join('\n')
}
