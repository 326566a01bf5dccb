/** Looks at the archive of a real office between two processes: whole, and nothing gone that was told to somebody. */
import { checkArchive } from '../../../electron/core/archive/check-archive.ts'
import { loginLabel } from '../../../electron/core/archive/keyslots.ts'
import { type Archive, openArchive } from '../../../electron/core/archive/open.ts'
import { checkLog } from '../../../electron/core/audit/log.ts'
import { systemClock } from '../../../electron/core/kit/clock.ts'
import { deskWith } from '../command-line.ts'
import type { ToldCase } from '../kill-drive.ts'
import { PASSWORD } from '../office.ts'

/** Each state of the main job and how far it is. */
const WAY: readonly string[] = ['draft', 'approval', 'approved', 'signing', 'concluded']

export async function withOfficeArchive<T>(dataDir: string, look: (archive: Archive) => T): Promise<T> {
  const key = { label: loginLabel('tanaka'), secret: { kind: 'password', password: PASSWORD } } as const
  const archive = await openArchive({ folder: dataDir, clock: systemClock }, key)
  try {
    const { problems } = await checkArchive(archive, { checkLog })
    if (problems.length > 0) throw new Error(`archive check: ${JSON.stringify(problems)}`)
    return look(archive)
  } finally {
    archive.close()
  }
}

/** @throws Error naming what is damaged or gone */
export async function inspectCases(dataDir: string, told: readonly ToldCase[]): Promise<void> {
  await withOfficeArchive(dataDir, ({ db }) => {
    const rows = db.allSql<{ id: string; state: string }>('SELECT id, state FROM cases')
    const now = new Map(rows.map(({ id, state }) => [id, state]))
    for (const { caseId, state } of told)
      if (WAY.indexOf(now.get(caseId) ?? '') < WAY.indexOf(state))
        throw new Error(`Told ${state}, found ${now.get(caseId) ?? 'nothing'}: ${caseId}`)
  })
}

/** The same question as people ask it: the command in a process of its own, signatures included. */
export async function runRealCheck(dataDir: string): Promise<void> {
  const environment = { KEIYAKU_USER: 'tanaka', KEIYAKU_PASSWORD: PASSWORD }
  const outcome = await deskWith(environment, 'archive', 'check', '--data', dataDir, '--json')
  if (outcome.code !== 0) throw new Error(`desk archive check: ${outcome.output} ${outcome.messages}`)
}
