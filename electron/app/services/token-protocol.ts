/** What the office and the process that holds a token say to each other, one JSON value a line. */
import { z } from 'zod'

/** Where a key lies on a token, as the settings keep it. The PIN is never part of it. */
export const TokenPlace = z.object({
  modulePath: z.string(),
  tokenLabel: z.string(),
  tokenSerial: z.string(),
  /** CKA_ID (hex) of key and certificate; empty where the token gives none. */
  keyId: z.string(),
  keyLabel: z.string(),
})
export type TokenPlace = z.output<typeof TokenPlace>

const Id = { id: z.number().int() }

export const TokenRequest = z.discriminatedUnion('do', [
  z.object({ ...Id, do: z.literal('list'), modulePath: z.string(), pin: z.string().optional() }),
  z.object({ ...Id, do: z.literal('open'), place: TokenPlace, pin: z.string() }),
  z.object({ ...Id, do: z.literal('sign'), data: z.base64() }),
])
export type TokenRequest = z.output<typeof TokenRequest>

export const ListedToken = z.object({
  label: z.string(),
  serialNumber: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  pinState: z.enum(['ok', 'few-tries-left', 'last-try', 'locked']),
  certificates: z.array(
    z.object({
      label: z.string(),
      id: z.string(),
      holder: z.string(),
      issuer: z.string(),
      notBeforeMs: z.number(),
      notAfterMs: z.number(),
      forSigning: z.boolean(),
    }),
  ),
})
export type ListedToken = z.output<typeof ListedToken>

export const OpenedKey = z.object({
  certificate: z.base64(),
  chain: z.array(z.base64()),
  algorithm: z.object({
    kind: z.enum(['rsa-pkcs1', 'rsa-pss', 'ecdsa']),
    bits: z.number(),
    hash: z.enum(['SHA-256', 'SHA-384', 'SHA-512']),
  }),
})
export const Signed = z.object({ signature: z.base64() })

export const TokenAnswer = z.union([
  z.object({ ...Id, ok: z.literal(true), value: z.unknown() }),
  z.object({
    ...Id,
    ok: z.literal(false),
    code: z.string(),
    data: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
])
export type TokenAnswer = z.output<typeof TokenAnswer>
