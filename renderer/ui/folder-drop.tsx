import type { ReactNode } from 'react'
import {
  type DirectoryDropItem,
  type DropItem,
  DropZone,
  FileTrigger,
  isDirectoryDropItem,
  isFileDropItem,
} from 'react-aria-components'
import { uiText } from '../i18n/ja/ui.ts'
import { Button } from './button.tsx'

/** A file with the folders it was chosen with, parted by `/`. */
export type PlacedFile = { readonly file: File; readonly path: string }

/** Files and whole folders: by drag and drop, by button, or pasted with Ctrl+V while it has the focus. */
export function FolderDrop(props: {
  readonly label: string
  readonly hint?: ReactNode
  readonly accept: readonly string[]
  readonly disabled?: boolean
  readonly onFiles: (files: readonly PlacedFile[]) => void
}) {
  const isDisabled = props.disabled ?? false
  const take = (files: readonly PlacedFile[]) => {
    if (files.length > 0) props.onFiles(files)
  }
  const takeChosen = (list: FileList | null) =>
    take([...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name })))
  return (
    <DropZone
      isDisabled={isDisabled}
      aria-label={props.label}
      onDrop={(event) => void placedFiles(event.items, '').then(take)}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-8 border-2 border-dashed border-solid-gray-420 bg-solid-gray-50 px-4 py-4 data-[drop-target]:border-blue-900 data-[drop-target]:bg-blue-50"
    >
      <div className="flex flex-wrap gap-2">
        <FileTrigger acceptedFileTypes={props.accept} allowsMultiple onSelect={takeChosen}>
          <Button isDisabled={isDisabled}>{uiText.chooseFile}</Button>
        </FileTrigger>
        <FileTrigger acceptDirectory onSelect={takeChosen}>
          <Button isDisabled={isDisabled}>{uiText.chooseFolder}</Button>
        </FileTrigger>
      </div>
      <div className="min-w-60 flex-1">
        <p className="font-bold">{props.label}</p>
        {props.hint ? <div className="text-[0.875rem] text-solid-gray-700">{props.hint}</div> : null}
      </div>
    </DropZone>
  )
}

async function placedFiles(
  items: Iterable<DropItem> | ReturnType<DirectoryDropItem['getEntries']>,
  folder: string,
): Promise<PlacedFile[]> {
  const files: PlacedFile[] = []
  for await (const item of items) {
    if (isFileDropItem(item)) files.push({ file: await item.getFile(), path: `${folder}${item.name}` })
    else if (isDirectoryDropItem(item))
      files.push(...(await placedFiles(item.getEntries(), `${folder}${item.name}/`)))
  }
  return files
}
