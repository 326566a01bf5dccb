/** Signed files of every kind the verifier tests need, made by the engine with the embedded test authority. */
import { type ByteSource, memorySource } from '../../../electron/core/kit/byte-source.ts'
import { manualClock } from '../../../electron/core/kit/clock.ts'
import { addArchiveTimestamp } from '../../../electron/core/signing/add-archive-timestamp.ts'
import {
  localRevocationSource,
  localTimestampAuthority,
} from '../../../electron/core/signing/local/local-services.ts'
import {
  createTestAuthority,
  type KeyKind,
  type TestAuthority,
  testSigningKey,
  withNewTimestamping,
} from '../../../electron/core/signing/local/test-authority.ts'
import { digestBase } from '../../../electron/core/signing/pdf/base-digest.ts'
import {
  layOutSignatureFields,
  type SignatureFieldSpec,
} from '../../../electron/core/signing/pdf/field-layout.ts'
import type { SignatureOptions } from '../../../electron/core/signing/pdf/prepare-signature.ts'
import { renew } from '../../../electron/core/signing/renew.ts'
import { type SignatureLevel, signToLevel } from '../../../electron/core/signing/sign-to-level.ts'
import { plainPdf } from '../plain-pdf.ts'

export type SampleOptions = {
  readonly level?: SignatureLevel
  readonly by?: 'town' | 'witness'
  readonly options?: Omit<SignatureOptions, 'signedAt' | 'hash'>
}

export type SampleMaker = {
  readonly authority: () => TestAuthority
  readonly anchors: readonly Uint8Array[]
  readonly clock: ReturnType<typeof manualClock>
  readonly plain: () => Uint8Array
  readonly layOut: (pdf: Uint8Array, fields: readonly SignatureFieldSpec[]) => Uint8Array
  readonly sign: (pdf: Uint8Array, sample?: SampleOptions) => Promise<Uint8Array>
  /** Bytes that sign `source` (B-B), for files too large to hold. */
  readonly signUpdate: (source: ByteSource, by: 'town' | 'witness') => Promise<Uint8Array>
  readonly stamp: (pdf: Uint8Array) => Promise<Uint8Array>
  readonly renew: (pdf: Uint8Array) => Promise<Uint8Array>
  /** Gives the authority a fresh TSA certificate, as services do over the years. */
  readonly newTimestamping: () => Promise<void>
}

export const SIGNED_AT = '2026-11-22T03:00:00Z'

/** All keys and services stand still at 2026-11-22 until the clock is moved. */
export async function sampleMaker(signerKey: KeyKind = 'p-256'): Promise<SampleMaker> {
  const clock = manualClock(SIGNED_AT)
  let authority = await createTestAuthority({ nowMs: clock.now(), baseUrl: 'http://127.0.0.1:9', signerKey })
  const timestampAuthority = localTimestampAuthority(() => authority, clock)
  const revocation = localRevocationSource(() => authority, clock)
  const validation = { revocation, clock, anchors: [authority.root.certificate] }
  const append = (pdf: Uint8Array, update: Uint8Array) => Uint8Array.from(Buffer.concat([pdf, update]))
  return {
    authority: () => authority,
    anchors: [authority.root.certificate],
    clock,
    plain: () => plainPdf(3000),
    layOut: (pdf, fields) => append(pdf, layOutSignatureFields(memorySource(pdf), fields)),
    sign: async (pdf, sample = {}) => {
      const issued = sample.by === 'witness' ? authority.witness : authority.town
      const signed = await signToLevel(memorySource(pdf), {
        key: testSigningKey(authority, issued),
        clock,
        level: sample.level ?? 'b',
        timestampAuthority,
        validation,
        sleep: async (ms) => clock.advance(ms),
        ...(sample.options === undefined ? {} : { options: sample.options }),
      })
      return append(pdf, signed.appended)
    },
    signUpdate: async (source, by) => {
      const key = testSigningKey(authority, by === 'town' ? authority.town : authority.witness)
      return (await signToLevel(source, { key, clock, level: 'b' })).appended
    },
    stamp: async (pdf) => {
      const source = memorySource(pdf)
      return append(
        pdf,
        await addArchiveTimestamp(source, timestampAuthority, await digestBase(source, 'SHA-256')),
      )
    },
    renew: async (pdf) => {
      // Revocation data must be newer than the signature: never of the same second.
      clock.advance(2000)
      const renewed = await renew(memorySource(pdf), { validation, authority: timestampAuthority })
      if (renewed.appended.length === 0) throw new Error('Nothing was renewed')
      return append(pdf, renewed.appended)
    },
    newTimestamping: async () => {
      authority = await withNewTimestamping(authority, clock.now())
    },
  }
}
