import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { keepingText } from '../../i18n/ja/keeping.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Empty, Section } from '../../ui/page.tsx'
import { TimeCell } from '../../ui/when.tsx'
import { ImportOutcome } from './import-outcome.tsx'

const text = keepingText.import
type Client = ReturnType<typeof useOfficeBridge>['client']
export type ImportRow = Extract<
  Awaited<ReturnType<Client['imports']['list']>>,
  { readonly ok: true }
>['value']['rows'][number]

/** Every import with its outcome; what was stopped goes on from here. */
export function ImportHistory(props: { readonly rows: readonly ImportRow[]; readonly isRunning: boolean }) {
  const [shown, setShown] = useState<string | undefined>(undefined)
  return (
    <Section title={text.history}>
      {props.rows.length === 0 ? (
        <Empty>{text.noHistory}</Empty>
      ) : (
        <ul>
          {props.rows.map((row) => (
            <li key={row.importId} className="border-b border-solid-gray-200 py-2">
              <HistoryRow
                row={row}
                isRunning={props.isRunning}
                isShown={shown === row.importId}
                onShow={(isOn) => setShown(isOn ? row.importId : undefined)}
              />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function HistoryRow(props: {
  readonly row: ImportRow
  readonly isRunning: boolean
  readonly isShown: boolean
  readonly onShow: (isOn: boolean) => void
}) {
  const { row, isShown } = props
  const isStopped = canGoOn(row)
  const hasResult = row.state !== 'open' && row.state !== 'running'
  return (
    <div className="flex flex-col gap-3">
      <div className="flex max-w-5xl flex-wrap items-center gap-x-4 gap-y-2">
        <TimeCell at={row.createdAt} />
        <span className="min-w-60 flex-1">
          <b>{row.name === '' ? text.nameless : row.name}</b>
          <span className="block text-[0.875rem] text-solid-gray-700">
            {[
              text.states[row.state],
              ...(row.state === 'open' ? [] : [text.counts(row.made, row.duplicate, row.refused, row.lines)]),
              row.createdBy,
            ].join('　')}
          </span>
        </span>
        {isStopped ? <ResumeButton row={row} isRunning={props.isRunning} /> : null}
        {isStopped || row.state === 'open' ? <GiveUp row={row} /> : null}
        {hasResult ? (
          <Button size="small" look="quiet" aria-expanded={isShown} onPress={() => props.onShow(!isShown)}>
            {isShown ? text.hide : text.show}
          </Button>
        ) : null}
      </div>
      {isShown && hasResult ? (
        <section aria-label={text.resultOf(row.name)}>
          <ImportOutcome importId={row.importId} />
        </section>
      ) : null}
    </div>
  )
}

export function canGoOn({ state }: ImportRow): boolean {
  return state === 'interrupted' || state === 'cancelled'
}

/** 続きから取り込む; one import at a time. */
export function ResumeButton({ row, isRunning }: { readonly row: ImportRow; readonly isRunning: boolean }) {
  const { client } = useOfficeBridge()
  const [resume, resuming] = useAction(client.imports.resume)
  return (
    <>
      <Button
        size="small"
        isDisabled={resuming.pending || isRunning || row.taskId !== null}
        onPress={() => void resume({ importId: row.importId })}
      >
        {text.resume}
      </Button>
      <Failure error={resuming.error} />
    </>
  )
}

function GiveUp({ row }: { readonly row: ImportRow }) {
  const { client } = useOfficeBridge()
  const [isAsking, setAsking] = useState(false)
  const [discard, discarding] = useAction(client.imports.discard)
  return (
    <>
      <Button size="small" look="quiet" isDisabled={row.taskId !== null} onPress={() => setAsking(true)}>
        {text.giveUp}
      </Button>
      <ConfirmDialog
        title={text.giveUpTitle}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel={text.giveUp}
        danger
        pending={discarding.pending}
        error={<Failure error={discarding.error} />}
        onConfirm={() =>
          void discard({ importId: row.importId }).then((done) =>
            done === undefined ? undefined : setAsking(false),
          )
        }
      >
        <p>{text.giveUpLead(row.made)}</p>
      </ConfirmDialog>
    </>
  )
}
