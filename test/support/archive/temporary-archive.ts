import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SlotKey } from '../../../electron/core/archive/keyslots.ts'
import { type Archive, createArchive } from '../../../electron/core/archive/open.ts'
import type { Change } from '../../../electron/core/archive/tables/changes.ts'
import { type ManualClock, manualClock } from '../../../electron/core/kit/clock.ts'
import { UserId } from '../../../shared/model/brand.ts'
import { CaseFields } from '../../../shared/model/case.ts'

/** scrypt with 2^10 instead of 2^17: tests of keyslots say so themselves when the cost matters. */
export const CLERK_KEY: SlotKey = {
  label: 'clerk',
  secret: { kind: 'password', password: '扶桑町のながいパスワード', scryptCost: 2 ** 10 },
}

export type TemporaryArchive = {
  readonly folder: string
  readonly archive: Archive
  readonly clock: ManualClock
  readonly change: (why?: string) => Change
  readonly remove: () => void
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'desk-archive-'))
}

export async function temporaryArchive(): Promise<TemporaryArchive> {
  const folder = temporaryFolder()
  const clock = manualClock('2026-04-01T01:00:00Z')
  const archive = await createArchive({ folder, clock }, CLERK_KEY)
  return {
    folder,
    archive,
    clock,
    change: (why = '') => ({ userId: UserId.parse('u1'), who: '契約 花子', at: clock.now(), why }),
    remove: () => {
      archive.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A case that is complete but for what the test names. */
export function caseFields(over: Partial<Record<keyof CaseFields, unknown>> = {}): CaseFields {
  return CaseFields.parse({
    title: '橋梁補修工事',
    contractNumber: '工-7-12',
    method: 'open-bid',
    kind: 'construction',
    amount: 12_345_000,
    contractDate: '2025-09-01',
    department: '土木課',
    counterparties: [
      { name: '株式会社髙橋組', address: '愛知県丹羽郡扶桑町', corporateNumber: '7010705000725' },
    ],
    ...over,
  })
}
