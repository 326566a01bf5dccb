import type { ImportResult } from '../../../shared/bridge/imports.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { importOutcomeSentence, keepingText } from '../../i18n/ja/keeping.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Progress } from '../../ui/progress.tsx'
import { hrefOf } from '../../ui/router.ts'
import { saveFile } from '../../ui/save-file.ts'
import { type ProgressNumbers, useProgress } from './use-progress.ts'

const text = keepingText.import
type Line = ImportResult['problems'][number]

const PROBLEM_COLUMNS: readonly Column<Line>[] = [
  { name: text.columns.line, align: 'right', narrow: true, cell: (line) => line.line ?? '' },
  { name: text.columns.outcome, narrow: true, cell: (line) => text.outcomes[line.outcome] },
  { name: text.columns.problem, wide: true, cell: (line) => line.reason },
  {
    name: text.columns.title,
    wide: true,
    cell: (line) =>
      line.caseId === null ? (
        line.title
      ) : (
        <a className="text-blue-900 underline" href={hrefOf(['cases', line.caseId])}>
          {line.title}
        </a>
      ),
  },
  { name: text.columns.file, cell: (line) => <span className="break-all">{line.file}</span> },
]

/** What came of an import or of its dry run; nothing where there is nothing to tell. */
export function ImportOutcome({ importId }: { readonly importId: string }) {
  const { client } = useOfficeBridge()
  const result = useQuery(`import-result ${importId}`, () => client.imports.result({ importId }), [
    'settings-changed',
  ])
  if (result.data === undefined || !result.data.done) return null
  return <ResultView importId={importId} result={result.data} />
}

function ResultView({ importId, result }: { readonly importId: string; readonly result: ImportResult }) {
  const { client, fileUrl } = useOfficeBridge()
  const [report, reporting] = useAction(client.imports.report)
  const { made, duplicate, refused, unlisted, unstamped, code, problems, dry } = result
  const sentence = dry ? text.checked : code === null ? text.finished : text.soFar
  const isGood = refused === 0 && unlisted === 0 && code === null
  return (
    <div className="flex flex-col gap-3">
      <Notice severity={isGood ? 'done' : 'warn'} live>
        {code === null ? null : `${importOutcomeSentence(code, result.detail)} `}
        {sentence(made, duplicate, refused)}
        {unlisted === 0 ? null : ` ${text.unlisted(unlisted)}`}
        {unstamped === 0 ? null : ` ${text.unstamped(unstamped)}`}
      </Notice>
      <Failure error={reporting.error} />
      <div>
        <Button
          isDisabled={reporting.pending}
          onPress={() =>
            void report({ importId }).then((answer) =>
              answer === undefined
                ? undefined
                : saveFile(fileUrl(answer.ticket), dry ? text.reportName.dry : text.reportName.run),
            )
          }
        >
          {text.report}
        </Button>
      </div>
      {problems.length === 0 ? null : (
        <>
          <p className="text-[0.875rem] text-solid-gray-700">
            {text.linesHint}
            {problems.length < 200 ? null : ` ${text.moreProblems(problems.length)}`}
          </p>
          <DataTable
            caption={text.problems}
            columns={PROBLEM_COLUMNS}
            rows={problems}
            keyOf={(line) => `${line.line ?? ''} ${line.file}`}
          />
        </>
      )}
    </div>
  )
}

/** Long work on an import that goes on now, with its numbers and the way to stop it. */
export function ImportWork(props: {
  readonly importId: string
  readonly taskId: string
  readonly label: string
  /** Before its first word. */
  readonly known?: ProgressNumbers
  readonly hint?: string
}) {
  const { client } = useOfficeBridge()
  const heard = useProgress(props.taskId)
  const [cancel, cancelling] = useAction(client.imports.cancel)
  const { done, total } = heard ?? props.known ?? { done: 0, total: 0 }
  return (
    <div className="flex max-w-3xl flex-col gap-2">
      <Progress label={props.label} done={done} total={total} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          size="small"
          isDisabled={cancelling.pending}
          onPress={() => void cancel({ importId: props.importId })}
        >
          {text.stop}
        </Button>
        {props.hint === undefined ? null : (
          <span className="text-[0.875rem] text-solid-gray-700">{props.hint}</span>
        )}
      </div>
      <Failure error={cancelling.error} />
    </div>
  )
}
