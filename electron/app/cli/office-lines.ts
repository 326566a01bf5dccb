import { createInterface } from 'node:readline'

type MessagesFromElectron = {
  readonly on: (event: 'message', listener: (message: { readonly data: unknown }) => void) => void
}

/**
 * Lines from the office that started this process as its child: by standard input, or as messages where it is a utility process
 * of Electron, which has no standard input. Call at the start: what comes before somebody listens is kept for them.
 */
export function linesFromOffice(): (listener: (line: string) => void) => void {
  const early: string[] = []
  let listener: ((line: string) => void) | undefined
  const take = (line: string) => {
    if (listener === undefined) early.push(line)
    else listener(line)
  }
  const { parentPort } = process as unknown as { readonly parentPort?: MessagesFromElectron }
  if (parentPort !== undefined) parentPort.on('message', ({ data }) => take(String(data)))
  else if (process.env.KEIYAKU_CHILD === '1') createInterface({ input: process.stdin }).on('line', take)
  return (wanted) => {
    listener = wanted
    for (const line of early.splice(0)) wanted(line)
  }
}
