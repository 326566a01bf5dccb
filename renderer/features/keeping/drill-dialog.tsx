import { useState } from 'react'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { formatTimeBoth } from '../../i18n/format.ts'
import { keepingText, outcomeSentence } from '../../i18n/ja/keeping.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { RadioInput, SelectInput } from '../../ui/choice-input.tsx'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { TextInput } from '../../ui/text-input.tsx'
import { type KeepingTask, useKeepingTask } from './use-keeping-task.ts'

const text = keepingText.backup
type Generation = { readonly name: string; readonly createdAt: EpochMs }
type Kind = 'password' | 'recovery'

/** 復旧の練習: with what one would really have after a disaster. */
export function DrillDialog(props: {
  readonly generations: readonly Generation[]
  readonly onClose: () => void
}) {
  const { client } = useOfficeBridge()
  const [generation, setGeneration] = useState('')
  const [kind, setKind] = useState<Kind>('recovery')
  const [secret, setSecret] = useState('')
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const [start, action] = useAction(client.backup.drill)
  const result = useKeepingTask(taskId)
  const begin = async () => {
    const task = await start({
      ...(generation === '' ? {} : { generation }),
      secret: kind === 'password' ? { kind, password: secret } : { kind, code: secret },
    })
    setTaskId(task?.taskId)
  }
  if (taskId !== undefined)
    return (
      <Dialog
        title={text.drillTitle}
        isOpen
        onClose={props.onClose}
        footer={<Button onPress={props.onClose}>{uiText.close}</Button>}
      >
        <DrillOutcome result={result} />
      </Dialog>
    )
  return (
    <ConfirmDialog
      title={text.drillTitle}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.drillStart}
      onConfirm={() => void begin()}
      pending={action.pending}
      blocked={secret === ''}
      error={<Failure error={action.error} />}
    >
      <p>{text.drillLead}</p>
      <SelectInput
        label={text.drillGeneration}
        value={generation}
        options={[
          { value: '', label: text.drillNewest },
          ...props.generations.map(({ name, createdAt }) => ({
            value: name,
            label: formatTimeBoth(createdAt),
          })),
        ]}
        onChange={setGeneration}
      />
      <RadioInput
        label={text.drillKind}
        value={kind}
        options={(['recovery', 'password'] as const).map((value) => ({
          value,
          label: text.drillKinds[value],
        }))}
        onChange={(value) => {
          setKind(value)
          setSecret('')
        }}
      />
      <TextInput
        label={kind === 'password' ? text.password : text.recoveryCode}
        type={kind === 'password' ? 'password' : 'text'}
        value={secret}
        onChange={setSecret}
      />
    </ConfirmDialog>
  )
}

function DrillOutcome({ result }: { readonly result: KeepingTask | undefined }) {
  const { fileUrl } = useOfficeBridge()
  if (result === undefined || !result.done) return <p role="status">{uiText.working}</p>
  const { drill, ticket, code } = result
  return (
    <div className="flex flex-col gap-3">
      {code === null ? null : (
        <Notice severity="stop" live>
          {outcomeSentence(code)}
        </Notice>
      )}
      {drill === null ? null : (
        <>
          <Notice severity={drill.problems.length === 0 ? 'done' : 'stop'} live>
            {drill.problems.length === 0 ? text.drillGood : text.drillBad(drill.problems.length)}
          </Notice>
          <p>{text.drillFacts(drill.cases, drill.files, drill.logEntries)}</p>
          <ul className="list-disc pl-6">
            {drill.problems.slice(0, 50).map((problem) => (
              <li key={`${problem.code} ${problem.detail}`}>
                {problem.code} {problem.detail}
              </li>
            ))}
          </ul>
        </>
      )}
      {ticket === null ? null : (
        <div>
          <Button onPress={() => saveFile(fileUrl(ticket), text.printName)}>{text.print}</Button>
        </div>
      )}
    </div>
  )
}
