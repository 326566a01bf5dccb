import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sampleFontPath } from '../../../electron/app/samples/sample-font.ts'
import { verifyVersion } from '../../../electron/app/verification/verify-version.ts'
import { makeSampleContract } from '../../../electron/core/pages/sample-contract.ts'
import type { CaseId, VersionId } from '../../../shared/model/brand.ts'
import { consentTo, openLink } from '../../support/contractor-robot.ts'
import { openTestOffice, type TestOffice, untilIdle } from '../../support/office.ts'
import { must } from '../../support/office-process.ts'
import {
  CONTRACTOR,
  contractor,
  readCase,
  sendCase,
  signAsTown,
  TITLE,
  town,
  untilWaitingFor,
  versionsOf,
} from '../../support/test-case.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 })

const CODE = 'SecretCode7391'
/** A sentence of the contract in plain ASCII: it would stand as it is in an uncompressed stream. */
const LATIN_TEXT = 'PLAINTEXT-OF-THE-CONTRACT'

let office: TestOffice
let caseId: CaseId
const links: string[] = []

beforeAll(async () => {
  office = await openTestOffice()
  const bytes = await makeSampleContract({
    fontPath: sampleFontPath(),
    text: {
      title: '工事請負契約書',
      subject: LATIN_TEXT,
      rows: [['工事名', TITLE]],
      intro: '発注者と受注者は、次のとおり契約する。',
      articles: [['総則', LATIN_TEXT]],
    },
    dateText: '令和８年１１月２２日',
    signatureBlocks: [['受注者　株式会社髙橋組']],
    objectStreams: false,
  })
  caseId = await sendCase(office, {
    signers: [contractor({ accessCode: CODE }), town()],
    documents: [{ title: '工事請負契約書', role: 'sign', bytes }],
  })
  links.push(await office.post.linkFor(CONTRACTOR))
  await untilWaitingFor(office, caseId, 'counterparty')
})
afterAll(() => office.close())

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

function spellings(text: string): readonly Buffer[] {
  const little = Buffer.from(text, 'utf16le')
  return [Buffer.from(text, 'utf8'), little, Buffer.from(little).swap16()]
}

/** Files that hold one of the texts in UTF-8 or UTF-16, with the text. */
async function leaks(texts: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const path of await filesBelow(office.dataDir)) {
    const bytes = await readFile(path)
    for (const text of texts)
      if (spellings(text).some((spelling) => bytes.includes(spelling))) found.push(`${text} in ${path}`)
  }
  return found
}

/** Everything the database holds, read through its key. */
function databaseText(): string {
  const { db } = office.running().office.archive
  const tables = db.allSql<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_index%'",
  )
  return tables
    .flatMap(({ name }) => db.allSql<Record<string, unknown>>(`SELECT * FROM "${name}"`))
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
    .join('\n')
}

const secretsOf = (link: string) => [new URL(link).hash.slice(1), new URL(link).hash.slice(1, 30)]

describe('on the disk', () => {
  const TEXTS = ['髙橋', '株式会社髙橋組', TITLE, '側溝', CONTRACTOR, LATIN_TEXT, CODE, '扶桑 一郎', '%PDF-']

  test('neither the archive nor the portal shows a name, a title or a text, before and after the contract', async () => {
    expect((await filesBelow(office.dataDir)).some((path) => path.includes('portal'))).toBe(true)
    expect(await leaks(TEXTS)).toEqual([])
    const [link = ''] = links
    await consentTo(link, { accessCode: CODE })
    await untilWaitingFor(office, caseId, 'town-signature')
    await signAsTown(office, caseId)
    await untilWaitingFor(office, caseId, 'nothing')
    links.push(await office.post.linkFor(CONTRACTOR, 1))
    await untilIdle(office)
    expect(await leaks([...TEXTS, ...links.flatMap(secretsOf)])).toEqual([])
    await office.restart()
    expect(await leaks([...TEXTS, ...links.flatMap(secretsOf)])).toEqual([])
  })

  test('the search for leaks finds what is there: it would see a planted name', async () => {
    const path = join(office.dataDir, 'planted')
    for (const bytes of spellings('株式会社髙橋組')) {
      await writeFile(path, bytes)
      expect(await leaks(['株式会社髙橋組'])).toHaveLength(1)
    }
    await rm(path)
  })
})

