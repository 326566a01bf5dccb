import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'

type Look = 'primary' | 'secondary' | 'quiet' | 'danger'
type Size = 'medium' | 'small'

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-8 font-bold whitespace-nowrap border no-underline ' +
  'aria-disabled:cursor-default data-[disabled]:cursor-default data-[disabled]:border-solid-gray-300 data-[disabled]:bg-solid-gray-50 data-[disabled]:text-solid-gray-536'
const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-blue-900 border-blue-900 text-white hover:bg-blue-1000 data-[pressed]:bg-blue-1200',
  secondary: 'bg-white border-blue-900 text-blue-900 hover:bg-blue-50 data-[pressed]:bg-blue-100',
  quiet:
    'bg-transparent border-transparent text-blue-900 underline hover:bg-blue-50 data-[pressed]:bg-blue-100',
  danger: 'bg-white border-error-1 text-error-2 hover:bg-red-50 data-[pressed]:bg-red-100',
}
const SIZES: Readonly<Record<Size, string>> = {
  medium: 'min-h-10 px-4 text-[1rem]',
  small: 'min-h-8 px-2.5 text-[0.875rem]',
}

/** The classes of a button, for links that look like one. */
export function buttonClass(look: Look = 'secondary', size: Size = 'medium'): string {
  return `${BASE} ${LOOKS[look]} ${SIZES[size]}`
}

export type ButtonProps = Omit<AriaButtonProps, 'className' | 'children'> & {
  readonly look?: Look
  readonly size?: Size
  readonly children: ReactNode
}

export function Button({ look = 'secondary', size = 'medium', children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={buttonClass(look, size)}>
      {children}
    </AriaButton>
  )
}

/** A link that is the next step. */
export function LinkButton(props: {
  readonly href: string
  readonly look?: Look
  readonly size?: Size
  readonly children: ReactNode
}) {
  return (
    <a href={props.href} className={buttonClass(props.look, props.size)}>
      {props.children}
    </a>
  )
}
