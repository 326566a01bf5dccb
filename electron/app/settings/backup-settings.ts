import { z } from 'zod'

/** Where the daily backup goes (a folder, often of a NAS) and when it last ran. */
export const BackupSettings = z.object({ folder: z.string(), generations: z.number().int().min(1) })
