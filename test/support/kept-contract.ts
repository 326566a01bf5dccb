/** Contracts that lie in a temporary archive as if they had been concluded there. */
import { insertCase } from '../../electron/core/archive/tables/cases.ts'
import { insertDocument } from '../../electron/core/archive/tables/documents.ts'
import type { StoredFile } from '../../electron/core/archive/vault.ts'
import { memorySource } from '../../electron/core/kit/byte-source.ts'
import { signPdf } from '../../electron/core/signing/sign-pdf.ts'
import type { CaseId, DocumentId } from '../../shared/model/brand.ts'
import type { DocumentRole } from '../../shared/model/document.ts'
import { caseFields } from './archive/temporary-archive.ts'
import type { ArchiveOffice } from './archive-office.ts'

export type KeptFile = {
  readonly title: string
  readonly bytes: Uint8Array
  readonly role?: DocumentRole
  readonly pages?: number
}
export type Kept = {
  readonly caseId: CaseId
  /** In the order of the files. */
  readonly documentIds: readonly DocumentId[]
  /** Where the files lie on disk. */
  readonly paths: readonly string[]
}

export async function keepContract(
  { archive, change }: ArchiveOffice,
  fields: Parameters<typeof caseFields>[0],
  ...files: readonly KeptFile[]
): Promise<Kept> {
  const stored: StoredFile[] = []
  for (const file of files) stored.push(await archive.vault.put(file.bytes))
  return archive.transaction((db) => {
    const caseId = insertCase(db, caseFields(fields), change(), { state: 'concluded' })
    const documentIds = files.flatMap(({ title, role = 'sign', pages = 1 }, index) => {
      const file = stored[index]
      if (file === undefined) return []
      const document = { caseId, title, role, pages, file, preflight: null }
      const fileName = `${title}.pdf`
      return [insertDocument(db, { ...document, fileName, reason: 'signature' }, change()).id]
    })
    return { caseId, documentIds, paths: stored.map(({ fileId }) => archive.vault.pathOf(fileId)) }
  })
}

/** Many alike, in one transaction: only their titles differ. */
export async function keepMany(
  { archive, change }: ArchiveOffice,
  count: number,
  fields: Parameters<typeof caseFields>[0],
  bytes: Uint8Array,
): Promise<CaseId[]> {
  const stored: StoredFile[] = []
  while (stored.length < count) {
    const next = Array.from({ length: Math.min(50, count - stored.length) }, () => archive.vault.put(bytes))
    stored.push(...(await Promise.all(next)))
  }
  return archive.transaction((db) =>
    stored.map((file, index) => {
      const named = caseFields({ title: `契約${index}`, ...fields })
      const caseId = insertCase(db, named, change(), { state: 'concluded' })
      const document = { caseId, title: '契約書', role: 'sign' as const, pages: 1, file, preflight: null }
      insertDocument(db, { ...document, fileName: '契約書.pdf', reason: 'signature' }, change())
      return caseId
    }),
  )
}

/** With the town's signature, timestamped by the local authority. */
export async function townSigned({ office }: ArchiveOffice, bytes: Uint8Array): Promise<Buffer> {
  const { services, clock } = office
  const source = memorySource(bytes)
  const { appended } = await signPdf(source, {
    key: await services.keys.open('town', ''),
    clock,
    timestampAuthority: services.timestampAuthority(),
    options: { name: '扶桑町' },
  })
  return Buffer.concat([bytes, appended])
}
