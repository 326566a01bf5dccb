/** Packages for tests of the portal: a case of the model town with as many documents as a test asks for. */
import { createHash } from 'node:crypto'
import type { ChunkSource } from '../../electron/core/portal/office-client.ts'
import type { DocumentId, EpochMs, FieldId, Sha256Hex } from '../../shared/model/brand.ts'
import { newPortalLink, type PortalLink } from '../../shared/portal-api/link.ts'
import type { EcPublicJwk, PortalDocument, PortalManifestFacts } from '../../shared/portal-api/manifest.ts'
import { type SealedPackage, sealChunk, sealPackage } from '../../shared/portal-api/package-sealing.ts'
import { newOfficeKeyPair, type OfficeKeyPair } from '../../shared/portal-api/response-sealing.ts'
import { CHUNK_BYTES } from '../../shared/portal-api/wire.ts'

export type TestDocument = {
  readonly id: string
  readonly title: string
  readonly role: PortalDocument['role']
  readonly pages: number
  readonly bytes: Uint8Array
}

export type TestPackage = {
  readonly link: PortalLink
  readonly sealed: SealedPackage
  readonly facts: PortalManifestFacts
  readonly officeKeys: OfficeKeyPair
  readonly documents: readonly TestDocument[]
  readonly sealedChunk: ChunkSource
}

export type TestPackageOptions = {
  readonly kind?: 'signing' | 'download'
  readonly accessCode?: string
  readonly documents?: readonly TestDocument[]
  readonly deadline?: number
  readonly allowedNetworks?: readonly string[]
  readonly caseTitle?: string
  readonly officeKeys?: OfficeKeyPair
}

export const TEST_CONTACT = {
  townName: '扶桑町',
  department: '総務部 行政課',
  phone: '0587-93-1111',
  mailAddress: 'gyousei@example.jp',
  hours: '平日 8時30分~17時15分',
} as const

export async function makeTestPackage(options: TestPackageOptions = {}): Promise<TestPackage> {
  const officeKeys = options.officeKeys ?? (await newOfficeKeyPair())
  const link = newPortalLink(options.kind ?? 'signing')
  const accessCode = options.accessCode ?? ''
  const documents = options.documents ?? [
    {
      id: 'doc1',
      title: '工事請負契約書',
      role: 'sign',
      pages: 2,
      bytes: Buffer.from('%PDF-1.7 契約書の本文'),
    },
  ]
  const facts = testFacts(options, documents)
  const officePublicKey: EcPublicJwk = officeKeys.publicKey
  const sealed = await sealPackage({
    link,
    accessCode,
    facts,
    officePublicKey,
    allowedNetworks: options.allowedNetworks ?? [],
  })
  const sealedChunk: ChunkSource = async (documentId, index) => {
    const document = documents.find((candidate) => candidate.id === documentId)
    const pieces = sealed.record.documents.find((candidate) => candidate.id === documentId)
    if (document === undefined || pieces === undefined) throw new Error(`No document ${documentId}`)
    const place = { linkId: link.linkId, documentId, index, chunkCount: pieces.chunkCount }
    const plain = document.bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
    return sealChunk(sealed.contentKey, place, plain)
  }
  return { link, sealed, facts, officeKeys, documents, sealedChunk }
}

function testFacts(options: TestPackageOptions, documents: readonly TestDocument[]): PortalManifestFacts {
  return {
    packageId: 'package-1',
    kind: options.kind ?? 'signing',
    caseTitle: options.caseTitle ?? '町道〇〇線 道路改良工事',
    contractNumber: '令和8年度 第123号',
    signer: {
      company: '株式会社山髙建設',
      position: '代表取締役',
      name: '髙﨑 𠮷男',
      mailAddress: 'takasaki@example.co.jp',
    },
    documents: documents.map((document) => ({
      id: document.id as DocumentId,
      title: document.title,
      fileName: `${document.title}.pdf`,
      role: document.role,
      sha256: createHash('sha256').update(document.bytes).digest('hex') as Sha256Hex,
      sizeBytes: document.bytes.length,
      pages: document.pages,
      fields:
        document.role === 'sign'
          ? [
              {
                id: 'field1' as FieldId,
                page: 1,
                x: 360,
                y: 120,
                width: 150,
                height: 60,
                label: '受注者',
                mine: true,
              },
            ]
          : [],
    })),
    consentStatement:
      '私は、表示された文書の内容を確認し、契約を締結する権限に基づいて、この内容で電子契約を締結することに同意します。',
    notes: [
      '署名を完了すると、取り消すことはできません。',
      '双方の署名が済むと、完了のお知らせをメールでお送りします。',
    ],
    deadline: (options.deadline ?? Date.parse('2027-01-31T15:00:00Z')) as EpochMs,
    contact: TEST_CONTACT,
    accessCodeRequired: (options.accessCode ?? '') !== '',
  }
}
