import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'

/** A modal question. Escape closes it unless something is being sent. */
export function Dialog(props: {
  readonly title: string
  readonly isOpen: boolean
  readonly isBusy?: boolean
  readonly onClose: () => void
  readonly children: ReactNode
  readonly buttons: ReactNode
}) {
  const isBusy = props.isBusy ?? false
  return (
    <ModalOverlay
      isOpen={props.isOpen}
      onOpenChange={(isOpen) => {
        if (!isOpen && !isBusy) props.onClose()
      }}
      isKeyboardDismissDisabled={isBusy}
      className="fixed inset-0 z-40 flex items-center justify-center overflow-y-auto bg-opacity-gray-600 p-2 sm:p-4"
    >
      <Modal className="flex max-h-full w-full max-w-2xl flex-col overflow-hidden rounded-12 bg-white shadow-5">
        <AriaDialog className="flex min-h-0 flex-col overflow-y-auto outline-none">
          <Heading slot="title" className="px-5 pt-5 text-[1.375rem] leading-[1.5] font-bold">
            {props.title}
          </Heading>
          <div className="flex flex-col gap-4 px-5 py-4">{props.children}</div>
          <div className="sticky bottom-0 flex flex-wrap-reverse justify-end gap-3 border-t border-solid-gray-300 bg-white px-5 py-3">
            {props.buttons}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
