/**
 * What a host can do for the application that plain Node cannot, handed to `compose.ts`.
 * The browser host has no keychain; both can start our own programs.
 */
export type HostServices = {
  /** The operating system's keychain; undefined when there is none that really protects. */
  readonly keychain: Keychain | undefined
  readonly startProgram: StartProgram
}

/** Seals a short secret to the account of the operating system. */
export type Keychain = {
  readonly seal: (secret: Uint8Array) => Promise<Uint8Array>
  /**
   * Rejects when the secret was sealed by another account or machine.
   * `sealedAnew` is set when the operating system changed its key: store it in place of the old one.
   */
  readonly unseal: (
    sealed: Uint8Array,
  ) => Promise<{ readonly secret: Uint8Array; readonly sealedAnew: Uint8Array | undefined }>
}

/** Starts `desk <args>` as a process of its own, for example the portal. It ends with us at the latest. */
export type StartProgram = (args: readonly string[]) => RunningProgram

export type RunningProgram = {
  readonly processId: number | undefined
  /** Lines of standard output, as they come. Not reading them does not block the program for long texts only. */
  readonly onLine: (listener: (line: string) => void) => void
  /** One line to the program (`CommandIo.onLine`); lost when it has ended. */
  readonly send: (line: string) => void
  /** Exit code; -1 when it was killed or could not be started. */
  readonly exited: Promise<number>
  /** Asks it to end, and ends it after two seconds. */
  readonly stop: () => Promise<void>
}
