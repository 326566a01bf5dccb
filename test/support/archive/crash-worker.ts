/**
 * A process that works on an archive until it is killed: `node crash-worker.ts FOLDER MODE TARGET`.
 * Every line on stdout is an acknowledgement: what it names must survive the kill.
 */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { backUp } from '../../../electron/core/archive/backup.ts'
import { ArchiveError } from '../../../electron/core/archive/errors.ts'
import {
  type Archive,
  archiveExists,
  createArchive,
  openArchive,
} from '../../../electron/core/archive/open.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument, writeDocumentText } from '../../../electron/core/archive/tables/documents.ts'
import { queueMail } from '../../../electron/core/archive/tables/mails.ts'
import { writeSetting } from '../../../electron/core/archive/tables/settings.ts'
import { appendLogEntry } from '../../../electron/core/audit/log.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { backToSchema } from './old-schema.ts'
import { CLERK_KEY, caseFields } from './temporary-archive.ts'

const [folder = '', mode = '', target = ''] = process.argv.slice(2)
const options = { folder, clock: systemClock }

function acknowledge(line: string): void {
  writeSync(1, `${line}\n`)
}

async function importOne(archive: Archive, number: number): Promise<void> {
  const file = await archive.vault.put(randomBytes(20_000 + ((number * 7919) % 400_000)))
  const change = { userId: null, who: 'import', at: systemClock.now(), why: '' }
  const caseId = archive.transaction((db) => {
    const id = insertCase(db, caseFields({ title: `取込 ${number} 件目` }), change)
    const document = insertDocument(
      db,
      {
        caseId: id,
        title: '契約書',
        fileName: 'a.pdf',
        role: 'sign',
        pages: 1,
        preflight: null,
        file,
        reason: 'import',
      },
      change,
    )
    writeDocumentText(db, document.id, [`本文 ${number} 橋梁補修工事 受注者は工程表を提出する。`.repeat(20)])
    queueMail(
      db,
      {
        caseId: id,
        signerId: null,
        linkId: null,
        kind: 'test',
        to: 'a@example.jp',
        toName: '',
        subject: String(number),
        body: 'b',
        messageId: `${number}@example.jp`,
      },
      systemClock.now(),
    )
    appendLogEntry(db, {
      at: systemClock.now(),
      actorId: null,
      actor: 'import',
      action: 'case.imported',
      caseId: id,
      caseTitle: '',
      data: { number },
    })
    return id
  })
  acknowledge(`case ${caseId}`)
}

/** Back to the schema before 0002, then open again: the migration runs on a populated archive. */
async function migrateAgain(open: Archive): Promise<Archive> {
  await open.indexSettled()
  const connection = open.connection()
  connection.transaction(() => backToSchema(connection.raw, 1))
  open.close()
  return await openArchive(options, CLERK_KEY)
}

/** Says which code a failure has, and whether the archive goes on writing afterwards: a failed disk must stop it. */
function tellFailure(archive: Archive | undefined, error: unknown): void {
  acknowledge(`failed ${describe(error)}`)
  if (archive?.connection().raw.open !== true) return
  try {
    archive.transaction((db) => {
      const change = { userId: null, who: 'test', at: systemClock.now(), why: '' }
      writeSetting(db, 'probe', { at: change.at }, change)
    })
    acknowledge('next went-on')
  } catch (second) {
    acknowledge(`next ${describe(second)}`)
  }
}

function describe(error: unknown): string {
  if (error instanceof ArchiveError) return `${error.code} ${String(error.data.reason ?? '')}`
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no-code'
  return `${code} ${error instanceof Error ? error.stack?.replaceAll('\n', ' ') : String(error)}`
}

async function workUntilKilled(): Promise<void> {
  let archive: Archive | undefined
  try {
    archive = archiveExists(folder)
      ? await openArchive(options, CLERK_KEY)
      : await createArchive(options, CLERK_KEY)
    acknowledge('open')
    for (let number = 0; ; number += 1) archive = await work(archive, number)
  } catch (error) {
    tellFailure(archive, error)
    archive?.close()
    process.exitCode = 3
  }
}

async function work(archive: Archive, number: number): Promise<Archive> {
  if (mode === 'import') await importOne(archive, number)
  else if (mode === 'index') await archive.rebuildIndex()
  else if (mode === 'rotate') await archive.rotateMasterKey()
  else if (mode === 'migrate') return migrateAgain(archive)
  else if (mode === 'backup') {
    const now = systemClock.now()
    const { generation } = await backUp(archive, { target, now, keepDaily: 3, keepMonthly: 0 })
    acknowledge(`backup ${generation}`)
  } else if (mode === 'hold') await new Promise((resolve) => setTimeout(resolve, 60_000))
  else throw new Error(`Unknown mode ${mode}`)
  return archive
}

await workUntilKilled()
