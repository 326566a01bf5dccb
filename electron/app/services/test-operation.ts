/**
 * The embedded parts that make the program work from the first start, all marked テスト用: test authority with TSA and
 * revocation, a mail sink, and the portal as a child process on loopback. Each is replaced in 設定.
 */

import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { Archive } from '../../core/archive/open.ts'
import { readSecret, readSetting, writeSecret, writeSetting } from '../../core/archive/tables/settings.ts'
import type { Clock } from '../../core/kit/clock.ts'
import { newSecret } from '../../core/kit/ids.ts'
import type { Logger } from '../../core/kit/logger.ts'
import { type ReceivedMail, startMailSink } from '../../core/mail/mail-sink.ts'
import type { SigningKey } from '../../core/signing/keys/signing-key.ts'
import {
  type LocalTrustServices,
  startLocalTrustServices,
} from '../../core/signing/local/local-trust-server.ts'
import {
  createTestAuthority,
  exportTestAuthority,
  importTestAuthority,
  type TestAuthority,
  testSigningKey,
  withNewTimestamping,
} from '../../core/signing/local/test-authority.ts'
import { CodedFailure } from '../jobs/failure-codes.ts'
import { changeBySystem } from '../record.ts'
import type { KeySlot } from './key-slot.ts'
import { type PortalLauncher, superviseChild } from './portal-process.ts'

export type InboxMail = {
  readonly id: string
  readonly receivedAt: EpochMs
  readonly to: string
  readonly subject: string
  readonly text: string
}

export type TestOperation = {
  readonly anchors: () => readonly Uint8Array[]
  readonly signingKey: (slot: KeySlot) => SigningKey
  readonly trust: () => LocalTrustServices
  /** Leads addresses inside the test certificates to where the local services listen now. */
  readonly redirect: (url: string) => string
  readonly mailPort: () => number
  /** Mails the sink took since the archive was opened and before, newest last. */
  readonly inbox: () => readonly InboxMail[]
  /** @throws CodedFailure PORTAL_UNREACHABLE while the child process is not up */
  readonly portal: () => { readonly url: string; readonly officeToken: string }
  /** Gives the embedded TSA a new certificate when its own nears its end. */
  readonly renewTimestamping: () => Promise<void>
  readonly close: () => Promise<void>
}

/** `timestamps`: no mail sink and no portal, for a program that sends nothing. */
export type TestParts = 'all' | 'timestamps'

export type TestOperationOptions = {
  readonly parts: TestParts
  readonly archive: Archive
  readonly clock: Clock
  readonly logger: Logger
  readonly townName: string
  /** As in `RuntimeOptions`. */
  readonly quickKeys?: boolean | undefined
  readonly launchPortal: PortalLauncher
  /** Called with the raw bytes of every mail the sink takes (demo, tests). */
  readonly onMail?: ((mail: ReceivedMail) => void) | undefined
}

const Ports = z.object({ portal: z.number().int() })
const Inbox = z.array(
  z.object({ id: z.string(), receivedAt: z.number(), to: z.string(), subject: z.string(), text: z.string() }),
)
const INBOX_LIMIT = 200
/** A new TSA certificate so long before the old one ends: files stamped with the new one outlive the next renewal. */
const TIMESTAMPING_LEAD_MS = 5 * 365 * 24 * 3600_000
const TRUST_BASE_URL = 'http://127.0.0.1:8318'

export async function startTestOperation(options: TestOperationOptions): Promise<TestOperation> {
  const { clock } = options
  let authority = await loadAuthority(options)
  const trust = await startLocalTrustServices({ authority: () => authority, clock, port: 0 })
  const sending = options.parts === 'all' ? await startSending(options) : undefined
  const trustOrigin = new URL(trust.tsaUrl).origin
  return {
    anchors: () => [authority.root.certificate],
    signingKey: (slot) => testSigningKey(authority, authority[slot]),
    trust: () => trust,
    redirect: (url) =>
      url.startsWith(`${TRUST_BASE_URL}/`) ? trustOrigin + url.slice(TRUST_BASE_URL.length) : url,
    mailPort: () => {
      if (sending === undefined) throw new CodedFailure('SMTP_UNREACHABLE', {})
      return sending.mailPort
    },
    inbox: () => readInbox(options),
    portal: () => {
      const portal = sending?.portal()
      if (portal === undefined) throw new CodedFailure('PORTAL_UNREACHABLE', {})
      return portal
    },
    renewTimestamping: async () => {
      if (endOf(authority.timestamping.certificate) - clock.now() > TIMESTAMPING_LEAD_MS) return
      authority = await withNewTimestamping(authority, clock.now())
      storeAuthority(options, authority)
    },
    close: async () => {
      await sending?.close()
      await trust.close()
    },
  }
}

