import { ok } from '../../../shared/result.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import { certificatePem } from '../../core/signing/local/test-authority.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'

/** The trust anchors in force, as PEM, for checking signatures with other programs. */
export async function exportAnchors(office: Office, context: Context) {
  const bytes = Buffer.from(office.services.anchors().map(certificatePem).join(''))
  office.archive.transaction((db) => record(db, changeBy(context, office.clock), 'anchors.exported'))
  const ticket = office.tickets.issue(context.connection, {
    fileName: 'roots.pem',
    contentType: 'application/x-pem-file',
    disposition: 'attachment',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}
