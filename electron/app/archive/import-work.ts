/** What goes on with imports in this process: at most one long work per import, and one run per archive. */
import type { Archive } from '../../core/archive/open.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import type { TaskControl } from '../tasks.ts'
import type { ImportTaskResult } from './import-result.ts'

export type ImportWorkKind = 'import-unpack' | 'import-check' | 'import' | 'import-clear'
type Work = { readonly kind: ImportWorkKind; readonly taskId: string }
type Works = {
  readonly going: Map<string, Work>
  /** The last dry run of each draft: kept until the draft changes, so that the page may come and go. */
  readonly checked: Map<string, ImportTaskResult>
}

const byArchive = new WeakMap<Archive, Works>()

function worksOf(office: Office): Works {
  const known = byArchive.get(office.archive)
  if (known !== undefined) return known
  const made: Works = { going: new Map(), checked: new Map() }
  byArchive.set(office.archive, made)
  return made
}

export function importWorkOf(office: Office, importId: string): Work | undefined {
  return worksOf(office).going.get(importId)
}

/** True while any import takes files in. */
export function isImporting(office: Office): boolean {
  return [...worksOf(office).going.values()].some(({ kind }) => kind === 'import')
}

export function lastCheckOf(office: Office, importId: string): ImportTaskResult | undefined {
  return worksOf(office).checked.get(importId)
}

export function keepCheck(office: Office, importId: string, result: ImportTaskResult): void {
  worksOf(office).checked.set(importId, result)
}

/** The draft changed: what was found out about it holds no longer. */
export function forgetCheck(office: Office, importId: string): void {
  worksOf(office).checked.delete(importId)
}

/** Starts long work on an import; the caller has made sure that none goes on. Lists are read again at its start and end. */
export function startImportWork<Result>(
  office: Office,
  context: Pick<Context, 'connection'>,
  { importId, kind }: { readonly importId: string; readonly kind: ImportWorkKind },
  work: {
    readonly result: Result
    readonly run: (control: TaskControl, result: Result) => Promise<'failed' | undefined>
  },
): string {
  const { going } = worksOf(office)
  const taskId = office.tasks.start(context.connection, kind, work.result, async (control, result) => {
    try {
      return await work.run(control, result)
    } finally {
      going.delete(importId)
      office.announce({ topic: 'settings-changed' })
    }
  })
  going.set(importId, { kind, taskId })
  office.announce({ topic: 'settings-changed' })
  return taskId
}
