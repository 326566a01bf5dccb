import { z } from 'zod'

/** A value whose meaning the compiler keeps apart: a `CaseId` is not a `UserId`. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name }

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Brand<number, 'EpochMs'>
/** A calendar day in Japan, `YYYY-MM-DD`. */
export type IsoDate = Brand<string, 'IsoDate'>
/** SHA-256, 64 lower-case hex digits. */
export type Sha256Hex = Brand<string, 'Sha256Hex'>
/** Whole yen. */
export type Yen = Brand<number, 'Yen'>

const brandedId = <Name extends string>() =>
  z
    .string()
    .regex(/^[0-9a-z_-]{1,64}$/i)
    .transform((value) => value as Brand<string, Name>)

export const CaseId = brandedId<'CaseId'>()
export type CaseId = z.output<typeof CaseId>
export const DocumentId = brandedId<'DocumentId'>()
export type DocumentId = z.output<typeof DocumentId>
/** One immutable version (one file) of a document. */
export const VersionId = brandedId<'VersionId'>()
export type VersionId = z.output<typeof VersionId>
export const SignerId = brandedId<'SignerId'>()
export type SignerId = z.output<typeof SignerId>
export const UserId = brandedId<'UserId'>()
export type UserId = z.output<typeof UserId>
export const MailId = brandedId<'MailId'>()
export type MailId = z.output<typeof MailId>
export const FieldId = brandedId<'FieldId'>()
export type FieldId = z.output<typeof FieldId>
export const FolderId = brandedId<'FolderId'>()
export type FolderId = z.output<typeof FolderId>

/** What a Date can hold. */
const LAST_MS = 8.64e15

export const EpochMs = z
  .number()
  .int()
  .min(-LAST_MS)
  .max(LAST_MS)
  .transform((value) => value as EpochMs)
export const IsoDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine(isRealDay)
  .transform((value) => value as IsoDate)
export const Sha256Hex = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((value) => value as Sha256Hex)
export const Yen = z
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .transform((value) => value as Yen)

function isRealDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
