/** Names of the files of an export: YYYYMMDD_金額_取引先_件名.pdf, each once on every system the ZIP may be unpacked on. */
import { createHash } from 'node:crypto'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { contractFileName } from '../../../shared/rules/contract-file-name.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'

export type FileNames = {
  readonly take: (found: CaseRecord, document: CaseDocument, documents: readonly CaseDocument[]) => string
}

/** The document's own title is part of the name only where a case has several contracts. */
export function createFileNames(): FileNames {
  const taken = new Set<string>()
  return {
    take: (found, document, documents) => {
      const contracts = documents.filter(({ role }) => role !== 'certificate')
      const base = contractFileName({
        date: found.fields.contractDate,
        amountYen: found.fields.amount,
        counterparty: found.fields.counterparties[0]?.name ?? '',
        title:
          document.role === 'certificate'
            ? `${found.title} 締結証明書`
            : contracts.length === 1
              ? found.title
              : `${found.title} ${document.title}`,
      })
      for (let number = 1; ; number += 1) {
        const name = number === 1 ? base : base.replace(/\.pdf$/, `_${number}.pdf`)
        const key = keyOf(name)
        if (taken.has(key)) continue
        taken.add(key)
        return name
      }
    },
  }
}

/** Windows and macOS take A and a, は and は with a mark of its own for one name. A digest: a million names stay small. */
function keyOf(name: string): string {
  return createHash('sha256').update(name.normalize('NFC').toLowerCase()).digest('base64url').slice(0, 16)
}
