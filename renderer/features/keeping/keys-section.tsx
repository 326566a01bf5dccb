import { useEffect, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { useTask } from '../../bridge/use-task.ts'
import { archiveOutcomeSentence, keepingText } from '../../i18n/ja/keeping.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { WhyDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Facts, Loading, Section } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'

const text = keepingText.keys
const ROTATION_SEVERITY = { running: 'info', done: 'done', cancelled: 'warn', failed: 'stop' } as const

/** 鍵: who can open the archive; a new master key; where passwords and the recovery sheet are changed. */
export function KeysSection() {
  const { client } = useOfficeBridge()
  const { data, error, reload } = useQuery('keys', () => client.keys.read({}))
  const [isAsking, setAsking] = useState(false)
  const [rotate, action] = useAction(client.keys.rotate)
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const rotation = useTask(taskId, client.keys.rotation)
  const confirm = async (why: string) => {
    const task = await rotate({ why })
    if (task === undefined) return
    setTaskId(task.taskId)
    setAsking(false)
  }
  const isDone = rotation?.state === 'done'
  useEffect(() => {
    if (isDone) reload()
  }, [isDone, reload])
  if (data === undefined) return error ? <Failure error={error} onRetry={reload} /> : <Loading />
  const count = (kind: 'password' | 'recovery' | 'keychain') =>
    text.count(data.slots.filter((slot) => slot.kind === kind).length)
  return (
    <Section title={keepingText.sections.keys} lead={text.lead}>
      <Facts
        items={[
          { name: text.passwords, value: count('password') },
          { name: text.sheets, value: count('recovery') },
          { name: text.keychains, value: count('keychain') },
          { name: text.generation, value: text.times(data.generation - 1) },
        ]}
      />
      {rotation === undefined ? null : (
        <Notice severity={ROTATION_SEVERITY[rotation.state]} live>
          {rotation.code === null ? text.rotation[rotation.state] : archiveOutcomeSentence(rotation.code)}
        </Notice>
      )}
      <div className="flex flex-wrap gap-3">
        <Button isDisabled={rotation?.state === 'running'} onPress={() => setAsking(true)}>
          {text.rotate}
        </Button>
        <LinkButton href={hrefOf(['settings', 'recovery'])}>{text.sheetLink}</LinkButton>
        <LinkButton href={hrefOf(['settings', 'users'])}>{text.usersLink}</LinkButton>
      </div>
      {isAsking ? (
        <WhyDialog
          title={text.rotate}
          isOpen
          onClose={() => setAsking(false)}
          confirmLabel={text.rotate}
          onConfirm={(why) => void confirm(why)}
          pending={action.pending}
          error={<Failure error={action.error} />}
        >
          <p>{text.rotateLead}</p>
        </WhyDialog>
      ) : null}
    </Section>
  )
}
