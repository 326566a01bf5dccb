/**
 * Everything a file (and the caller) brings to judge certificates with, each piece with the place it was found in:
 * what an archive timestamp covers is known to have existed by then, the rest only now (EN 319 102-1 §5.6.2.3).
 */
import type { Certificate } from '../../cms/certificate.ts'
import { childrenOf, DerError, fieldsOf, readNode } from '../../cms/der-reader.ts'
import { OID_ADOBE_REVOCATION } from '../../cms/oids.ts'
import type { SignerInfo } from '../../cms/parse-signed-data.ts'
import { asArray, asDictionary, type PdfObject } from '../../pdf/objects.ts'
import type { PdfFile, PdfView } from '../../pdf/reader.ts'
import { type CertificateList, parseCrl } from '../../revocation/crl.ts'
import { type BasicOcsp, parseOcspResponse } from '../../revocation/ocsp.ts'
import type { Budget } from '../budget.ts'
import type { CertificatePool } from '../trust/path-building.ts'

/** Where a piece lies: in a revision, there possibly inside one signature's /Contents; or outside the file. */
export type Place = { readonly revision: number; readonly contentsOf?: string } | 'outside'

export type Placed<T> = { readonly value: T; readonly place: Place }

export type EvidenceStore = {
  readonly pool: CertificatePool
  readonly crls: Placed<CertificateList>[]
  readonly responses: Placed<BasicOcsp>[]
  /** Place of a certificate by fingerprint: the oldest one. */
  readonly certificatePlaces: Map<string, Place>
}

const MAXIMUM_ITEMS = 5_000

export function createStore(pool: CertificatePool): EvidenceStore {
  return { pool, crls: [], responses: [], certificatePlaces: new Map() }
}

export function addCertificate(store: EvidenceStore, der: Uint8Array, place: Place): Certificate | undefined {
  const certificate = store.pool.add(der)
  if (certificate !== undefined && !store.certificatePlaces.has(certificate.fingerprint))
    store.certificatePlaces.set(certificate.fingerprint, place)
  return certificate
}

/** Adds a DER CRL; one that cannot be read is left out. */
export function addCrl(store: EvidenceStore, der: Uint8Array, place: Place): void {
  const crl = store.crls.length < MAXIMUM_ITEMS ? readOr(() => parseCrl(der)) : undefined
  if (crl !== undefined) store.crls.push({ value: crl, place })
}

/** Adds a DER OCSP response and the certificates in it; one that cannot be read or is no success is left out. */
export function addOcsp(store: EvidenceStore, der: Uint8Array, place: Place): void {
  const basic =
    store.responses.length < MAXIMUM_ITEMS ? readOr(() => parseOcspResponse(der).basic) : undefined
  if (basic === undefined) return
  store.responses.push({ value: basic, place })
  for (const certificate of basic.certificates) addCertificate(store, certificate.der, place)
}

function readOr<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError || error instanceof RangeError) return undefined
    throw error
  }
}

/** The DSS of one revision, without its VRI (whose data must be in the arrays too, EN 319 142-1 §5.4.2.2). */
export type SecurityStore = {
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly responses: readonly Uint8Array[]
}

const MAXIMUM_DSS_BYTES = 128 << 20

/** Reads the document security store of a view; streams that cannot be read are left out. */
export function readSecurityStore(file: PdfFile, view: PdfView, budget: Budget): SecurityStore | undefined {
  const dss = asDictionary(view.resolve(view.catalog.entries.get('DSS')))
  if (dss === undefined) return undefined
  let spent = 0
  const streams = (object: PdfObject | undefined): Uint8Array[] =>
    (asArray(view.resolve(object)) ?? []).flatMap((item) => {
      budget.tick()
      const stream = view.resolve(item)
      if (stream.kind !== 'stream' || spent > MAXIMUM_DSS_BYTES) return []
      const bytes = readOr(() => decode(file, stream))
      spent += bytes?.length ?? 0
      return bytes === undefined ? [] : [bytes]
    })
  const vri = asDictionary(view.resolve(dss.entries.get('VRI')))
  const entries = [...(vri?.entries.values() ?? [])].flatMap(
    (entry) => asDictionary(view.resolve(entry)) ?? [],
  )
  const all = (key: string, short: string) => [
    ...streams(dss.entries.get(key)),
    ...entries.flatMap((entry) => streams(entry.entries.get(short))),
  ]
  return { certificates: all('Certs', 'Cert'), crls: all('CRLs', 'CRL'), responses: all('OCSPs', 'OCSP') }
}

function decode(file: PdfFile, stream: Parameters<PdfFile['decodeStream']>[0]): Uint8Array {
  try {
    return file.decodeStream(stream, 32 << 20)
  } catch (error) {
    if (error instanceof Error) throw new DerError('A stream of the DSS cannot be decoded')
    throw error
  }
}

/** adbe-revocationInfoArchival: SEQUENCE { [0] CRLs, [1] OCSP responses, [2] other }, as a signed attribute. */
export function addAdobeRevocation(store: EvidenceStore, signer: SignerInfo, place: Place): void {
  for (const value of signer.signedAttributes.get(OID_ADOBE_REVOCATION) ?? [])
    for (const part of readOr(() => fieldsOf(value)) ?? []) {
      const items = readOr(() => childrenOf(readNode(part.content))) ?? []
      for (const item of items) {
        if (part.tag === 0xa0) addCrl(store, item.raw, place)
        else if (part.tag === 0xa1) addOcsp(store, item.raw, place)
      }
    }
}
