import type { ArchiveOutcome } from '../../../shared/bridge/outcomes.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { Failure } from '../../ui/failure.tsx'
import { Section } from '../../ui/page.tsx'
import { useOutcomes } from './outcomes-section.tsx'
import { TaskOutcome } from './task-outcome.tsx'

/** One's newest work of a kind, also what was started before the page was left; nothing where there is none. */
export function NewestOutcome({ kind }: { readonly kind: ArchiveOutcome['kind'] }) {
  const outcomes = useOutcomes()
  const newest = outcomes.data?.rows.find((row) => row.kind === kind)
  if (newest === undefined)
    return outcomes.error ? <Failure error={outcomes.error} onRetry={outcomes.reload} /> : null
  const { kinds, showing } = archiveText.outcomes
  return (
    <Section title={showing(`${kinds[kind]}（${newest.about}）`)}>
      <TaskOutcome key={newest.taskId} taskId={newest.taskId} />
    </Section>
  )
}
