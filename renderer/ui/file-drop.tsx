import type { ReactNode } from 'react'
import { DropZone, FileTrigger, isFileDropItem } from 'react-aria-components'
import { uiText } from '../i18n/ja/ui.ts'
import { Button } from './button.tsx'

/** Files by drag and drop, by button, or pasted with Ctrl+V while it has the focus. */
export function FileDrop(props: {
  readonly label: string
  readonly hint?: ReactNode
  readonly accept: readonly string[]
  readonly multiple?: boolean
  readonly disabled?: boolean
  readonly onFiles: (files: readonly File[]) => void
}) {
  const take = (files: readonly File[]) => {
    if (files.length > 0) props.onFiles(props.multiple ? files : files.slice(0, 1))
  }
  return (
    <DropZone
      isDisabled={props.disabled ?? false}
      aria-label={props.label}
      onDrop={(event) => {
        void Promise.all(event.items.filter(isFileDropItem).map((item) => item.getFile())).then(take)
      }}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-8 border-2 border-dashed border-solid-gray-420 bg-solid-gray-50 px-4 py-4 data-[drop-target]:border-blue-900 data-[drop-target]:bg-blue-50"
    >
      <FileTrigger
        acceptedFileTypes={props.accept}
        allowsMultiple={props.multiple ?? false}
        onSelect={(list) => take(list ? [...list] : [])}
      >
        <Button isDisabled={props.disabled ?? false}>{uiText.chooseFile}</Button>
      </FileTrigger>
      <div className="min-w-0 flex-1">
        <p className="font-bold">{props.label}</p>
        {props.hint ? <div className="text-[0.875rem] text-solid-gray-700">{props.hint}</div> : null}
      </div>
    </DropZone>
  )
}
