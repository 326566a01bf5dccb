/** A CMS with one signer and any algorithms, written by hand: what openssl's command line cannot make (RFC 5652 §5.3). */
import type { Certificate } from '../../../electron/core/signing/cms/certificate.ts'
import {
  compareBytes,
  contextTag,
  integer,
  octetString,
  oid,
  sequence,
} from '../../../electron/core/signing/cms/der-writer.ts'
import { digestOf, type HashName, hashOid } from '../../../electron/core/signing/cms/hashes.ts'
import * as oids from '../../../electron/core/signing/cms/oids.ts'

export type CmsRequest = {
  readonly certificate: Certificate
  readonly hash: HashName
  /** OID of the signature algorithm. */
  readonly signatureOid: string
  readonly sign: (attributes: Uint8Array) => Uint8Array
}

function asSet(...items: readonly Uint8Array[]): Uint8Array {
  const der = sequence(...items.toSorted(compareBytes))
  der[0] = 0x31
  return der
}

export function makeCms(data: Uint8Array, request: CmsRequest): Uint8Array {
  const { certificate, hash, signatureOid, sign } = request
  const digestAlgorithm = sequence(oid(hashOid(hash)))
  const attributes = asSet(
    sequence(oid(oids.OID_CONTENT_TYPE), asSet(oid(oids.OID_DATA))),
    sequence(oid(oids.OID_MESSAGE_DIGEST), asSet(octetString(digestOf(hash, data)))),
  )
  const implicit = Uint8Array.from(attributes)
  implicit[0] = 0xa0
  const serial = integer(Buffer.from(certificate.serial, 'hex'))
  const signer = sequence(
    integer(1),
    sequence(certificate.issuer.raw, serial),
    digestAlgorithm,
    implicit,
    sequence(oid(signatureOid)),
    octetString(sign(attributes)),
  )
  const signedData = sequence(
    integer(1),
    asSet(digestAlgorithm),
    sequence(oid(oids.OID_DATA)),
    contextTag(0, certificate.der),
    asSet(signer),
  )
  return sequence(oid(oids.OID_SIGNED_DATA), contextTag(0, signedData))
}
