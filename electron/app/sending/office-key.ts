import { newOfficeKeyPair, type OfficeKeyPair } from '../../../shared/portal-api/response-sealing.ts'
import { readSecret, writeSecret } from '../../core/archive/tables/settings.ts'
import type { Office } from '../office.ts'

/** The office's key pair to which answers are sealed (HPKE); made once, kept in the encrypted archive. */
export async function officeKeyPair(office: Pick<Office, 'archive' | 'clock'>): Promise<OfficeKeyPair> {
  const stored = readSecret(office.archive.db, 'portal-response-key')
  if (stored !== undefined) return JSON.parse(Buffer.from(stored).toString('utf8')) as OfficeKeyPair
  const made = await newOfficeKeyPair()
  return office.archive.transaction((db) => {
    // Two callers may have come here at once: the first one's key holds.
    const first = readSecret(db, 'portal-response-key')
    if (first !== undefined) return JSON.parse(Buffer.from(first).toString('utf8')) as OfficeKeyPair
    writeSecret(db, 'portal-response-key', Buffer.from(JSON.stringify(made)), office.clock.now())
    return made
  })
}
