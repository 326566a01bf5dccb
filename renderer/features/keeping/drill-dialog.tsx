import { useState } from 'react'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { formatTimeBoth } from '../../i18n/format.ts'
import { keepingText } from '../../i18n/ja/keeping.ts'
import { RadioInput, SelectInput } from '../../ui/choice-input.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextInput } from '../../ui/text-input.tsx'

const text = keepingText.backup
type Generation = { readonly name: string; readonly createdAt: EpochMs }
type Kind = 'password' | 'recovery'

/** 復旧の練習: begun with what one would really have after a disaster. What comes of it stands on the page. */
export function DrillDialog(props: {
  readonly generations: readonly Generation[]
  readonly onClose: () => void
}) {
  const { client } = useOfficeBridge()
  const [generation, setGeneration] = useState('')
  const [kind, setKind] = useState<Kind>('recovery')
  const [secret, setSecret] = useState('')
  const [start, action] = useAction(client.backup.drill)
  const begin = async () => {
    const task = await start({
      ...(generation === '' ? {} : { generation }),
      secret: kind === 'password' ? { kind, password: secret } : { kind, code: secret },
    })
    if (task !== undefined) props.onClose()
  }
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
