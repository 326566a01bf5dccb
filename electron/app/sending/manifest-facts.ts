/** The words and facts a counterparty sees; the statement is stored with the consent word for word. */
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { CaseDocument, SignatureField } from '../../../shared/model/document.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import type { PortalManifestFacts } from '../../../shared/portal-api/manifest.ts'
import type { CaseRecord } from '../../core/archive/tables/cases.ts'
import type { Settings } from '../settings/read-settings.ts'

type Envelope = {
  readonly found: CaseRecord
  readonly documents: readonly CaseDocument[]
  readonly fields: readonly SignatureField[]
  readonly signer: CaseSigner
  readonly settings: Settings
  readonly deadline: EpochMs
}

export function consentStatement(settings: Settings, title: string): string {
  return `私は、表示された「${title}」の文書の内容を確認し、${settings.town.townName}と電子契約を締結することに同意します。`
}

const NOTES = [
  '「署名手続きを完了する」を押すと、同意した日時、氏名、メールアドレスが電子署名として文書に記録されます。',
  '参考として表示する文書には、電子署名は付きません。',
  '内容に疑問があるときは、署名せずに、下記の担当までお問い合わせください。',
]

export function signingFacts(
  envelope: Envelope,
): Omit<PortalManifestFacts, 'packageId' | 'kind' | 'accessCodeRequired'> {
  const { found, signer, settings } = envelope
  return {
    caseTitle: found.title,
    contractNumber: found.contractNumber,
    signer: signerOf(signer),
    documents: envelope.documents.map((document) => ({
      id: document.id,
      title: document.title,
      fileName: document.fileName,
      role: document.role === 'sign' ? 'sign' : 'view',
      sha256: document.current.sha256,
      sizeBytes: document.current.sizeBytes,
      pages: document.pages,
      fields: envelope.fields
        .filter((field) => field.documentId === document.id && field.appearance !== 'invisible')
        .map(({ id, page, x, y, width, height, signerId }) => ({
          id,
          page,
          x,
          y,
          width,
          height,
          label: signerId === signer.id ? signer.fields.name : '',
          mine: signerId === signer.id,
        })),
    })),
    consentStatement: consentStatement(settings, found.title),
    notes: NOTES,
    deadline: envelope.deadline,
    contact: contactOf(settings),
  }
}

export function signerOf(signer: CaseSigner): PortalManifestFacts['signer'] {
  const { company, position, name, mailAddress } = signer.fields
  return { company, position, name, mailAddress }
}

export function contactOf(settings: Settings): PortalManifestFacts['contact'] {
  const { town } = settings
  return {
    townName: town.townName,
    department: town.divisionName,
    phone: town.divisionPhone,
    mailAddress: town.divisionMail,
    hours: '平日 8時30分から17時15分まで',
  }
}
