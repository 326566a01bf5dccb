import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IssuedCertificate } from '../../electron/core/signing/local/issue-certificate.ts'
import { hasJudge } from './outside-judges.ts'

const PLACES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
]

/** Path of SoftHSM's module, or undefined where it or pkcs11js is not installed. */
export const SOFTHSM_MODULE: string | undefined = findModule()

function findModule(): string | undefined {
  try {
    createRequire(import.meta.url).resolve('pkcs11js')
  } catch (error) {
    console.warn(`pkcs11js is not installed, tests with tokens are skipped: ${String(error)}`)
    return undefined
  }
  return hasJudge('softhsm2-util') ? PLACES.find((path) => existsSync(path)) : undefined
}

export type SoftToken = {
  readonly modulePath: string
  readonly label: string
  readonly pin: string
  /** Takes the token out of its reader, and puts it back. */
  readonly eject: () => void
  readonly insert: () => void
  readonly remove: () => void
}

export type TokenContent = {
  readonly label: string
  /** CKA_ID, hex. */
  readonly id: string
  readonly issued: IssuedCertificate
  /** False leaves the certificate off the token. */
  readonly withCertificate?: boolean
}

/** Stores an object with pkcs11js in a process of its own: arguments are module, PIN and JSON of certificates. */
const STORE_SCRIPT = `
const { PKCS11, ...k } = require('pkcs11js')
const [modulePath, pin, json] = process.argv.slice(1)
const p = new PKCS11(); p.load(modulePath); p.C_Initialize()
const slot = p.C_GetSlotList(true).find((s) => p.C_GetTokenInfo(s).label.trim() !== '')
const session = p.C_OpenSession(slot, k.CKF_SERIAL_SESSION | k.CKF_RW_SESSION)
p.C_Login(session, k.CKU_USER, pin)
for (const { label, id, der, subject } of JSON.parse(json))
  p.C_CreateObject(session, [
    { type: k.CKA_CLASS, value: k.CKO_CERTIFICATE }, { type: k.CKA_CERTIFICATE_TYPE, value: k.CKC_X_509 },
    { type: k.CKA_TOKEN, value: true }, { type: k.CKA_LABEL, value: label },
    { type: k.CKA_ID, value: Buffer.from(id, 'hex') }, { type: k.CKA_SUBJECT, value: Buffer.from(subject, 'hex') },
    { type: k.CKA_VALUE, value: Buffer.from(der, 'hex') },
  ])
p.C_Finalize()
`

/**
 * Makes a SoftHSM token of its own in a temporary folder and points this process to it.
 * Call before anything loads the module in this process.
 */
export function makeSoftToken(
  contents: readonly TokenContent[],
  issuers: readonly Uint8Array[] = [],
  pin = '1234',
): SoftToken {
  const modulePath = SOFTHSM_MODULE
  if (modulePath === undefined) throw new Error('SoftHSM is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'soft-token-'))
  mkdirSync(join(folder, 'tokens'))
  const configuration = join(folder, 'softhsm2.conf')
  writeFileSync(
    configuration,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  process.env.SOFTHSM2_CONF = configuration
  const label = 'keiyaku'
  const util = (...args: string[]) => execFileSync('softhsm2-util', args, { stdio: 'pipe' })
  util('--init-token', '--free', '--label', label, '--so-pin', '5678', '--pin', pin)
  for (const { issued, label: keyLabel, id } of contents) {
    const path = join(folder, 'key.pem')
    writeFileSync(path, issued.privateKey.export({ format: 'pem', type: 'pkcs8' }))
    util('--import', path, '--token', label, '--label', keyLabel, '--id', id, '--pin', pin)
    rmSync(path)
  }
  const hex = (der: Uint8Array) => Buffer.from(der).toString('hex')
  const certificates = [
    ...contents
      .filter((entry) => entry.withCertificate !== false)
      .map((entry) => ({
        label: entry.label,
        id: entry.id,
        der: hex(entry.issued.certificate),
        subject: '3000',
      })),
    ...issuers.map((der, index) => ({
      label: `issuer ${index}`,
      id: `ee0${index}`,
      der: hex(der),
      subject: '3000',
    })),
  ]
  execFileSync(process.execPath, ['-e', STORE_SCRIPT, modulePath, pin, JSON.stringify(certificates)], {
    stdio: 'pipe',
  })
  return {
    modulePath,
    label,
    pin,
    eject: () => {
      renameSync(join(folder, 'tokens'), join(folder, 'ejected'))
      mkdirSync(join(folder, 'tokens'))
    },
    insert: () => {
      rmdirSync(join(folder, 'tokens'))
      renameSync(join(folder, 'ejected'), join(folder, 'tokens'))
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
