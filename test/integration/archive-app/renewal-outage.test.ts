/** L24 while the TSA cannot be had: a thousand files that are due hold up neither the other chores nor the end of the program. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../../electron/core/archive/tables/documents.ts'
import { writeEvidence } from '../../../electron/core/archive/tables/evidence.ts'
import { EpochMs } from '../../../shared/model/brand.ts'
import { caseFields } from '../../support/archive/temporary-archive.ts'
import { type ArchiveOffice, startArchiveOffice } from '../../support/archive-office.ts'
import { townSigned } from '../../support/kept-contract.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

const DAY_MS = 24 * 60 * 60_000
const FILES = 8

let office: ArchiveOffice
let asked: number
/** Holds every answer back until it is called. */
let fail: () => void
beforeEach(async () => {
  office = await startArchiveOffice()
  const bytes = await townSigned(office, plainPdf(3000, 'x'))
  for (let index = 0; index < FILES; index += 1) await keep(bytes, `契約${index}`)
  // Revocation data of after the signatures is there.
  office.clock.advance(3 * DAY_MS)
  asked = 0
  const failed = new Promise<void>((resolve) => {
    fail = resolve
  })
  Object.assign(office.office.services, {
    timestampAuthority: () => ({
      name: 'TSA',
      stamp: async () => {
        asked += 1
        await failed
        throw new Error('The TSA does not answer')
      },
    }),
  })
})
afterEach(() => office.close())

async function keep(bytes: Uint8Array, title: string): Promise<void> {
  const { archive, clock } = office
  const file = await archive.vault.put(bytes)
  archive.transaction((db) => {
    const change = office.change()
    const caseId = insertCase(db, caseFields({ title, retentionYears: 30 }), change, { state: 'concluded' })
    const about = { title, fileName: 'a.pdf', role: 'sign', pages: 1, preflight: null } as const
    const document = insertDocument(db, { caseId, ...about, file, reason: 'signature' }, change)
    const until = EpochMs.parse(clock.now() + 30 * DAY_MS)
    writeEvidence(db, document.current.id, { level: 'B-T', until })
  })
}

const pass = () => office.running.chores.runNow()

test('five failures in a row are enough for an hour; then the list goes on with the others', async () => {
  fail()
  await pass()
  expect(asked).toBe(5)
  await pass()
  expect(asked).toBe(5)
  office.clock.advance(61 * 60_000)
  await pass()
  expect(asked).toBe(FILES)
})

test('the program ends after the file it is at', async () => {
  const running = pass()
  await expect.poll(() => asked).toBe(1)
  const closed = office.running.close()
  fail()
  await Promise.all([running, closed])
  expect(asked).toBe(1)
})
