import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { sessionText } from '../../i18n/ja/session.ts'
import { Button } from '../../ui/button.tsx'
import { CheckInput } from '../../ui/choice-input.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { Entrance } from './entrance.tsx'

const text = sessionText.sheet

/** The sheet must be saved, and the person must say so, before anything else. */
export function RecoverySheet(props: { readonly ticket: string; readonly onDone: () => void }) {
  const { fileUrl } = useOfficeBridge()
  const [isSaved, setSaved] = useState(false)
  const [isKept, setKept] = useState(false)
  return (
    <Entrance title={text.title} lead={text.lead}>
      <ol className="list-decimal pl-6">
        {text.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ol>
      <Button
        look={isSaved ? 'secondary' : 'primary'}
        autoFocus
        onPress={() => {
          saveFile(fileUrl(props.ticket), text.fileName)
          setSaved(true)
        }}
      >
        {text.save}
      </Button>
      <CheckInput label={text.saved} checked={isKept} disabled={!isSaved} onChange={setKept} />
      <Button look="primary" isDisabled={!isKept} onPress={props.onDone}>
        {text.next}
      </Button>
    </Entrance>
  )
}
