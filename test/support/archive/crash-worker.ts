/**
 * A process that works on an archive until it is killed: `node crash-worker.ts FOLDER MODE TARGET`.
 * Every line on stdout is an acknowledgement: what it names must survive the kill.
 */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { backUp } from '../../../electron/core/archive/backup.ts'
import {
  type Archive,
  archiveExists,
  createArchive,
  openArchive,
} from '../../../electron/core/archive/open.ts'
import { insertCase } from '../../../electron/core/archive/tables/cases.ts'
import { insertDocument, writeDocumentText } from '../../../electron/core/archive/tables/documents.ts'
import { queueMail } from '../../../electron/core/archive/tables/mails.ts'
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
  backToSchema(open.connection().raw, 1)
  open.close()
  return await openArchive(options, CLERK_KEY)
}

let archive = archiveExists(folder)
  ? await openArchive(options, CLERK_KEY)
  : await createArchive(options, CLERK_KEY)
acknowledge('open')
for (let number = 0; ; number += 1) {
  if (mode === 'import') await importOne(archive, number)
  else if (mode === 'index') await archive.rebuildIndex()
  else if (mode === 'rotate') await archive.rotateMasterKey()
  else if (mode === 'migrate') archive = await migrateAgain(archive)
  else if (mode === 'backup') {
    const { generation } = await backUp(archive, {
      target,
      now: systemClock.now(),
      keepDaily: 3,
      keepMonthly: 0,
    })
    acknowledge(`backup ${generation}`)
  } else if (mode === 'hold') await new Promise((resolve) => setTimeout(resolve, 60_000))
  else throw new Error(`Unknown mode ${mode}`)
}
