import { type ByteSource, memorySource } from '../../electron/core/kit/byte-source.ts'
import { type ManualClock, manualClock } from '../../electron/core/kit/clock.ts'
import { SigningError } from '../../electron/core/signing/errors.ts'
import type { SigningKey } from '../../electron/core/signing/keys/signing-key.ts'
import type { AlgorithmChoice } from '../../electron/core/signing/keys/software-key.ts'
import {
  localRevocationSource,
  localTimestampAuthority,
} from '../../electron/core/signing/local/local-services.ts'
import {
  createTestAuthority,
  issueTestSigner,
  type KeyKind,
  type TestAuthority,
  type TestSignerSpec,
  testSigningKey,
  withNewTimestamping,
} from '../../electron/core/signing/local/test-authority.ts'
import type { ValidationSources } from '../../electron/core/signing/revocation/collect-validation.ts'
import type { TimestampAuthority } from '../../electron/core/signing/timestamp/timestamp-authority.ts'

/** A test authority, its services in process, and a clock the test moves. */
export type SigningWorld = {
  readonly clock: ManualClock
  /** The authority as it is now: `renewTimestamping` replaces it. */
  readonly authority: () => TestAuthority
  readonly timestamps: TimestampAuthority
  readonly validation: ValidationSources
  readonly town: SigningKey
  readonly witness: SigningKey
  readonly newKey: (
    kind: KeyKind,
    choice?: AlgorithmChoice,
    spec?: Partial<TestSignerSpec>,
  ) => Promise<SigningKey>
  readonly renewTimestamping: (years: number) => Promise<void>
  /** For `sleep` of signToLevel: moves the clock instead of waiting. */
  readonly sleep: (ms: number) => Promise<void>
}

export async function signingWorld(
  start = '2026-11-22T01:00:00Z',
  baseUrl = 'http://127.0.0.1:9',
): Promise<SigningWorld> {
  const clock = manualClock(start)
  let authority = await createTestAuthority({ nowMs: clock.now(), baseUrl })
  const current = () => authority
  const revocation = localRevocationSource(current, clock)
  return {
    clock,
    authority: current,
    timestamps: localTimestampAuthority(current, clock),
    validation: { revocation, anchors: [authority.root.certificate], clock },
    town: testSigningKey(authority, authority.town),
    witness: testSigningKey(authority, authority.witness),
    newKey: async (kind, choice, spec) => {
      const span = { notBeforeMs: clock.now() - 3600_000, notAfterMs: clock.now() + 5 * 365 * 24 * 3600_000 }
      const issued = await issueTestSigner(
        authority,
        { commonName: `テスト用 ${kind}`, ...span, ...spec },
        kind,
      )
      return testSigningKey(authority, issued, choice)
    },
    renewTimestamping: async (years) => {
      authority = await withNewTimestamping(authority, clock.now(), years)
    },
    sleep: async (ms) => clock.advance(ms),
  }
}

/** Base bytes followed by an update, as a new file would be. */
export function joined(base: Uint8Array, appended: Uint8Array): Uint8Array {
  return Buffer.concat([base, appended])
}

export function sourceOf(bytes: Uint8Array): ByteSource {
  return memorySource(bytes)
}

/** Code of the SigningError an action ends with; 'no error' when it succeeds; other errors pass. */
export async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action()
  } catch (error) {
    if (error instanceof SigningError) return error.code
    throw error
  }
  return 'no error'
}
