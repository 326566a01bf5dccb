import { type ReactNode, useState } from 'react'
import { BackupSettings } from '../../../shared/bridge/keeping.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { formatBytes } from '../../i18n/format.ts'
import { keepingText, outcomeSentence } from '../../i18n/ja/keeping.ts'
import { settingsText } from '../../i18n/ja/settings.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { NumberInput } from '../../ui/number-input.tsx'
import { Empty, Facts, Loading, Section } from '../../ui/page.tsx'
import { Tag } from '../../ui/tag.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useToast } from '../../ui/toast.tsx'
import { TimeCell, TimeText } from '../../ui/when.tsx'
import { DrillDialog } from './drill-dialog.tsx'
import { useKeepingTask } from './use-keeping-task.ts'

const text = keepingText.backup

function useBackup() {
  const { client } = useOfficeBridge()
  return useQuery('backup', () => client.backup.read({}), ['settings-changed'])
}
type Backup = NonNullable<ReturnType<typeof useBackup>['data']>
type Run = Backup['runs'][number]

const COLUMNS: readonly Column<Run>[] = [
  { name: text.columns.started, narrow: true, cell: (run) => <TimeCell at={run.startedAt} /> },
  {
    name: text.columns.result,
    wide: true,
    cell: (run) =>
      run.finishedAt === null && run.code === null ? (
        text.running
      ) : (
        <Tag tone={run.code === null ? 'green' : 'red'}>
          {run.code === null ? text.ok : outcomeSentence(run.code)}
        </Tag>
      ),
  },
  { name: text.columns.files, align: 'right', cell: (run) => run.files.toLocaleString('ja-JP') },
  { name: text.columns.copied, align: 'right', cell: (run) => formatBytes(run.copiedBytes) },
  { name: text.columns.target, cell: (run) => run.target },
]

/**
 * バックアップ: is it done, when next, and does it really bring everything back.
 *
 * @param props.drill what came of the newest drill, by another feature
 */
export function BackupSection(props: { readonly drill: ReactNode }) {
  const { data, error, reload } = useBackup()
  if (data === undefined) return error ? <Failure error={error} onRetry={reload} /> : <Loading />
  return (
    <div className="flex flex-col gap-7">
      <StateSection backup={data} />
      {props.drill}
      <SettingsSection key={JSON.stringify(data.settings)} stored={data.settings} />
      <Section title={text.runs}>
        {data.runs.length === 0 ? (
          <Empty>{text.noRuns}</Empty>
        ) : (
          <DataTable
            caption={text.runs}
            columns={COLUMNS}
            rows={data.runs}
            keyOf={(run) => String(run.startedAt)}
          />
        )}
      </Section>
    </div>
  )
}

function StateSection({ backup }: { readonly backup: Backup }) {
  const { client } = useOfficeBridge()
  const { can } = useSession()
  const [isDrilling, setDrilling] = useState(false)
  const [run, action] = useAction(client.backup.run)
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const result = useKeepingTask(taskId)
  const isSet = backup.settings.folder !== ''
  const mayRun = can('settings.write') && isSet
  return (
    <Section title={text.state} lead={text.lead}>
      <Notice
        severity={backup.warning === null ? 'done' : backup.warning === 'BACKUP_NEVER' ? 'warn' : 'stop'}
      >
        {backup.running ? text.running : backup.warning === null ? text.good : text.warnings[backup.warning]}
      </Notice>
      {isSet ? (
        <Facts
          items={[
            { name: text.lastSuccess, value: <TimeText at={backup.lastSuccessAt} /> },
            { name: text.next, value: <TimeText at={backup.nextAt} /> },
            {
              name: text.generations,
              value: backup.reachable ? text.generationCount(backup.generations.length) : text.unreachable,
            },
          ]}
        />
      ) : null}
      <Failure error={action.error} />
      {result?.done && result.code !== null ? (
        <Notice severity="stop" live>
          {outcomeSentence(result.code)}
        </Notice>
      ) : null}
      {mayRun ? (
        <div className="flex flex-wrap gap-3">
          <Button
            look="primary"
            isDisabled={action.pending || backup.running}
            onPress={() => void run({}).then((task) => setTaskId(task?.taskId))}
          >
            {backup.running ? uiText.working : text.runNow}
          </Button>
          <Button isDisabled={backup.generations.length === 0} onPress={() => setDrilling(true)}>
            {text.drill}
          </Button>
        </div>
      ) : null}
      {isDrilling ? (
        <DrillDialog generations={backup.generations} onClose={() => setDrilling(false)} />
      ) : null}
    </Section>
  )
}

function SettingsSection({ stored }: { readonly stored: BackupSettings }) {
  const { client } = useOfficeBridge()
  const { can } = useSession()
  const toast = useToast()
  const [form, setForm] = useState(stored)
  const [write, action] = useAction(client.backup.write)
  const change = (part: Partial<BackupSettings>) => setForm((old) => ({ ...old, ...part }))
  const isTimeGood = BackupSettings.shape.dailyAt.safeParse(form.dailyAt).success
  const save = async () => {
    if (isTimeGood && (await write(form)) !== undefined) toast(settingsText.saved)
  }
  return (
    <Section title={text.settings}>
      <form
        noValidate
        className="max-w-3xl"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <fieldset disabled={!can('settings.write')} className="flex flex-col gap-4">
          <TextInput
            label={text.folder}
            hint={text.folderHint}
            value={form.folder}
            onChange={(folder) => change({ folder })}
          />
          <TextInput
            label={text.dailyAt}
            hint={text.dailyAtHint}
            value={form.dailyAt}
            error={isTimeGood ? undefined : text.dailyAtWrong}
            onChange={(dailyAt) => change({ dailyAt: dailyAt.normalize('NFKC').trim() })}
          />
          <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
            <NumberInput
              label={text.keepDaily}
              value={form.keepDaily}
              onChange={(value) => change({ keepDaily: Math.min(3660, Math.max(1, value ?? 1)) })}
            />
            <NumberInput
              label={text.keepMonthly}
              value={form.keepMonthly}
              onChange={(value) => change({ keepMonthly: Math.min(600, value ?? 0) })}
            />
          </div>
          <Failure error={action.error} />
          {can('settings.write') ? (
            <div>
              <Button type="submit" look="primary" isDisabled={action.pending}>
                {action.pending ? uiText.working : settingsText.save}
              </Button>
            </div>
          ) : null}
        </fieldset>
      </form>
    </Section>
  )
}
