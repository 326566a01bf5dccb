import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { readinessState } from '../../i18n/ja/readiness.ts'
import { readinessItem, settingsText } from '../../i18n/ja/settings.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading, Section } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { saveFile } from '../../ui/save-file.ts'
import { Tag } from '../../ui/tag.tsx'
import { useToast } from '../../ui/toast.tsx'

/** 本番前の確認 */
export function ReadinessSection() {
  const { client } = useOfficeBridge()
  const text = settingsText.readiness
  const { data, error, reload } = useQuery('readiness', () => client.settings.readiness({}), [
    'settings-changed',
  ])
  const open = data?.items.filter((item) => !item.done) ?? []
  return (
    <Section title={settingsText.sections.readiness} lead={text.lead}>
      <Failure error={error} onRetry={reload} />
      {data ? (
        <>
          <Notice severity={open.length === 0 ? 'done' : 'warn'}>
            {open.length === 0 ? text.allDone : text.rest(open.length)}
          </Notice>
          <ul className="max-w-4xl">
            {data.items.map((item) => {
              const { title, why, path } = readinessItem[item.code]
              return (
                <li key={item.code} className="flex items-center gap-4 border-b border-solid-gray-200 py-2">
                  <span className="w-12 shrink-0">
                    <Tag tone={item.done ? 'green' : 'yellow'}>{item.done ? text.done : text.open}</Tag>
                  </span>
                  <span className="min-w-0 flex-1">
                    <b>{title}</b>
                    <span className="block">{readinessState(item)}</span>
                    <span className="block text-[0.875rem] text-solid-gray-700">{why}</span>
                  </span>
                  <LinkButton size="small" look={item.done ? 'quiet' : 'secondary'} href={hrefOf(path)}>
                    {item.done ? text.look : text.fix}
                    <span className="sr-only">{text.of(title)}</span>
                  </LinkButton>
                </li>
              )
            })}
          </ul>
        </>
      ) : error ? null : (
        <Loading />
      )}
    </Section>
  )
}

/** 復旧シート: a new one makes the old one worthless. */
export function RecoverySection() {
  const { client, fileUrl } = useOfficeBridge()
  const text = settingsText.recovery
  const [isAsking, setAsking] = useState(false)
  const [isDone, setDone] = useState(false)
  const [renew, action] = useAction(client.users.renewRecoverySheet)
  const [keep] = useAction(client.users.confirmRecoverySheet)
  const [isKept, setKept] = useState(false)
  const confirmKept = async () => {
    if ((await keep({})) === undefined) return
    setKept(true)
    setDone(true)
  }
  const confirm = async () => {
    setKept(false)
    const sheet = await renew({})
    if (sheet === undefined) return
    saveFile(fileUrl(sheet.ticket), text.fileName)
    setAsking(false)
    setDone(true)
  }
  return (
    <Section title={settingsText.sections.recovery} lead={text.lead}>
      {isDone ? (
        <Notice severity="done" live>
          {isKept ? text.kept : text.done}
        </Notice>
      ) : null}
      <div className="flex gap-3">
        <Button onPress={() => setAsking(true)}>{text.renew}</Button>
        <Button isDisabled={isKept} onPress={() => void confirmKept()}>
          {text.keep}
        </Button>
      </div>
      <ConfirmDialog
        title={text.renew}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel={text.renew}
        onConfirm={() => void confirm()}
        pending={action.pending}
        error={<Failure error={action.error} />}
      >
        <p>{text.confirm}</p>
      </ConfirmDialog>
    </Section>
  )
}

/** サンプルデータ in and out again. */
export function SamplesSection() {
  const { client } = useOfficeBridge()
  const text = settingsText.samples
  const toast = useToast()
  const [load, loading] = useAction(client.settings.loadSamples)
  const [remove, removing] = useAction(client.settings.removeSamples)
  const isBusy = loading.pending || removing.pending
  return (
    <Section title={settingsText.sections.samples} lead={text.lead}>
      <Failure error={loading.error ?? removing.error} />
      <div className="flex flex-wrap gap-3">
        <Button
          look="primary"
          isDisabled={isBusy}
          onPress={() => void load({}).then((done) => (done ? toast(text.loaded(done.cases)) : undefined))}
        >
          {loading.pending ? uiText.working : text.load}
        </Button>
        <Button
          look="danger"
          isDisabled={isBusy}
          onPress={() => void remove({}).then((done) => (done ? toast(text.removed(done.cases)) : undefined))}
        >
          {removing.pending ? uiText.working : text.remove}
        </Button>
      </div>
    </Section>
  )
}
