import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import type { BackupRun, BackupSettings } from '../../../shared/bridge/keeping.ts'
import type { DrillReport } from '../../../shared/bridge/outcomes.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { importHandlers } from './fake-imports.ts'
import { fakeOutcomes } from './fake-outcomes.ts'
import { fakeId } from './fake-records.ts'
import { FAKE_NOW } from './fake-state.ts'

type Parts = Pick<BridgeHandlers<FakeContext>, 'backup' | 'imports' | 'keys' | 'papers'>
type Task = {
  done: boolean
  code: string | null
  run: BackupRun | null
}

export function keepingHandlers(office: FakeOffice): Parts {
  let settings: BackupSettings = { folder: '', dailyAt: '12:30', keepDaily: 30, keepMonthly: 24 }
  const runs: BackupRun[] = []
  const tasks = new Map<string, Task>()
  const start = (label: string, outcome: Partial<Task>) => {
    const taskId = fakeId('task')
    const task: Task = { done: false, code: null, run: null }
    tasks.set(taskId, task)
    office.announce({ topic: 'progress', taskId, label, done: 0, total: 3, state: 'running' })
    setTimeout(() => {
      Object.assign(task, outcome, { done: true })
      office.announce({ topic: 'progress', taskId, label, done: 3, total: 3, state: 'done' })
    }, 100)
    return ok({ taskId })
  }
  return {
    backup: {
      read: async () =>
        ok({
          settings,
          running: false,
          warning:
            settings.folder === ''
              ? ('BACKUP_NOT_SET' as const)
              : runs.length === 0
                ? ('BACKUP_NEVER' as const)
                : null,
          lastSuccessAt: runs[0]?.startedAt ?? null,
          nextAt: settings.folder === '' ? null : FAKE_NOW,
          runs: [...runs],
          generations: runs.map((run) => ({ name: run.generation, createdAt: run.startedAt })),
          reachable: true,
        }),
      write: async (input) => {
        if (input.folder === '/no') return fail('BACKUP_FOLDER_UNUSABLE', {})
        settings = input
        office.announce({ topic: 'settings-changed' })
        return ok({})
      },
      run: async () => {
        if (settings.folder === '') return fail('BACKUP_NOT_SET', {})
        const run: BackupRun = {
          startedAt: FAKE_NOW,
          finishedAt: FAKE_NOW,
          target: settings.folder,
          code: null,
          generation: '2026-11-22T03-30-00-000Z',
          files: 12,
          copiedFiles: 12,
          copiedBytes: 1_234_567,
        }
        runs.unshift(run)
        office.announce({ topic: 'settings-changed' })
        return start('backup', { run })
      },
      drill: async ({ secret }) => {
        const [newest] = runs
        if (newest === undefined) return fail('BACKUP_NOT_FOUND', {})
        if (secret.kind === 'recovery' && secret.code === 'wrong') return fail('RECOVERY_CODE_WRONG', {})
        const drill: DrillReport = {
          generation: newest.generation,
          cases: 12,
          files: 12,
          bytes: 1_234_567,
          logEntries: 128,
          verdicts: { valid: 12 },
          problems: [],
          ms: 900,
        }
        return fakeOutcomes(office).start(
          {
            kind: 'restore-drill',
            about: '令和8年11月22日 12時30分の世代',
            fileName: '復旧訓練の記録.pdf',
            drill,
          },
          [],
        )
      },
      taskResult: async ({ taskId }) => {
        const task = tasks.get(taskId)
        return task ? ok(task) : fail('NOT_FOUND', {})
      },
    },
    keys: {
      read: async () => ok({ generation: 1, slots: [{ kind: 'password' as const, createdAt: FAKE_NOW }] }),
      rotate: async () => start('rotate-key', {}),
      rotation: async () => ok({ state: 'done' as const, code: null }),
    },
    papers: {
      printCases: async ({ caseIds }) =>
        fakeOutcomes(office).start({
          kind: 'print-copies',
          about: `契約 ${caseIds.length}件`,
          fileName: '電子契約の写し.pdf',
        }),
      printFound: async () =>
        fakeOutcomes(office).start({
          kind: 'print-copies',
          about: 'すべての契約',
          fileName: '電子契約の写し.pdf',
        }),
      printHistory: async () => ok({ ticket: office.ticketFor(await office.anyPdf(), '訂正削除履歴.pdf') }),
      exportHistory: async () =>
        fakeOutcomes(office).start(
          { kind: 'list', about: '訂正削除履歴（すべて）', fileName: '訂正削除履歴.csv' },
          [],
        ),
    },
    imports: importHandlers(office),
  }
}
