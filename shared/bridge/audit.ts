import { z } from 'zod'
import { CaseId, EpochMs, IsoDate } from '../model/brand.ts'
import { FileTicket, Nothing, Page } from './common.ts'
import { procedure } from './define.ts'

export const audit = {
  list: procedure({
    permission: 'audit.read',
    input: z
      .object({
        from: IsoDate.nullable().default(null),
        to: IsoDate.nullable().default(null),
        actor: z.string().max(100).default(''),
        action: z.string().max(100).default(''),
        caseId: CaseId.optional(),
      })
      .extend(Page.shape),
    output: z.object({
      rows: z.array(
        z.object({
          seq: z.number().int(),
          at: EpochMs,
          actor: z.string(),
          action: z.string(),
          caseId: CaseId.nullable(),
          caseTitle: z.string(),
          data: z.record(z.string(), z.unknown()),
        }),
      ),
      total: z.number().int(),
    }),
  }),
  /** Recomputes the whole chain; names the first broken link. */
  check: procedure({
    permission: 'audit.read',
    input: Nothing,
    output: z.object({
      entries: z.number().int(),
      firstBrokenSeq: z.number().int().nullable(),
      anchoredUntilSeq: z.number().int().nullable(),
      lastAnchorAt: EpochMs.nullable(),
    }),
  }),
  export: procedure({
    permission: 'audit.read',
    input: z.object({ from: IsoDate.nullable(), to: IsoDate.nullable() }),
    output: FileTicket,
  }),
}
