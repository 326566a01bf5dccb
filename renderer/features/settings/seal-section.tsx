import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { settingsText } from '../../i18n/ja/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { FileDrop } from '../../ui/file-drop.tsx'
import { Section } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'
import type { Settings } from './use-settings.ts'

const text = settingsText.seal

/** 印影: the picture that stands on the page. */
export function SealSection({ settings }: { readonly settings: Settings }) {
  const { client, upload } = useOfficeBridge()
  const { can } = useSession()
  const toast = useToast()
  const [write, writing] = useAction(async (file: File) => {
    const sent = await upload(file)
    return sent.ok ? client.settings.writeSealImage({ uploadId: sent.value.uploadId }) : sent
  })
  const [remove, removing] = useAction(() => client.settings.writeSealImage({}))
  return (
    <Section title={settingsText.sections.seal} lead={text.lead}>
      {settings.hasSealImage ? <CurrentSeal /> : <p>{text.none}</p>}
      {can('settings.write') ? (
        <div className="flex max-w-3xl flex-col gap-3">
          <FileDrop
            label={text.drop}
            accept={['image/png', 'image/jpeg']}
            disabled={writing.pending}
            onFiles={([file]) => {
              if (file) void write(file).then((done) => (done ? toast(text.saved) : undefined))
            }}
          />
          <Failure error={writing.error ?? removing.error} />
          {settings.hasSealImage ? (
            <div>
              <Button
                look="danger"
                isDisabled={removing.pending}
                onPress={() => void remove().then((done) => (done ? toast(text.removed) : undefined))}
              >
                {text.remove}
              </Button>
            </div>
          ) : null}
        </div>
      ) : null}
    </Section>
  )
}

function CurrentSeal() {
  const { client, fileUrl } = useOfficeBridge()
  const { data, error } = useQuery('seal-image', () => client.settings.openSealImage({}), [
    'settings-changed',
  ])
  if (data === undefined) return <Failure error={error} />
  return (
    <img
      src={fileUrl(data.ticket)}
      alt={text.current}
      className="max-h-40 max-w-40 rounded-8 border border-solid-gray-300 bg-white p-2"
    />
  )
}