describe('a sent link', () => {
  test('is nowhere in the office any more: not in the database, the log, or an answer of the bridge', async () => {
    await untilIdle(office)
    const secrets = links.flatMap(secretsOf)
    const text = databaseText()
    expect(text).toContain(TITLE)
    const { client } = office.clerk
    const answers = JSON.stringify([
      await client.cases.read({ caseId }),
      await client.cases.events({ caseId }),
      await client.cases.history({ caseId }),
      await client.mails.list({ caseId }),
      await client.audit.list({}),
    ])
    const log = office.logLines.join('\n')
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20)
      expect([text.includes(secret), answers.includes(secret), log.includes(secret)]).toEqual([
        false,
        false,
        false,
      ])
    }
    for (const [name, where] of [
      ['answers', answers],
      ['log', log],
    ] as const)
      expect(`${name} ${where.includes(CODE)}`).toBe(`${name} false`)
  })

  test('the technical log names no person, no address and no title', () => {
    const log = office.logLines.join('\n')
    expect(log).toContain('mail.sent')
    for (const text of ['髙橋', TITLE, CONTRACTOR, '扶桑 一郎', '田中']) expect(log).not.toContain(text)
  })
})

describe('every signature', () => {
  test('says in its own bytes who signed, the mail address and when (L3); the counterparty needed no account (L5)', async () => {
    const view = await readCase(office, caseId)
    const [document] = view.documents.filter(({ role }) => role === 'sign')
    const { report } = must(
      await office.clerk.client.verification.document({ documentId: document?.id ?? '' }),
    )
    const claims = report.signatures.filter(({ kind }) => kind === 'signature').map((one) => one.claims)
    expect(claims.map(({ name }) => name)).toEqual(['髙橋 太郎', '扶桑 一郎'])
    const reasons = claims.map(({ reason }) => reason ?? '')
    expect(reasons[0]).toContain(CONTRACTOR)
    for (const reason of reasons) expect(reason).toMatch(/2026|令和/)
    const { users } = must(await office.clerk.client.users.list({}))
    expect(users.map(({ loginName }) => loginName).sort()).toEqual(['suzuki', 'tanaka'])
  })

  test('of the counterparty stands on a stored consent: who, when, and the digest of what was shown (L2)', async () => {
    const { signers, documents } = await readCase(office, caseId)
    const [document] = documents.filter(({ role }) => role === 'sign')
    const shown = document?.versions.find(({ reason }) => reason === 'fields')
    expect(signers[0]?.consent).toMatchObject({
      consentedAt: expect.any(Number),
      statement: expect.stringContaining('同意'),
      documents: [{ sha256: shown?.sha256 }],
      ipAddress: expect.stringContaining('127.0.0.1'),
    })
    expect((await versionsOf(office, document as never)).map(({ reason }) => reason)).toEqual([
      'import',
      'fields',
      'signature',
      'signature',
      'archive-timestamp',
    ])
  })

  test('tells whether its timestamp comes from an accredited service (L10)', async () => {
    const { documents } = await readCase(office, caseId)
    const [document] = documents.filter(({ role }) => role === 'sign')
    const [first, second] = document?.versions.filter(({ reason }) => reason === 'signature') ?? []
    const { office: parts } = office.running()
    const accreditedIn = async (versionId: VersionId | undefined, isAccreditedTsa: () => boolean) => {
      if (document === undefined || versionId === undefined) throw new Error('Not signed')
      const services = { ...parts.services, isAccreditedTsa }
      const { report } = await verifyVersion({ ...parts, services }, { documentId: document.id, versionId })
      return report.signatures.map(({ timestamp }) => timestamp?.accredited)
    }
    expect(new Set(await accreditedIn(first?.id, () => true))).toEqual(new Set([true]))
    expect(new Set(await accreditedIn(second?.id, () => false))).toEqual(new Set([false]))
  })

  test('is downloadable for 14 days, then the link says it is over; the clerk issues a new one', async () => {
    const [, download = ''] = links
    await openLink(download, { accessCode: CODE })
    await office.passTime(15 * 24 * 60 * 60_000)
    await expect(openLink(download, { accessCode: CODE })).rejects.toMatchObject({ code: 'LINK_EXPIRED' })
    must(await office.clerk.client.sending.reissueDownload({ caseId }))
    const again = await office.post.linkFor(CONTRACTOR, 2)
    const robot = await openLink(again, { accessCode: CODE, now: office.clock.now })
    expect((await robot.read()).size).toBe(2)
    const { events } = must(await office.clerk.client.cases.events({ caseId }))
    expect(events.map(({ action }) => action)).toContain('download.reissued')
  })
})
