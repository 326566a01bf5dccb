/** A town's signing material on disk and trust services on loopback, for tests of the command line. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { systemClock } from '../../electron/core/kit/clock.ts'
import { makePkcs12 } from '../../electron/core/signing/keys/make-pkcs12.ts'
import {
  type LocalTrustServices,
  startLocalTrustServices,
} from '../../electron/core/signing/local/local-trust-server.ts'
import {
  createTestAuthority,
  issueTestSigner,
  type TestAuthority,
} from '../../electron/core/signing/local/test-authority.ts'

export type SigningDesk = {
  readonly folder: string
  readonly path: (name: string) => string
  readonly authority: TestAuthority
  readonly trust: LocalTrustServices
  readonly password: string
  readonly close: () => Promise<void>
}

const YEAR_MS = 365.25 * 24 * 3600 * 1000

/** Leaves town.p12, expired.p12, chain.pem, root.pem and contract.pdf (one page) in a temporary folder. */
export async function openSigningDesk(): Promise<SigningDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'desk-'))
  const path = (name: string) => join(folder, name)
  const port = await freePort()
  const nowMs = Date.now()
  const authority = await createTestAuthority({ nowMs, baseUrl: `http://127.0.0.1:${port}` })
  const trust = await startLocalTrustServices({ authority, clock: systemClock, port })
  const password = '合い言葉 p@ss'
  const { town, intermediate, root } = authority
  const expired = await issueTestSigner(authority, {
    commonName: '期限切れ',
    notBeforeMs: nowMs - 2 * YEAR_MS,
    notAfterMs: nowMs - YEAR_MS,
  })
  const chain = [intermediate.certificate, root.certificate]
  await writeFile(
    path('town.p12'),
    makePkcs12(
      { privateKey: town.privateKey, certificates: [town.certificate, ...chain], friendlyName: 'town' },
      password,
    ),
  )
  await writeFile(
    path('expired.p12'),
    makePkcs12(
      { privateKey: expired.privateKey, certificates: [expired.certificate], friendlyName: 'x' },
      password,
    ),
  )
  await writeFile(path('chain.pem'), pem([intermediate.certificate]))
  await writeFile(path('root.pem'), pem([root.certificate]))
  await writeFile(path('contract.pdf'), await contract())
  return {
    folder,
    path,
    authority,
    trust,
    password,
    close: async () => {
      await trust.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function contract(): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage([595, 842]).drawText('Contract')
  return document.save()
}

export function pem(certificates: readonly Uint8Array[]): string {
  return certificates
    .map((der) => {
      const lines =
        Buffer.from(der)
          .toString('base64')
          .match(/.{1,64}/g) ?? []
      return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
    })
    .join('')
}

/** The certificates name their services by address, so the port must be known before they are issued. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
