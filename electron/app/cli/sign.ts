import { readFile } from 'node:fs/promises'
import { fileSource } from '../../core/kit/byte-source.ts'
import { systemClock } from '../../core/kit/clock.ts'
import { parseCertificateCached } from '../../core/signing/cms/certificate.ts'
import { displayName } from '../../core/signing/cms/names.ts'
import { openPkcs11 } from '../../core/signing/keys/pkcs11.ts'
import { openPkcs12 } from '../../core/signing/keys/pkcs12.ts'
import type { SigningKey } from '../../core/signing/keys/signing-key.ts'
import { makeAppearance } from '../../core/signing/pdf/appearance.ts'
import { bundledStampFont } from '../../core/signing/pdf/stamp-font.ts'
import { copyBase } from '../../core/signing/pdf/write-update.ts'
import { httpRevocationSource } from '../../core/signing/revocation/http-revocation-source.ts'
import {
  type SignatureLevel,
  type SignToLevelRequest,
  signToLevel,
} from '../../core/signing/sign-to-level.ts'
import { httpTimestampAuthority } from '../../core/signing/timestamp/http-timestamp-authority.ts'
import { type Command, parseCommand, required, UsageError } from './command.ts'
import { readCertificateFiles, refuseSameFile } from './open-files.ts'

const USAGE = `使い方: desk sign 入力.pdf 出力.pdf --p12 ファイル --password パスワード [オプション]
        desk sign 入力.pdf 出力.pdf --pkcs11 モジュール --pin PIN [--token ラベル] [--key-label ラベル] [オプション]

PDFに電子署名（PAdES）を追加します。元のファイルの内容は変えず、末尾に書き足します。

  --p12 F --password P     PKCS#12の鍵ファイルとパスワード
  --pkcs11 M               PKCS#11モジュール（ICカード、HSM）
    --token L --pin PIN --key-label L
  --chain PEM              鍵に含まれない中間証明書など
  --level b|t|lt|lta       署名の段階（指定しなければ b）
  --tsa URL                時刻認証局（t, lt, lta に必要）
  --trust PEM              信頼する証明書（lt, lta で検証情報を集めるとき）
  --field 名前             署名欄の名前（なければ作ります）
  --rect ページ,X,Y,幅,高さ  目に見える署名の位置（ページは1から、単位はポイント、原点は左下）
  --reason 文  --location 文
  --certify 1|2|3          証明用署名（1: 変更不可、2: 入力と署名のみ、3: 注釈も可）
  --json                   結果をJSONで出力`

const OPTIONS = {
  p12: { type: 'string' },
  password: { type: 'string' },
  pkcs11: { type: 'string' },
  token: { type: 'string' },
  pin: { type: 'string' },
  'key-label': { type: 'string' },
  chain: { type: 'string', multiple: true },
  level: { type: 'string', default: 'b' },
  tsa: { type: 'string' },
  trust: { type: 'string', multiple: true },
  field: { type: 'string' },
  rect: { type: 'string' },
  reason: { type: 'string' },
  location: { type: 'string' },
  certify: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parseSign>['values']

function parseSign(args: readonly string[]) {
  return parseCommand(args, { options: OPTIONS, files: [2, 2] })
}

export const signCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseSign(args)
    const [input = '', output = ''] = positionals
    const level = levelOf(values)
    const options = signatureOptions(values)
    await refuseSameFile(input, output)
    const key = await openKey(values)
    const source = fileSource(input)
    try {
      const copy = await copyBase(source, output, key.algorithm.hash)
      try {
        const signed = await signToLevel(source, {
          key,
          clock: systemClock,
          level,
          options: { ...options, ...stampOf(values, key), baseDigest: copy.digest },
          ...(await trustServices(values)),
        })
        await copy.finish(signed.appended)
        io.print(
          values.json
            ? JSON.stringify({ output, field: signed.fieldName, level: signed.level })
            : `署名しました: ${output}（署名欄「${signed.fieldName}」、${signed.level}）`,
        )
        return 0
      } catch (error) {
        await copy.abandon()
        throw error
      }
    } finally {
      source.close()
      key.wipe()
    }
  },
}

