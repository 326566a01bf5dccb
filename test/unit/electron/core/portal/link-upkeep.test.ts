import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../../../electron/core/kit/clock.ts'
import { silentLogger } from '../../../../../electron/core/kit/logger.ts'
import { type EventLog, openEventLog } from '../../../../../electron/core/portal/event-log.ts'
import { openLinkFiles } from '../../../../../electron/core/portal/link-files.ts'
import { createLinks, type Links } from '../../../../../electron/core/portal/links.ts'
import type { DocumentId } from '../../../../../shared/model/brand.ts'
import { deriveLinkKeys } from '../../../../../shared/portal-api/keys.ts'
import { toBase64Url } from '../../../../../shared/portal-api/platform.ts'
import { makeTestPackage, type TestPackage } from '../../../../support/portal-package.ts'

const visitor = { ipAddress: '192.0.2.1', userAgent: 'ブラウザー' }

let folder: string
let events: EventLog
let made: TestPackage
let logged: string[]
let isStuck: boolean
const filesOf = () => readdir(join(folder, 'links', made.link.linkId))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keiyaku-links-'))
  events = await openEventLog(join(folder, 'events'))
  made = await makeTestPackage()
  logged = []
  isStuck = false
})
afterEach(async () => {
  await events.close()
  await rm(folder, { recursive: true })
})

/** Links whose ciphertext cannot be deleted while `isStuck`. */
async function openLinks(): Promise<Links> {
  const files = await openLinkFiles(folder)
  const deleteCiphertext: typeof files.deleteCiphertext = (linkId) =>
    isStuck ? Promise.reject(new Error('EBUSY')) : files.deleteCiphertext(linkId)
  const logger = { ...silentLogger, error: (event: string) => void logged.push(event) }
  return createLinks({ ...files, deleteCiphertext }, events, systemClock, logger)
}

async function publish(links: Links): Promise<void> {
  const { linkId } = made.link
  await links.register(made.sealed.record)
  const documentId = 'doc1' as DocumentId
  await links.putChunk({ linkId, documentId, index: 0 }, await made.sealedChunk(documentId, 0))
  await links.publish(linkId)
}

async function answer(links: Links): Promise<void> {
  const { readToken } = await deriveLinkKeys(made.link, '')
  await links.answer(made.link.linkId, new Uint8Array(200), toBase64Url(readToken), visitor)
}

it('takes an answer though the ciphertext cannot be deleted, and deletes it at the next sweep', async () => {
  const links = await openLinks()
  await publish(links)
  isStuck = true
  await answer(links)
  expect(events.waiting().map(({ kind }) => kind)).toEqual(['response'])
  expect(logged).toEqual(['portal.ciphertext-kept'])
  await links.sweep()
  expect(await filesOf()).toHaveLength(3)
  isStuck = false
  await links.sweep()
  expect(await filesOf()).toEqual(['link.json'])
})

it('starts though the ciphertext of a dead link cannot be deleted, and deletes it at the next sweep', async () => {
  const before = await openLinks()
  await publish(before)
  isStuck = true
  await before.close(made.link.linkId, 'revoked')
  const links = await openLinks()
  expect(await filesOf()).toHaveLength(3)
  isStuck = false
  await links.sweep()
  expect(await filesOf()).toEqual(['link.json'])
})

it('never deletes the ciphertext of a link that came back under the same name', async () => {
  const links = await openLinks()
  await publish(links)
  isStuck = true
  await links.close(made.link.linkId, 'revoked')
  await links.remove(made.link.linkId)
  isStuck = false
  await publish(links)
  await links.sweep()
  expect(await filesOf()).toHaveLength(3)
})
