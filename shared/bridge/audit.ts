import { z } from 'zod'
import { CaseId, EpochMs, IsoDate } from '../model/brand.ts'
import { Nothing, Page, Task } from './common.ts'
import { procedure } from './define.ts'

export const audit = {
  list: procedure({
    permission: 'audit.read',
    input: z
      .object({
        from: IsoDate.nullable().default(null),
        to: IsoDate.nullable().default(null),
        actor: z.string().max(100).default(''),
        /** The whole code. */
        action: z.string().max(100).default(''),
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
      /** True: there are more than `total`; counting ended there. */
      totalIsCapped: z.boolean(),
    }),
  }),
  /** Recomputes the whole chain. */
  check: procedure({ permission: 'audit.read', input: Nothing, output: Task }),
  /** How a check stands, and what it found; the first broken link by its number. */
  checked: procedure({
    permission: 'audit.read',
    input: Task,
    output: z.object({
      state: z.enum(['running', 'done', 'cancelled', 'failed']),
      /** null: not done. */
      found: z
        .object({
          entries: z.number().int(),
          firstBrokenSeq: z.number().int().nullable(),
          anchoredUntilSeq: z.number().int().nullable(),
          lastAnchorAt: EpochMs.nullable(),
        })
        .nullable(),
    }),
    errors: ['NOT_FOUND'],
  }),
  /** All entries of a span as CSV. Outcome by `archive.taskResult`. */
  export: procedure({
    permission: 'audit.read',
    input: z.object({ from: IsoDate.nullable(), to: IsoDate.nullable() }),
    output: Task,
  }),
}
