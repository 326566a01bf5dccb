import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NetworkRange } from '../../../shared/model/network.ts'
import { newSecret } from '../../core/kit/ids.ts'
import { startPortalServer } from '../../core/portal/server.ts'
import { programPaths } from '../program-paths.ts'
import { type Command, type CommandIo, parseCommand, required, UsageError, wholeNumber } from './command.ts'
import { jsonLogger } from './json-logger.ts'

const USAGE = `使い方: desk portal --data フォルダー --port 番号 [--host アドレス] [--office-token-file ファイル] [オプション]

相手方が開くポータルだけを動かします。止めるには Ctrl+C を押してください。
  --data DIR               ポータルのデータを置くフォルダー（なければ作ります）
  --port N                 待ち受ける番号（0 = 空いている番号）
  --host H                 待ち受けるアドレス（指定しなければ 127.0.0.1）
  --office-token-file F    庁内側の合い言葉のファイル（なければ作ります。指定しなければ DIR/office-token）
  --tls-cert F --tls-key F 証明書と鍵（PEM）。指定しなければ暗号化なし（手前のプロキシで行う場合）
  --trusted-proxy CIDR     手前の自分のプロキシのアドレス（繰り返し可）。ここから来た X-Forwarded-For だけを信じる
  --office-network CIDR    庁内側が接続してよいネットワーク（繰り返し可）
  --json                   待ち受けを始めたら {"url": …} を1行で出力`

const OPTIONS = {
  data: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  'office-token-file': { type: 'string' },
  /** For the office that starts its own portal: the token itself then stands in no file. */
  'office-token-sha256': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'trusted-proxy': { type: 'string', multiple: true },
  'office-network': { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parsePortal>['values']

function parsePortal(args: readonly string[]) {
  return parseCommand(args, { options: OPTIONS, files: [0, 0] })
}

export const portalCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values } = parsePortal(args)
    const dataDir = required('data', values.data)
    const port = wholeNumber('port', required('port', values.port), [0, 65_535])
    const given = {
      trustedProxies: networks('trusted-proxy', values),
      officeNetworks: networks('office-network', values),
    }
    const tls = await readTls(values)
    const server = await startPortalServer({
      dataDir,
      port,
      officeToken: await officeToken(values, dataDir, io),
      pagesDir: programPaths.portalPages,
      logger: jsonLogger(io.tell),
      ...given,
      ...(values.host === undefined ? {} : { host: values.host }),
      ...(tls === undefined ? {} : { tls }),
    })
    io.print(values.json ? JSON.stringify({ url: server.url }) : `ポータルを開始しました: ${server.url}`)
    await new Promise<void>((resolve) => {
      if (io.ended.aborted) resolve()
      io.ended.addEventListener('abort', () => resolve(), { once: true })
    })
    await server.close()
    return 0
  },
}

/** A wrong range would shut everybody out, or let everybody in: it is refused before the portal starts. */
function networks(option: 'trusted-proxy' | 'office-network', values: Values): readonly string[] {
  const given = values[option] ?? []
  const wrong = given.find((network) => !NetworkRange.safeParse(network).success)
  if (wrong !== undefined)
    throw new UsageError(`--${option} はIPアドレスかCIDR（例: 192.0.2.0/24）で指定してください: ${wrong}`)
  return given
}

async function officeToken(
  values: Values,
  dataDir: string,
  io: CommandIo,
): Promise<{ readonly sha256: string } | { readonly file: string }> {
  const sha256 = values['office-token-sha256']
  if (sha256 !== undefined) {
    if (!/^[0-9a-f]{64}$/i.test(sha256)) throw new UsageError('--office-token-sha256 は16進数64桁です。')
    return { sha256 }
  }
  const file = values['office-token-file'] ?? join(dataDir, 'office-token')
  try {
    await access(file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await writeFile(file, `${newSecret()}\n`, { mode: 0o600, flag: 'wx' })
    io.tell(`庁内側の合い言葉を作りました。設定画面に入力してください: ${file}`)
  }
  return { file }
}

async function readTls(values: Values): Promise<{ readonly key: string; readonly cert: string } | undefined> {
  const { 'tls-cert': certPath, 'tls-key': keyPath } = values
  if (certPath === undefined && keyPath === undefined) return undefined
  if (certPath === undefined || keyPath === undefined)
    throw new UsageError('--tls-cert と --tls-key は両方を指定してください。')
  const [cert, key] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')])
  return { cert, key }
}