function levelOf(values: Values): SignatureLevel {
  const { level, tsa } = values
  if (level !== 'b' && level !== 't' && level !== 'lt' && level !== 'lta')
    throw new UsageError('--level は b、t、lt、lta のいずれかです。')
  if (level !== 'b') required('tsa', tsa)
  return level
}

async function openKey(values: Values): Promise<SigningKey> {
  const chain = await readCertificateFiles(values.chain ?? [])
  if (values.p12 !== undefined && values.pkcs11 === undefined) {
    if (values.password === undefined) throw new UsageError('--password を指定してください。')
    const key = openPkcs12(await readFile(values.p12), values.password)
    return { ...key, chain: [...key.chain, ...chain] }
  }
  if (values.pkcs11 === undefined || values.p12 !== undefined)
    throw new UsageError('--p12 と --pkcs11 のどちらか一つを指定してください。')
  return openPkcs11({
    modulePath: values.pkcs11,
    pin: required('pin', values.pin),
    certificates: chain,
    ...(values.token === undefined ? {} : { tokenLabel: values.token }),
    ...(values['key-label'] === undefined ? {} : { keyLabel: values['key-label'] }),
  })
}

function signatureOptions(values: Values): NonNullable<SignToLevelRequest['options']> {
  const { field, reason, location, certify } = values
  return {
    ...(field === undefined ? {} : { fieldName: field }),
    ...(reason === undefined ? {} : { reason }),
    ...(location === undefined ? {} : { location }),
    ...(certify === undefined ? {} : { certify: certifyOf(certify) }),
    ...placeOf(values.rect),
  }
}

function certifyOf(text: string): 1 | 2 | 3 {
  if (text === '1') return 1
  if (text === '2') return 2
  if (text === '3') return 3
  throw new UsageError('--certify は 1、2、3 のいずれかです。')
}

function placeOf(
  text: string | undefined,
): Pick<NonNullable<SignToLevelRequest['options']>, 'pageIndex' | 'rect'> {
  if (text === undefined) return {}
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [page = 0, left = 0, bottom = 0, width = 0, height = 0] = numbers
  const isPlace =
    numbers.length === 5 && numbers.every(Number.isFinite) && Number.isInteger(page) && page >= 1
  if (!isPlace || width <= 0 || height <= 0)
    throw new UsageError('--rect は「ページ,X,Y,幅,高さ」で指定してください（例: 1,360,60,180,60）。')
  return { pageIndex: page - 1, rect: { left, bottom, right: left + width, top: bottom + height } }
}

/** A visible signature shows the signer's name and the claimed time; the certificate is what counts. */
function stampOf(
  values: Values,
  key: SigningKey,
): Pick<NonNullable<SignToLevelRequest['options']>, 'appearance'> {
  if (values.rect === undefined) return {}
  const name = displayName(parseCertificateCached(key.certificate).subject)
  const time = new Date(systemClock.now()).toLocaleString('ja-JP', { timeZone: 'Asia/Tokyo' })
  return { appearance: makeAppearance({ lines: [name, time], hasFrame: true }, bundledStampFont()) }
}

async function trustServices(
  values: Values,
): Promise<Pick<SignToLevelRequest, 'timestampAuthority' | 'validation'>> {
  if (values.tsa === undefined) return {}
  return {
    timestampAuthority: httpTimestampAuthority({ url: values.tsa }),
    validation: await validationSources(values.trust),
  }
}

/** Where validation data comes from: the addresses inside the certificates, up to the given anchors. */
export async function validationSources(
  trust: readonly string[] = [],
): Promise<Exclude<SignToLevelRequest['validation'], undefined>> {
  const source = httpRevocationSource()
  return {
    revocation: source,
    issuers: source,
    anchors: await readCertificateFiles(trust),
    clock: systemClock,
  }
}
