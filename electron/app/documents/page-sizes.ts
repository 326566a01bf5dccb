import type { CaseDocument } from '../../../shared/model/document.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import { type PageBox, pageBox } from '../../core/signing/pdf/page-tree.ts'
import { openPdf } from '../../core/signing/pdf/reader.ts'
import type { Office } from '../office.ts'

/** The visible box of every page, in points of the page's own coordinates. */
export function pageSizes(office: Office, document: CaseDocument): readonly PageBox[] {
  const source = office.archive.vault.open(fileOfVersion(office.archive.db, document.current.id).fileId)
  try {
    const file = openPdf(source)
    return [...file.pages()].map((page) => pageBox(page, file.resolve))
  } finally {
    source.close()
  }
}
