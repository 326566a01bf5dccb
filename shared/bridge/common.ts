import { z } from 'zod'

/** Nothing to say. */
export const Nothing = z.object({})
/** Opens as `/files/<ticket>` for the connection that asked, for ten minutes. */
export const FileTicket = z.object({ ticket: z.string() })
/** Id that `/uploads` returned for a file taken from the page. */
export const UploadId = z.string().min(1).max(64)
/** Why something is changed; kept in the 訂正削除履歴. */
export const WhyText = z.string().trim().min(1).max(1000)
export const Page = z.object({
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(200).default(50),
})
/** Long work: progress arrives as `progress` events with this id; `tasks.cancel` ends it. */
export const Task = z.object({ taskId: z.string() })
/** Facts of a sentence: codes and numbers whose Japanese is in `renderer/i18n/ja.ts`. */
export const Notice = z.object({
  code: z.string(),
  severity: z.enum(['stop', 'warn', 'info']),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type Notice = z.output<typeof Notice>
