import { type ReactNode, useState } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { uiText } from '../i18n/ja/ui.ts'
import { Button } from './button.tsx'
import { TextAreaInput } from './text-input.tsx'

export type DialogProps = {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: ReactNode
  /** Buttons at the bottom; the next step last. */
  readonly footer: ReactNode
  readonly wide?: boolean
}

export function Dialog({ title, isOpen, onClose, children, footer, wide }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      isDismissable={false}
      className="fixed inset-0 z-40 flex items-center justify-center bg-opacity-gray-500 p-4"
    >
      <Modal
        className={`flex max-h-[92vh] w-full flex-col rounded-12 bg-white shadow-5 ${wide ? 'max-w-4xl' : 'max-w-xl'}`}
      >
        <AriaDialog className="flex min-h-0 flex-col outline-none">
          <Heading slot="title" className="px-6 pt-5 text-[1.25rem] font-bold">
            {title}
          </Heading>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard. */}
          <div className="min-h-0 overflow-y-auto px-6 py-4" tabIndex={0}>
            {children}
          </div>
          <div className="flex flex-wrap justify-end gap-3 border-t border-solid-gray-200 px-6 py-3">
            {footer}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

export type ConfirmProps = {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly confirmLabel: string
  readonly children?: ReactNode
  readonly danger?: boolean
  readonly pending?: boolean
  readonly wide?: boolean
  /** What went wrong the last time. */
  readonly error?: ReactNode
}

/** A question before something that cannot be taken back at once. */
export function ConfirmDialog(
  props: ConfirmProps & { readonly onConfirm: () => void; readonly blocked?: boolean },
) {
  return (
    <Dialog
      title={props.title}
      isOpen={props.isOpen}
      onClose={props.onClose}
      wide={props.wide ?? false}
      footer={
        <>
          <Button onPress={props.onClose}>{uiText.cancel}</Button>
          <Button
            look={props.danger ? 'danger' : 'primary'}
            onPress={props.onConfirm}
            isDisabled={(props.pending ?? false) || (props.blocked ?? false)}
          >
            {props.pending ? uiText.working : props.confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {props.error}
        {props.children}
      </div>
    </Dialog>
  )
}

/** The same with 理由, which the 訂正削除履歴 keeps. */
export function WhyDialog(props: ConfirmProps & { readonly onConfirm: (why: string) => void }) {
  const [why, setWhy] = useState('')
  return (
    <ConfirmDialog {...props} blocked={why.trim() === ''} onConfirm={() => props.onConfirm(why.trim())}>
      {props.children}
      <TextAreaInput
        label={uiText.why}
        hint={uiText.whyHint}
        required
        value={why}
        onChange={setWhy}
        maxLength={1000}
      />
    </ConfirmDialog>
  )
}
