/** Long work of the fake office: it is done after a moment, with a file and rows for everything there is. */
import type { ArchiveOutcome, DrillReport, FileFinding } from '../../../shared/bridge/outcomes.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { FakeOffice } from './fake-context.ts'
import { fakeId } from './fake-records.ts'
import { FAKE_NOW } from './fake-state.ts'

type Spec = Pick<ArchiveOutcome, 'kind' | 'about'> & {
  readonly fileName: string
  readonly drill?: DrillReport
}
type Work = Spec & { readonly taskId: string; done: boolean; readonly rows: readonly FileFinding[] }

const shared = new WeakMap<FakeOffice, ReturnType<typeof createOutcomes>>()

/** One list an office, whoever starts the work. */
export function fakeOutcomes(office: FakeOffice): ReturnType<typeof createOutcomes> {
  const known = shared.get(office) ?? createOutcomes(office)
  shared.set(office, known)
  return known
}

function createOutcomes(office: FakeOffice) {
  const works: Work[] = []
  const documents = (): FileFinding[] =>
    office.state.cases.flatMap((record) =>
      record.documents.map((document) => ({
        caseId: record.id,
        documentId: document.id,
        title: document.title,
        verdict: record.state === 'concluded' ? ('valid' as const) : ('unsigned' as const),
      })),
    )
  return {
    start: (spec: Spec, rows: readonly FileFinding[] = documents(), label: string = spec.kind) => {
      const work: Work = { ...spec, taskId: fakeId('task'), done: false, rows }
      works.unshift(work)
      const tell = (state: 'running' | 'done') =>
        office.announce({
          topic: 'progress',
          taskId: work.taskId,
          label,
          done: state === 'done' ? rows.length : 0,
          total: rows.length,
          state,
        })
      tell('running')
      setTimeout(() => {
        work.done = true
        tell('done')
      }, 150)
      return ok({ taskId: work.taskId })
    },
    list: (): ArchiveOutcome[] =>
      works.map(({ taskId, kind, about, done, rows, drill }) => ({
        ...{ taskId, kind, about, code: null },
        startedAt: FAKE_NOW,
        finishedAt: done ? FAKE_NOW : null,
        state: done ? ('done' as const) : ('running' as const),
        files: (done ? drill?.files : undefined) ?? rows.length,
        doubtful: (done ? drill?.problems.length : undefined) ?? 0,
        hasFile: done,
      })),
    result: async (input: { readonly taskId: string; readonly offset: number; readonly limit: number }) => {
      const work = works.find((candidate) => candidate.taskId === input.taskId)
      if (work === undefined) return fail('NOT_FOUND', {})
      const counts = new Map<FileFinding['verdict'], number>()
      for (const { verdict } of work.rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
      return ok({
        done: work.done,
        cancelled: false,
        code: null,
        ticket: work.done ? office.ticketFor(await office.anyPdf(), work.fileName) : null,
        fileName: work.done ? work.fileName : '',
        counts: Object.fromEntries(counts),
        rows: work.done ? work.rows.slice(input.offset, input.offset + input.limit) : [],
        total: work.rows.length,
        drill: work.done ? (work.drill ?? null) : null,
      })
    },
  }
}
