import { fileSource } from '../../core/kit/byte-source.ts'
import { copyBase } from '../../core/signing/pdf/write-update.ts'
import { renew } from '../../core/signing/renew.ts'
import { httpTimestampAuthority } from '../../core/signing/timestamp/http-timestamp-authority.ts'
import { type Command, parseCommand, Refusal, required } from './command.ts'
import { refuseSameFile } from './open-files.ts'
import { validationSources } from './sign.ts'

const USAGE = `使い方: desk renew 入力.pdf 出力.pdf --tsa URL [--trust PEM]… [--json]

署名済みPDFに足りない検証情報を集めて書き足し、保存用タイムスタンプを追加します。
  --tsa URL    時刻認証局
  --trust PEM  信頼する証明書（これについては検証情報を集めません）`

const OPTIONS = {
  tsa: { type: 'string' },
  trust: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
} as const

export const renewCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: OPTIONS, files: [2, 2] })
    const [input = '', output = ''] = positionals
    const authority = httpTimestampAuthority({ url: required('tsa', values.tsa) })
    await refuseSameFile(input, output)
    const validation = await validationSources(values.trust)
    const source = fileSource(input)
    try {
      const renewal = await renew(source, { validation, authority })
      if (renewal.waitUntilMs !== undefined) throw tooEarly(renewal.waitUntilMs)
      const copy = await copyBase(source, output, 'SHA-256')
      await copy.finish(renewal.appended)
      for (const { code, subject } of renewal.missing)
        io.tell(`検証情報を入手できませんでした: ${subject}（${code}）`)
      const until = renewal.evidenceUntilMs
      const evidenceUntil = until === undefined ? null : new Date(until).toISOString()
      io.print(
        values.json
          ? JSON.stringify({ output, evidenceUntil, missing: renewal.missing })
          : `保存用タイムスタンプを追加しました: ${output}（証拠の有効期限 ${evidenceUntil ?? '不明'}）`,
      )
      return 0
    } finally {
      source.close()
    }
  },
}

function tooEarly(waitUntilMs: number): Refusal {
  return new Refusal(
    'TOO_EARLY',
    `署名より新しい失効情報がまだ公開されていません。${new Date(waitUntilMs).toISOString()} 以降にもう一度実行してください。`,
  )
}
