/**
 * After a try that failed for what was typed: the first wrong field gets the focus, in the dialog when one is open.
 * Waits for the next frame, when React has marked the fields.
 */
export function focusFirstProblem(): void {
  requestAnimationFrame(() => {
    const place = document.querySelector('[role="dialog"]') ?? document
    place.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  })
}