type Sending = {
  readonly mailPort: number
  readonly portal: () => { readonly url: string; readonly officeToken: string } | undefined
  readonly close: () => Promise<void>
}

/** Mail sink and portal. */
async function startSending(options: TestOperationOptions): Promise<Sending> {
  const sink = await startMailSink({ port: 0, onMail: (mail) => keepMail(options, mail) })
  const officeToken = loadToken(options)
  const port = await loadPortalPort(options)
  const portal = superviseChild(
    () => options.launchPortal({ dataDir: join(options.archive.folder, 'portal'), port, officeToken }),
    options.logger,
  )
  return {
    mailPort: sink.port,
    portal: () => {
      const running = portal.current()
      return running === undefined ? undefined : { url: running.url, officeToken }
    },
    close: async () => {
      await portal.stop()
      await sink.close()
    },
  }
}

async function loadAuthority(options: TestOperationOptions): Promise<TestAuthority> {
  const { archive, clock, townName, quickKeys } = options
  const stored = readSecret(archive.db, 'test-authority')
  if (stored !== undefined) return importTestAuthority(stored)
  const authority = await createTestAuthority({
    nowMs: clock.now(),
    baseUrl: TRUST_BASE_URL,
    townName,
    ...(quickKeys === true ? { signerKey: 'p-256' } : {}),
  })
  storeAuthority(options, authority)
  return authority
}

function storeAuthority({ archive, clock }: TestOperationOptions, authority: TestAuthority): void {
  archive.transaction((db) => writeSecret(db, 'test-authority', exportTestAuthority(authority), clock.now()))
}

function endOf(certificate: Uint8Array): number {
  return new X509Certificate(certificate).validToDate.getTime()
}

function loadToken({ archive, clock }: TestOperationOptions): string {
  const stored = readSecret(archive.db, 'built-in-portal-token')
  if (stored !== undefined) return Buffer.from(stored).toString('utf8')
  const token = newSecret()
  archive.transaction((db) => writeSecret(db, 'built-in-portal-token', Buffer.from(token), clock.now()))
  return token
}

/** The port stays the same over restarts, because mailed links name it. */
async function loadPortalPort({ archive, clock }: TestOperationOptions): Promise<number> {
  const stored = readSetting(archive.db, 'test-ports', Ports)
  if (stored !== undefined) return stored.portal
  const portal = await freePort()
  archive.transaction((db) => writeSetting(db, 'test-ports', { portal }, changeBySystem(clock.now())))
  return portal
}

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

/** Kept in the encrypted database before the sink says 250; a second delivery of one Message-ID is one mail. */
function keepMail(options: TestOperationOptions, mail: ReceivedMail): void {
  const { archive, clock } = options
  const known = readInbox(options)
  if (!known.some((entry) => entry.id === mail.messageId)) {
    const entry: InboxMail = {
      id: mail.messageId,
      receivedAt: clock.now(),
      to: mail.envelopeTo.join(', '),
      subject: mail.subject,
      text: mail.text,
    }
    const kept = [...known, entry].slice(-INBOX_LIMIT)
    archive.transaction((db) => writeSecret(db, 'test-inbox', Buffer.from(JSON.stringify(kept)), clock.now()))
  }
  options.onMail?.(mail)
}

function readInbox({ archive }: TestOperationOptions): readonly InboxMail[] {
  const stored = readSecret(archive.db, 'test-inbox')
  if (stored === undefined) return []
  return Inbox.parse(JSON.parse(Buffer.from(stored).toString('utf8'))).map((mail) => ({
    ...mail,
    receivedAt: mail.receivedAt as EpochMs,
  }))
}
