import { setImmediate } from 'node:timers/promises'

/** Work in pieces of about this long, and again as long for their commit; other work of the process runs between them. */
const SLICE_MS = 4
const FIRST_SIZE = 16

/** The archive was closed while background work was going on: not a failure. */
export class KeeperStopped extends Error {}

export type Slices = {
  /**
   * Runs one piece, then lets others run. `size` grows and shrinks so that a piece takes about `SLICE_MS`; where its parts are
   * very unlike, it ends when `isUp` says so.
   */
  readonly run: <T>(piece: (size: number, isUp: () => boolean) => T) => Promise<T>
}

/** @throws KeeperStopped from `run`, before or after a piece, once `isStopped`: the database may be closed by then */
export function createSlices(isStopped: () => boolean): Slices {
  let size = FIRST_SIZE
  return {
    run: async (piece) => {
      if (isStopped()) throw new KeeperStopped('The archive was closed')
      const started = performance.now()
      const result = piece(size, () => performance.now() - started > SLICE_MS)
      const took = performance.now() - started
      size = took > SLICE_MS ? Math.max(1, Math.floor(size / 2)) : Math.min(4096, Math.ceil(size * 1.25))
      await setImmediate()
      if (isStopped()) throw new KeeperStopped('The archive was closed')
      return result
    },
  }
}
