import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { keepingText } from '../../i18n/ja/keeping.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { WhyDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Facts, Loading, Section } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { useToast } from '../../ui/toast.tsx'

const text = keepingText.keys

/** 鍵: who can open the archive; a new master key; where passwords and the recovery sheet are changed. */
export function KeysSection() {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const { data, error, reload } = useQuery('keys', () => client.keys.read({}))
  const [isAsking, setAsking] = useState(false)
  const [rotate, action] = useAction(client.keys.rotate)
  const confirm = async (why: string) => {
    if ((await rotate({ why })) === undefined) return
    toast(text.rotated)
    setAsking(false)
    reload()
  }
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
      <div className="flex flex-wrap gap-3">
        <Button onPress={() => setAsking(true)}>{text.rotate}</Button>
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
