import type { ReactNode } from 'react'

export type Tone = 'grey' | 'blue' | 'green' | 'yellow' | 'red'

const TONES: Readonly<Record<Tone, string>> = {
  grey: 'border-solid-gray-420 bg-solid-gray-50 text-solid-gray-800',
  blue: 'border-blue-900 bg-blue-50 text-blue-1000',
  green: 'border-green-800 bg-green-50 text-green-1000',
  yellow: 'border-yellow-900 bg-yellow-50 text-yellow-1200',
  red: 'border-red-900 bg-red-50 text-red-1000',
}

/** A state in a word. */
export function Tag({ tone = 'grey', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span
      className={`inline-block rounded-4 border px-1.5 text-[0.8125rem] leading-[1.4] font-bold whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  )
}
