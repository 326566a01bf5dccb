import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/**
 * Random access to the bytes of one file, wherever it lies (memory, disk, encrypted vault).
 * `read` returns exactly `length` bytes or throws RangeError.
 */
export type ByteSource = {
  readonly sizeBytes: number
  readonly read: (offset: number, length: number) => Uint8Array
  /** Fills `target` from `offset` on: a loop over a large file then needs one buffer. Absent where `read` copies nothing. */
  readonly readInto?: (offset: number, target: Uint8Array) => void
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) => {
      assertRange(bytes.length, offset, length)
      return bytes.subarray(offset, offset + length)
    },
  }
}

/** A file on disk, read on demand; close it when done. */
export function fileSource(path: string): ByteSource & { readonly close: () => void } {
  const descriptor = openSync(path, 'r')
  const sizeBytes = fstatSync(descriptor).size
  const readInto = (offset: number, target: Uint8Array): void => {
    assertRange(sizeBytes, offset, target.length)
    for (let done = 0; done < target.length; ) {
      const count = readSync(descriptor, target, done, target.length - done, offset + done)
      if (count === 0) throw new RangeError('The file became shorter while it was read')
      done += count
    }
  }
  return {
    sizeBytes,
    readInto,
    read: (offset, length) => {
      assertRange(sizeBytes, offset, length)
      const buffer = Buffer.allocUnsafeSlow(length)
      readInto(offset, buffer)
      return buffer
    },
    close: () => closeSync(descriptor),
  }
}

/** The first `sizeBytes` bytes of a source (a signed revision) or a source followed by `tail` (an update). */
export function appendedSource(base: ByteSource, baseSizeBytes: number, tail: Uint8Array): ByteSource {
  const sizeBytes = baseSizeBytes + tail.length
  return {
    sizeBytes,
    read: (offset, length) => {
      assertRange(sizeBytes, offset, length)
      if (offset + length <= baseSizeBytes) return base.read(offset, length)
      if (offset >= baseSizeBytes)
        return tail.subarray(offset - baseSizeBytes, offset - baseSizeBytes + length)
      const joined = new Uint8Array(length)
      joined.set(base.read(offset, baseSizeBytes - offset))
      joined.set(tail.subarray(0, offset + length - baseSizeBytes), baseSizeBytes - offset)
      return joined
    },
  }
}

/** Several sources one after the other, as one. */
export function joinedSource(parts: readonly ByteSource[]): ByteSource {
  let sizeBytes = 0
  const placed = parts.map((source) => {
    const start = sizeBytes
    sizeBytes += source.sizeBytes
    return { source, start }
  })
  return {
    sizeBytes,
    read: (offset, length) => {
      assertRange(sizeBytes, offset, length)
      const joined = new Uint8Array(length)
      for (const { source, start } of placed) {
        const from = Math.max(offset, start)
        const to = Math.min(offset + length, start + source.sizeBytes)
        if (from < to) joined.set(source.read(from - start, to - from), from - offset)
      }
      return joined
    },
  }
}

function assertRange(sizeBytes: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || length < 0 || offset + length > sizeBytes)
    throw new RangeError(`Read of ${length} bytes at ${offset} in ${sizeBytes} bytes`)
}
