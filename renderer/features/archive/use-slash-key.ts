import { type RefObject, useEffect } from 'react'

/** `/` goes to the search field, unless it is being typed into something. */
export function useSlashKey(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof HTMLElement ? event.target : null
      const isTyping = target !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !isTick(target)
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('[role=dialog]') !== null) return
      event.preventDefault()
      field.current?.focus()
      field.current?.select()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [field])
}

function isTick(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && target.type === 'checkbox'
}
