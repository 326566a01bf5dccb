import type { CaseDocument } from '../../../../shared/model/document.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { documentRoleLabel } from '../../../i18n/ja/labels.ts'

const text = detailText.approval

/** The documents and the SHA-256 that the decision is bound to. */
export function DocumentHashes({ documents }: { readonly documents: readonly CaseDocument[] }) {
  const bound = documents.filter((document) => document.role === 'sign' || document.role === 'view')
  return (
    <div>
      <p className="text-[0.9375rem] font-bold">{text.hashes}</p>
      <ul className="mt-1 flex flex-col gap-1.5">
        {bound.map((document) => (
          <li key={document.id} className="rounded-8 border border-solid-gray-300 px-3 py-1.5">
            {document.title}
            <span className="ml-2 text-[0.875rem] text-solid-gray-700">
              {documentRoleLabel[document.role]}
            </span>
            <span className="block font-mono text-[0.8125rem] break-all">
              {text.sha} {document.current.sha256}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
