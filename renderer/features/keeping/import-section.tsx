import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { useTask } from '../../bridge/use-task.ts'
import { importOutcomeSentence, keepingText } from '../../i18n/ja/keeping.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { ImportForm } from './import-form.tsx'
import { ImportGather } from './import-gather.tsx'
import { canGoOn, ImportHistory, type ImportRow, ResumeButton } from './import-history.tsx'
import { ImportOutcome, ImportWork } from './import-outcome.tsx'
import { useImportStore } from './use-import-store.ts'

const text = keepingText.import

/** 取り込み: gather files, see what would happen, then do it. */
export function ImportSection() {
  const { client } = useOfficeBridge()
  const list = useQuery('imports', () => client.imports.list({}), ['settings-changed'])
  const rows = list.data?.rows ?? []
  const running = rows.find(({ state }) => state === 'running')
  const [watched, setWatched] = useState<string | undefined>(undefined)
  if (running !== undefined && running.importId !== watched) setWatched(running.importId)
  const ended = rows.find(({ importId, state }) => importId === watched && state !== 'running')
  const store = useImportStore()
  const { draft } = store
  return (
    <div className="flex flex-col gap-7">
      <Failure error={list.error} onRetry={list.reload} />
      {running === undefined ? null : <Running row={running} />}
      {ended === undefined ? null : (
        <Section
          title={text.resultOf(ended.name)}
          actions={
            <>
              {canGoOn(ended) ? <ResumeButton row={ended} isRunning={running !== undefined} /> : null}
              <Button size="small" look="quiet" onPress={() => setWatched(undefined)}>
                {text.hide}
              </Button>
            </>
          }
        >
          <ImportOutcome importId={ended.importId} />
        </Section>
      )}
      <Section title={text.newTitle} lead={text.lead}>
        <ImportGather store={store} />
        {draft?.taskId ? (
          <ImportWork importId={draft.importId} taskId={draft.taskId} label={text.working.draft} />
        ) : null}
        {draft && draft.tables.length > 0 && store.sending === null ? <ImportForm draft={draft} /> : null}
      </Section>
      <StampSection />
      <ImportHistory
        rows={rows.filter((row) => row !== running && row.importId !== draft?.importId)}
        isRunning={running !== undefined}
      />
    </div>
  )
}

function Running({ row }: { readonly row: ImportRow }) {
  const done = row.made + row.duplicate + row.refused
  return (
    <Section title={text.runningTitle(row.name)}>
      {row.taskId === null ? null : (
        <ImportWork
          importId={row.importId}
          taskId={row.taskId}
          label={text.working.import}
          known={{ done, total: row.lines }}
          hint={text.stopHint}
        />
      )}
    </Section>
  )
}

/** L16: timestamps for received files that have none. */
function StampSection() {
  const { client } = useOfficeBridge()
  const [start, action] = useAction(client.imports.stampReceived)
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const result = useTask(taskId, client.imports.taskResult)
  return (
    <Section title={text.stampTitle} lead={text.stampLead}>
      <Failure error={action.error} />
      {result?.done ? (
        <Notice severity={result.code === null && result.refused === 0 ? 'done' : 'warn'} live>
          {result.code === null ? '' : importOutcomeSentence(result.code, result.detail)}
          {text.stamped(result.made, result.refused)}
        </Notice>
      ) : null}
      <div>
        <Button
          isDisabled={action.pending || (taskId !== undefined && result?.done !== true)}
          onPress={() => void start({}).then((task) => setTaskId(task?.taskId))}
        >
          {text.stamp}
        </Button>
      </div>
    </Section>
  )
}
